"""Several outputs where training meets them: batches, losses and their weights, scores, and going on after a pause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from automl import tasks
from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, SearchConfig, parse_port
from automl.data import PreparedData
from automl.events import Events
from automl.jobs import DataRef, Objective, TrainingSettings, TrialJob, TrialResult
from automl.space import DefaultDecider, Space
from automl.training import run_job
from automl.training.batches import Batches

MULTI = tasks.get("multi")
N = 160
SPACE = """
version: 1
name: small
task: multi
inputs: {a: tabular, b: tabular}
outputs: {kind: classification, price: {kind: regression, loss_weight: 0.5}, tags: multilabel}
model:
  graph:
    all: {from: [a, b], merge: concat, do: [{dense: {units: 32, activation: relu}}, {dropout: 0.1}]}
    kind: {from: all, do: head}
    price: {from: all, do: head}
    tags: {from: all, do: head}
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: Any) -> PreparedData:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(N, 3)), rng.normal(size=(N, 2))
    y = {
        "kind": np.where(a[:, 0] > 0, "up", "down"),
        "price": 1000 + 100 * (a[:, 1] + b[:, 0]),
        "tags": np.stack([a[:, 2] > 0, b[:, 1] > 0, a[:, 0] > 1], axis=1).astype(int),
    }
    columns = Columns(
        inputs=tuple(parse_port(f"{name}=tabular", INPUT_KINDS) for name in "ab"),
        outputs=tuple(
            parse_port(text, OUTPUT_KINDS) for text in ("kind=classification", "price=regression", "tags=multilabel")
        ),
    )
    folder = tmp_path_factory.mktemp("several")
    data = Arrays({"a": a, "b": b}, y, weights=rng.uniform(0.5, 2.0, N))
    space = Space.parse(SPACE)
    config = SearchConfig("multi", data, space=space, columns=columns, seed=1, cache_dir=folder / "cache")
    return MULTI.prepare(config, folder / "prepared", Events())


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., TrialResult]:
    """Train the small space's only network."""

    def run(prepared: PreparedData, report: Any, name: str = "job", **more: Any) -> TrialResult:
        settings = {"epochs": 4, "lr": 1e-2, "batch_size": 32, "patience": None} | more.pop("training", {})
        found = Space.parse(SPACE).interpret(
            DefaultDecider(), inputs=MULTI.inputs(prepared), heads=MULTI.heads(prepared)
        )
        job = TrialJob(
            job_id="trial-0",
            task="multi",
            architecture=found.architecture.to_json(),
            training=TrainingSettings(**settings),
            data=DataRef(directory=str(prepared.directory)),
            objective=Objective(metric="val_loss", direction="minimize"),
            seed=3,
            model_file=str(tmp_path / name / "model.keras"),
            **more,
        )
        result = run_job(job, report)
        assert result.failure is None, result.failure
        return result

    return run


def weights(result: TrialResult) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = keras.saving.load_model(result.model_file, compile=False).get_weights()
    return found


def test_outputs_by_name_stay_together() -> None:
    y = {"code": np.arange(50) % 3, "number": np.arange(50.0)[:, None]}
    batches = Batches(
        {"a": np.arange(50)}, y, weights=np.arange(50, dtype=np.float32), batch_size=7, seed=3, classes={"code": 3}
    )
    assert (batches.steps, batches.size) == (8, 7)
    for batch in batches.epoch(1):
        assert np.array_equal(batch.y["number"][:, 0], batch.x["a"])
        assert np.array_equal(batch.y["code"], np.eye(3)[batch.x["a"] % 3])
        assert batch.weights.keys() == y.keys()
        assert np.array_equal(batch.weights["number"], batch.x["a"])


def test_every_output_is_learned_and_scored(
    prepared: PreparedData, train: Callable[..., TrialResult], recorder: Any
) -> None:
    result = train(prepared, recorder, training={"epochs": 25, "label_smoothing": 0.1})
    scores = result.metrics
    assert scores["val_loss"] == pytest.approx(
        scores["val_kind_loss"] + 0.5 * scores["val_price_loss"] + scores["val_tags_loss"]
    )
    assert scores["val_kind_log_loss"] == pytest.approx(scores["val_kind_loss"], abs=1e-4)  # without smoothing
    assert scores["val_kind_accuracy"] > 0.85
    assert scores["val_price_r2"] > 0.8
    assert scores["val_tags_f1_micro"] > 0.8
    first, last = recorder[0].metrics, recorder[-1].metrics
    assert all(last[f"{name}_loss"] < first[f"{name}_loss"] for name in ("kind", "price", "tags"))
    held_out = prepared.rows("validation")
    model = keras.saving.load_model(result.model_file, compile=False)
    answer = model.predict({f"{name}": np.asarray(view) for name, view in held_out.inputs.items()}, verbose=0)
    rmse = np.sqrt(np.average((answer["price"] - held_out.targets["price"])[:, 0] ** 2, weights=held_out.weights))
    assert rmse == pytest.approx(scores["val_price_rmse"], rel=1e-4)


def test_weights_by_output_stay_with_their_rows() -> None:
    y = {"code": np.arange(20) % 2, "number": np.arange(20.0)[:, None]}
    counts = {"code": np.arange(20, dtype=np.float32), "number": np.ones(20, np.float32)}
    for batch in Batches({"a": np.arange(20)}, y, weights=counts, batch_size=7, seed=3).epoch(1):
        assert np.array_equal(batch.weights["code"], batch.x["a"])
        assert (batch.weights["number"] == 1).all()


@pytest.mark.slow
def test_class_weights_count_for_their_output_alone(
    prepared: PreparedData, train: Callable[..., TrialResult], recorder: Any, tmp_path: Path
) -> None:
    own = replace(prepared, directory=tmp_path / "prepared", class_weights={"kind": [0.0, 1.0]})
    own.save()
    assert own.digest != prepared.digest
    scores = train(own, recorder, training={"epochs": 25}).metrics
    held_out = own.rows("validation")
    always = np.average(held_out.targets["kind"] == 1, weights=held_out.weights)
    assert scores["val_kind_accuracy"] == pytest.approx(always)  # rows of the other class teach nothing
    assert scores["val_tags_f1_micro"] > 0.7  # the other outputs learn from all rows


@pytest.mark.slow
def test_an_output_of_weight_0_is_not_learned(
    prepared: PreparedData, train: Callable[..., TrialResult], recorder: Any, tmp_path: Path
) -> None:
    own = replace(prepared, directory=tmp_path / "prepared", loss_weights={"kind": 1.0, "price": 0.0, "tags": 0.0})
    own.save()
    assert own.digest != prepared.digest
    scores = train(own, recorder, training={"epochs": 12}).metrics
    assert scores["val_loss"] == pytest.approx(scores["val_kind_loss"])
    assert scores["val_kind_accuracy"] > 0.75
    assert scores["val_price_r2"] < 0.5


def test_a_pause_changes_nothing(
    prepared: PreparedData, train: Callable[..., TrialResult], recorder: Any, recorder_that: Any, tmp_path: Path
) -> None:
    whole = train(prepared, recorder, name="whole")
    state = str(tmp_path / "state.npz")
    paused = train(prepared, recorder_that(at_2="pause"), name="parts", state_file=state)
    assert paused.status == "paused"
    rest = train(prepared, again := recorder_that(), name="parts", state_file=state, resume=True)
    assert [dict(report.metrics) for report in again] == [dict(report.metrics) for report in recorder]
    assert all(np.array_equal(one, other) for one, other in zip(weights(whole), weights(rest), strict=True))
