from __future__ import annotations

import gc
import math
import sys
from pathlib import Path

import pytest

from automl.arch import Architecture, Input, Node
from automl.backend import start_keras
from automl.data import PreparedData, fit_normalization, read_arrays, split_rows
from automl.jobs import Augment, DataRef, Objective, Reply, TrainingSettings, TrialJob
from automl.ops import import_layers, registry

PIXELS = {"image": Input((8, 8, 1), "uint8")}


@pytest.fixture(scope="session", autouse=True)
def _frozen_imports():
    """As the worker does: the collection after every job then takes 0.02 s and not 0.5 s."""
    start_keras()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """The folder of scikit-learn's 1,797 digits, prepared for training."""
    from sklearn.datasets import load_digits

    folder = tmp_path_factory.mktemp("digits")
    pictures = load_digits()
    dataset = read_arrays(pictures.images.astype("uint8"), pictures.target, cache_dir=folder / "cache")
    split = split_rows(dataset.y, seed=0)
    directory = folder / "prepared"
    prepared = PreparedData(directory, (dataset,), split, preprocessing={}, traits={"mirror": False})
    preprocessing = {"image": [fit_normalization(prepared.rows("train").x)]}
    prepared = PreparedData(directory, (dataset,), split, preprocessing=preprocessing, traits={"mirror": False})
    prepared.save()
    return prepared


def _network(*layers):
    """A chain of (operation, arguments), ending in a head of ten classes."""
    layers = [*layers, ("head", {"units": 10, "activation": "softmax"})]
    sources = ["image", *(f"l{i}" for i in range(len(layers)))]
    nodes = [Node(f"l{i}", op, args, (sources[i],)) for i, (op, args) in enumerate(layers)]
    return Architecture.assemble(PIXELS, nodes, {"label": f"l{len(layers) - 1}"}).to_json()


@pytest.fixture
def network():
    return _network


TINY = _network(("flatten", {}), ("dense", {"units": 48, "activation": "relu"}))
RICH = _network(
    ("conv", {"filters": 8, "stride": 2}),
    ("bn", {}),
    ("relu", {}),
    ("spatial_dropout", {"rate": 0.1}),
    ("gaussian_noise", {"stddev": 0.1}),
    ("flatten", {}),
    ("dropout", {"rate": 0.3}),
)


@pytest.fixture
def tiny():
    """Two dense layers."""
    return TINY


@pytest.fixture
def rich():
    """A network with everything that draws random numbers or keeps statistics."""
    return RICH


@pytest.fixture
def make_job(digits, tmp_path):
    """A job on the digits; keyword arguments of the job, others go to the training settings."""

    own = {"seconds", "timeout", "state_file", "resume", "layers"}

    def make(architecture=None, *, rows="train", seed=7, name="trial-0", objective=None, **others):
        settings = {"epochs": 3, "lr": 5e-3, "batch_size": 64} | {k: v for k, v in others.items() if k not in own}
        return TrialJob(
            job_id=name,
            task="image-classify",
            architecture=TINY if architecture is None else architecture,
            training=TrainingSettings(**settings),
            data=DataRef(directory=str(digits.directory), rows=rows),
            objective=objective or Objective(metric="val_accuracy", direction="maximize"),
            seed=seed,
            model_file=str(tmp_path / name / "model.keras"),
            **{k: v for k, v in others.items() if k in own},
        )

    return make


class Recorder(list):
    """Collects reports and says what ``answers`` has for their epoch, else "continue"."""

    def __init__(self, **answers):
        self.answers = {int(epoch.removeprefix("at_")): action for epoch, action in answers.items()}

    def __call__(self, report):
        self.append(report)
        return Reply(action=self.answers.get(report.epoch, "continue"))


@pytest.fixture
def recorder():
    """Collects reports and always says "continue"."""
    return Recorder()


@pytest.fixture
def recorder_that():
    """Makes recorders with an answer of their own: ``recorder_that(at_3="pause")``."""
    return Recorder


def _same(reports):
    return [(r.epoch, r.planned_epochs, repr(dict(r.metrics)), r.learning_rate, r.best) for r in reports]


@pytest.fixture
def own_layers(monkeypatch):
    """Names of the layers of layers_of_a_person.py, which are forgotten after the test."""
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))
    monkeypatch.syspath_prepend(Path(__file__).parent)
    sys.modules.pop("layers_of_a_person", None)
    names = tuple(f"layers_of_a_person:{name}" for name in ("NanInValidation", "OwnNoise"))
    import_layers(names)
    yield names
    sys.modules.pop("layers_of_a_person", None)


@pytest.fixture
def make_kept(make_job, tmp_path):
    """A job with a state file; arguments as for ``make_job``."""

    def make(*args, name="trial-0", **others):
        return make_job(*args, name=name, state_file=str(tmp_path / name / "state.npz"), **others)

    return make


@pytest.fixture
def always_saved(monkeypatch):
    """The state is written after every epoch but the last, whatever it costs."""
    monkeypatch.setattr("automl.training.saver._SHARE_OF_TIME", math.inf)


@pytest.fixture
def same():
    """Everything in reports but the time they took and whether the state was saved, NaN equal to NaN."""
    return _same


@pytest.fixture
def augmented():
    return Augment(flip=True, shift=1)
