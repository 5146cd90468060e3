"""Weights, several inputs and numbers to predict, where training meets them."""

from __future__ import annotations

import numpy as np
import pytest

from automl import tasks
from automl.config import Arrays, Columns, SearchConfig
from automl.data import PreparedData
from automl.events import Events
from automl.jobs import DataRef, Objective, Reply, TrainingSettings, TrialJob
from automl.space import DefaultDecider, Space
from automl.training import run_job
from automl.training.batches import Batches
from automl.training.scoring import Scorer, standardized

SPACE = Space.parse(
    "version: 1\nname: small\ninputs: {table: tabular}\n"
    "model: [{columns: 4}, {dense: {units: 32, activation: relu}}, head]\n"
)


def run(tmp_path, task, data, *, seed=1, **options):
    """Train the small space's only network on data; the result, and the model that was saved."""
    import keras

    training = {"epochs": 60, "lr": 1e-2, "batch_size": 64, "patience": None} | options.pop("training", {})
    task = tasks.get(task)
    config = SearchConfig(task.name, data, seed=seed, cache_dir=tmp_path / "cache", **options)
    prepared = task.prepare(config, tmp_path / "prepared", Events())
    network = SPACE.interpret(DefaultDecider(), inputs=task.inputs(prepared), heads=task.heads(prepared))
    objective = task.objective()
    job = TrialJob(
        job_id="trial-0",
        task=task.name,
        architecture=network.architecture.to_json(),
        training=TrainingSettings(**training),
        data=DataRef(directory=str(prepared.directory)),
        objective=Objective(metric=objective.metric, direction=objective.direction),
        seed=3,
        model_file=str(tmp_path / "model.keras"),
    )
    result = run_job(job, lambda _: Reply())
    assert result.failure is None, result.failure
    return result, keras.saving.load_model(result.model_file, compile=False, safe_mode=True)


def test_inputs_by_name_stay_together():
    x = {"a": np.arange(50), "b": np.arange(50) * 10}
    for batch in Batches(x, np.arange(50) * 2, weights=np.arange(50, dtype=np.float32), batch_size=7, seed=3).epoch(1):
        assert np.array_equal(batch.x["b"], batch.x["a"] * 10)
        assert np.array_equal(batch.y, batch.x["a"] * 2)
        assert np.array_equal(batch.weights, batch.x["a"])


def test_what_a_network_learns_of_numbers():
    y = np.array([[1e6, 1.0], [3e6, 2.0]])
    learned = standardized(y, {"mean": [2e6, 1.0], "scale": [1e6, 0.5]})
    assert learned.dtype == np.float32
    assert learned.tolist() == [[-1, 0], [1, 2]]
    assert standardized(y, None) is y


class Guess:
    """A model that answers its input."""

    def predict_on_batch(self, x):
        return x["value"] if isinstance(x, dict) else x


@pytest.mark.parametrize("named", [False, True])
def test_scores_of_numbers_are_in_their_own_units(named):
    y = np.arange(600.0).reshape(300, 2)
    scale = {"mean": [100.0, 0.0], "scale": [10.0, 2.0]}
    answer = standardized(y + np.array([3.0, -4.0]), scale)
    x = {"value": answer} if named else answer
    weights = np.r_[np.ones(299), 0].astype(np.float32)
    scores = Scorer(x, y, loss="mean_squared_error", metrics=("mae", "rmse"), weights=weights, scale=scale).score(
        Guess()
    )
    assert scores == {
        "loss": pytest.approx((0.3**2 + 2.0**2) / 2, rel=1e-4),
        "mae": pytest.approx(3.5, rel=1e-4),
        "rmse": pytest.approx(3.5, rel=1e-4),
    }


def test_rows_without_weight_do_not_count():
    y, x = np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.9, 0.1]])
    scorer = Scorer(x, y, loss="sparse_categorical_crossentropy", metrics=("accuracy",), weights=np.array([1, 1, 0.0]))
    assert scorer.score(Guess()) == {"loss": pytest.approx(-np.log([0.9, 0.8]).mean()), "accuracy": 1.0}


def test_a_model_of_numbers_answers_in_their_own_units(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2)) * [1, 50] + [0, 1000]
    y = 1e5 + 1e4 * (x[:, 0] - (x[:, 1] - 1000) / 50)
    result, model = run(tmp_path, "tabular-regress", Arrays(x, y))
    assert result.metrics["val_rmse"] < 0.15 * y.std()
    assert result.metrics["val_r2"] > 0.97
    answer = model.predict(x.astype(np.float32), verbose=0)[:, 0]
    assert np.sqrt(np.square(answer - y).mean()) < 0.15 * y.std()


def test_the_saved_model_takes_raw_cells_and_agrees_with_what_was_trained(tmp_path):
    import pandas as pd
    import tensorflow as tf

    rng = np.random.default_rng(1)
    colour = rng.choice(["red", "green", "blue", None], 300)
    size = np.where(rng.random(300) < 0.2, np.nan, rng.normal(5, 2, 300))
    frame = pd.DataFrame({"colour": colour, "size": size, "y": np.where(colour == "red", "yes", "no")})
    result, model = run(tmp_path, "tabular-classify", Arrays(frame), columns=Columns(target=("y",)))
    assert result.metrics["val_accuracy"] == 1.0
    prepared = PreparedData.load(tmp_path / "prepared")
    rows = prepared.rows("validation")
    raw = frame.iloc[prepared.split.validation]
    cells = [[text] for text in raw["colour"].fillna("")]
    fed = {"categories": tf.constant(cells), "numbers": raw[["size"]].to_numpy(np.float32)}
    answer = model.predict_on_batch(fed)
    assert (answer.argmax(1) == rows.y).all()
    assert -np.log(answer[np.arange(len(rows)), rows.y]).mean() == pytest.approx(
        result.metrics["val_log_loss"], abs=1e-6
    )


def test_class_weights_find_more_of_the_rare_class(tmp_path):
    rng = np.random.default_rng(2)
    y = (rng.random(1000) < 0.1).astype(int)
    x = rng.normal(size=(1000, 1)) + y[:, None]
    recalls = []
    for weight in (None, "balanced"):
        _, model = run(tmp_path, "tabular-classify", Arrays(x, y), class_weight=weight, training={"epochs": 15})
        recalls.append(float(model.predict(x.astype(np.float32), verbose=0).argmax(1)[y == 1].mean()))
    assert recalls[0] < 0.3
    assert recalls[1] > 0.5


def test_a_weight_of_zero_is_a_row_that_is_not_there(tmp_path):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 2))
    y = (x[:, 0] > 0).astype(int)
    contrary = np.r_[y, 1 - y]
    weights = np.r_[np.ones(200), np.zeros(200)]
    result, model = run(tmp_path, "tabular-classify", Arrays(np.r_[x, x], contrary, weights))
    assert (model.predict(x.astype(np.float32), verbose=0).argmax(1) == y).mean() > 0.97
    assert result.metrics["val_accuracy"] > 0.95


@pytest.mark.parametrize("task", ["tabular-classify", "tabular-regress"])
def test_a_weight_is_as_good_as_so_many_rows(tmp_path, task):
    """Full batches, no dropout: rows of weight 0, 1 and 2 are removed, single and repeated, in all that is fitted."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    y = x[:, 0] + x[:, 1] ** 2 + rng.normal(size=300)
    y = y if task == "tabular-regress" else (y > 1).astype(int)
    times = rng.integers(0, 3, 200)
    rows = np.repeat(np.arange(200), times)
    both = {"validation": Arrays(x[200:], y[200:]), "training": {"epochs": 8, "batch_size": 1024}}
    weighted, one = run(tmp_path / "a", task, Arrays(x[:200], y[:200], times), **both)
    repeated, other = run(tmp_path / "b", task, Arrays(x[rows], y[rows]), **both)
    assert weighted.metrics["val_loss"] == pytest.approx(repeated.metrics["val_loss"], abs=1e-4)
    probe = x.astype(np.float32)
    np.testing.assert_allclose(one.predict_on_batch(probe), other.predict_on_batch(probe), atol=1e-4)
