"""Every space that comes with the package: it says what it promises, and Keras builds what it says."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import keras
import keras_flops
import numpy as np
import pytest

from automl.arch import Architecture, Input, Summary, build_model, summarize
from automl.arch.build import LayerNames
from automl.errors import ShapeError
from automl.space import Candidate, DefaultDecider, Domain, RandomDecider, ReplayDecider, Space, shipped_spaces

FULL = bool(os.environ.get("TEST_FULL"))
SAMPLES, TRAINED = (200, 20) if FULL else (6, 1)
ROWS = 2


class Data(NamedTuple):
    """What a space is tried with: the shapes that its header names."""

    inputs: Mapping[str, Input]
    heads: Mapping[str, Mapping[str, Any]]


TEN = {"label": {"units": 10, "activation": "softmax"}}
PICTURES = Data({"image": Input((28, 28, 1))}, TEN)
DATA = {
    "cnn": PICTURES,
    "forecast": Data({"series": Input((96, 7), codes=(24, 7, 24))}, {"value": {"units": 24 * 7}}),
    "mlp": PICTURES,
    "mobile": PICTURES,
    "multimodal": Data(
        {
            "photo": Input((64, 64, 3)),
            "title": Input((40,), "int32", codes=(20_000,)),
            "facts": Input((12,), codes=(10,) * 4),
        },
        {"category": {"units": 10, "activation": "softmax"}, "price": {"units": 1}},
    ),
    "nasnet": PICTURES,
    "resnet": PICTURES,
    "tabular": Data({"table": Input((16,), codes=(10,) * 6)}, TEN),
    "text": Data({"text": Input((200,), "int32", codes=(20_000,))}, TEN),
    "timeseries": Data({"series": Input((128, 3))}, TEN),
    "vit": PICTURES,
}
OF_PICTURES = [name for name, data in DATA.items() if data is PICTURES]
# Cells may be wired so that nothing reads one of them; what is inside matters in other points only.
SEARCHED_WIRING = ("nasnet",)
every_space = pytest.mark.parametrize("name", DATA)


@pytest.fixture(scope="module")
def spaces() -> dict[str, Space]:
    return {name: Space.load(name) for name in DATA}


@pytest.fixture
def space(name: str, spaces: Mapping[str, Space]) -> Space:
    return spaces[name]


def samples(space: Space, count: int) -> Iterator[Candidate]:
    for seed in range(count):
        yield space.sample(np.random.default_rng(seed), **DATA[space.name]._asdict())


def test_all_of_them_are_tested_here() -> None:
    assert shipped_spaces() == sorted(DATA)


def test_the_page_about_spaces_names_all_of_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "search-spaces.md").read_text("utf-8")
    table = page.partition("## Spaces that come with the package")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.M)) == sorted(DATA)


@every_space
def test_its_default_and_its_seeds_are_different_networks_that_meet_the_constraints(space: Space) -> None:
    assert len(space.seeds) >= 2
    points = [space.interpret(ReplayDecider(seed), **DATA[space.name]._asdict()) for seed in ({}, *space.seeds)]
    for point in points:
        assert space.violations(summarize(point.architecture)) == (), point.params
    assert len({point.architecture.fingerprint for point in points}) == len(points)


@every_space
def test_its_header_says_its_size_and_what_its_default_costs(space: Space) -> None:
    inputs, heads = DATA[space.name]
    header = space.source.partition("\nversion:")[0]
    default = summarize(space.interpret(DefaultDecider(), inputs=inputs, heads=heads).architecture)
    assert f"\n# Size: {space.size(inputs)}.\n" in header
    said = re.search(r"^# Default, for (.*): ([\d,]+) parameters, ([\d,]+) FLOPs\.$", header, re.M)
    assert said is not None
    assert said.groups()[1:] == (f"{default.parameters:,}", f"{default.flops:,}")
    for given in inputs.values():
        assert "x".join(map(str, given.shape)) in said[1]


@every_space
def test_replaying_a_point_gives_an_equal_candidate(space: Space) -> None:
    for point in samples(space, SAMPLES):
        again = space.interpret(ReplayDecider(point.params), **DATA[space.name]._asdict())
        assert again == point
        assert list(again.params) == list(point.params)


@every_space
def test_many_random_points_meet_the_constraints(space: Space) -> None:
    met = 0
    for seed in range(60):
        point = space.interpret(RandomDecider(np.random.default_rng(seed)), **DATA[space.name]._asdict())
        met += not space.violations(summarize(point.architecture))
    assert met > 30


def test_the_default_for_pictures_is_a_small_residual_network_with_a_good_recipe(spaces: Mapping[str, Space]) -> None:
    found = spaces["cnn"].interpret(DefaultDecider(), **PICTURES._asdict())
    assert found.architecture.nodes[0].args["filters"] == 24
    assert [node.op for node in found.architecture.nodes].count("add") == 3
    assert 170_000 < summarize(found.architecture).parameters < 180_000
    assert found.training.optimizer == "adamw"
    assert (found.training.lr, found.training.weight_decay, found.training.warmup_epochs) == (0.004, 0.02, 2)
    assert (found.training.augment.flip, found.training.augment.shift) == ("auto", 2)


@pytest.mark.timeout(3600 if FULL else 300)
@every_space
def test_keras_builds_what_was_inferred(space: Space) -> None:
    for number, point in enumerate(samples(space, SAMPLES)):
        keras.utils.clear_session()
        model, summary = build_model(point.architecture), summarize(point.architecture)
        assert model.count_params() == summary.parameters, point.params
        assert keras_flops.count(model) == pytest.approx(summary.flops, rel=0.01), point.params
        _check_shapes(model, point.architecture, summary)
        if number < TRAINED:
            assert _train_a_step(model, point.architecture), point.params


@pytest.mark.timeout(3600 if FULL else 300)
@every_space
def test_every_parameter_matters(space: Space) -> None:
    """Some other answer changes the network or its training, wherever the question is asked."""
    asked, mattered = set(), set()
    for point in samples(space, SAMPLES):
        for name, domain in _domains(space, point).items():
            asked.add(name)
            if _matters(space, point, name, domain):
                mattered.add(name)
            else:
                assert space.name in SEARCHED_WIRING, (name, point.params)
    assert mattered == asked


@pytest.mark.parametrize("side", [1, 8, 17, 32, 64, 96, 128, 224, 512])
@pytest.mark.parametrize("name", OF_PICTURES)
def test_the_default_for_pictures_is_feasible_and_affordable_from_small_digits_to_photos(
    space: Space, side: int
) -> None:
    inputs = {"image": Input((side, side, 3))}
    found = summarize(space.interpret(DefaultDecider(), inputs=inputs, heads=TEN).architecture)
    assert space.violations(found) == ()
    assert found.flops < 500e6 * max(1, side / 224) ** 2


@pytest.mark.parametrize("shape", [(8, 8, 1), (33, 17, 3), (96, 96, 3)])
@pytest.mark.parametrize("name", OF_PICTURES)
def test_any_point_for_pictures_fits_every_picture(space: Space, shape: tuple[int, ...]) -> None:
    for point in samples(space, SAMPLES):
        space.interpret(ReplayDecider(point.params), inputs={"image": Input(shape)}, heads=TEN)


def _check_shapes(model: Any, architecture: Architecture, summary: Summary) -> None:
    names = LayerNames(taken=architecture.inputs)
    for layer in summary.layers:
        built = model.get_layer(names.take(layer.name, otherwise=layer.op))
        assert tuple(built.output.shape[1:]) == layer.output_shape, layer.name


def _train_a_step(model: Any, architecture: Architecture) -> bool:
    """Whether a step on made-up rows has a finite loss."""
    rng = np.random.default_rng(0)
    rows = {
        name: rng.integers(0, 2**31, (ROWS, *given.shape)) % 1000
        if given.dtype == "int32"
        else rng.integers(0, 10, (ROWS, *given.shape)).astype("float32")
        if given.codes
        else rng.normal(size=(ROWS, *given.shape))
        for name, given in architecture.inputs.items()
    }
    losses, targets = {}, {}
    nodes = {node.id: node for node in architecture.nodes}
    for name, source in architecture.outputs.items():
        args = nodes[source].args
        units, activation = args.get("units") or args["steps"] * args["columns"], args.get("activation", "linear")
        losses[name] = "sparse_categorical_crossentropy" if activation == "softmax" else "mean_squared_error"
        targets[name] = rng.integers(0, units, ROWS) if activation == "softmax" else rng.normal(size=(ROWS, units))
    if len(losses) == 1:
        losses, targets = (next(iter(each.values())) for each in (losses, targets))
    model.compile(optimizer="sgd", loss=losses, run_eagerly=True)
    loss = model.train_on_batch(rows if len(rows) > 1 else next(iter(rows.values())), targets)
    return math.isfinite(float(np.ravel(loss)[0]))


def _domains(space: Space, point: Candidate) -> dict[str, Domain]:
    """Of every question that the point answers."""
    domains: dict[str, Domain] = {}

    class Recorder:
        def decide(self, name: str, domain: Domain) -> Any:
            domains[name] = domain
            return point.params[name]

    space.interpret(Recorder(), **DATA[space.name]._asdict())
    return domains


def _matters(space: Space, point: Candidate, name: str, domain: Domain) -> bool:
    """Whether some other answer to one question gives something else."""
    for value in domain.corners():
        if value == point.params[name]:
            continue
        with suppress(ShapeError):
            other = space.interpret(ReplayDecider(point.params | {name: value}), **DATA[space.name]._asdict())
            if (other.architecture, other.training) != (point.architecture, point.training):
                return True
    return False
