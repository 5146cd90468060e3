"""Losses, scores, weights and groups of a person's own: honoured in search, retraining and score, or refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import own_goals
import pandas as pd
import pytest

from automl import (
    AutoModel,
    ConfigError,
    DataError,
    Space,
    TabularClassifier,
    TabularRegressor,
    TimeSeriesForecaster,
)
from automl.data import PreparedData
from automl.export import load_model

pytestmark = pytest.mark.slow  # searches of its own

SPACE = Space.parse(
    "version: 1\nname: small\ninputs: {table: tabular}\n"
    "model: [{columns: 4}, {dense: {units: {choice: [32, 64]}, activation: relu}}, head]\n"
    "train: {lr: 0.02, batch_size: 32}\n"
)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 3))
NUMBERS = X[:, 0] + RNG.normal(size=300)
CLASSES = np.where(X[:, 0] > 0, "up", "down")


def small(kind: Any, folder: Any, **changes: Any) -> Any:
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 8, "space": SPACE, "random_state": 1}
    return kind(directory=folder, verbose=0, workers=0, **(arguments | changes))


def test_a_loss_and_a_score_of_their_own_are_honoured_everywhere(tmp_path) -> None:
    regressor = small(
        TabularRegressor,
        tmp_path,
        loss=own_goals.one_sided,
        metrics=[own_goals.share_above, "mape"],
        objective="val_share_above",
    ).fit(X, NUMBERS)
    assert np.mean(regressor.predict(X) > NUMBERS) < 0.3  # retrained on all rows, by the same loss
    with regressor._reader() as reader:
        (trial,) = reader.trials()
        assert trial.value == reader.trial(0).metrics["val_share_above"]
        assert {"val_mape", "val_rmse"} <= reader.trial(0).metrics.keys()
    model = load_model(regressor.model_dir_)
    found = model.evaluate(X, NUMBERS, weights=np.linspace(0, 1, 300)).metrics
    above = own_goals.share_above(NUMBERS, regressor.predict(X), np.linspace(0, 1, 300))
    assert found["share_above"] == pytest.approx(above)

    longer = TabularRegressor.resume(regressor.run_dir_, trials="+1", verbose=0)
    assert longer.n_trials_ == 2
    assert np.mean(longer.predict(X) > NUMBERS) < 0.3
    manifest = json.loads((regressor.model_dir_ / "manifest.json").read_text())
    assert manifest["metrics"] == ["own_goals:share_above"]


def test_a_named_loss_of_classes(tmp_path) -> None:
    classifier = small(
        TabularClassifier, tmp_path, loss="categorical_focal_crossentropy", metrics=["precision", own_goals.errors]
    ).fit(X, CLASSES)
    assert classifier.score(X, CLASSES) > 0.9
    with classifier._reader() as reader:
        metrics = reader.trial(0).metrics
    assert metrics["val_errors"] == pytest.approx(1 - metrics["val_accuracy"])
    assert metrics["val_loss"] < 0.25 * metrics["val_log_loss"]  # the focal loss is (1 - p)^2 times a quarter of it


def test_every_output_has_goals_of_its_own(tmp_path) -> None:
    model = AutoModel(
        inputs={"facts": "tabular"},
        outputs={"number": "regression", "kind": "classification"},
        loss={"number": own_goals.one_sided, "kind": "focal"},
        metrics={"number": [own_goals.share_above]},
        class_weight={"kind": {"up": 0.0, "down": 1.0}},
        objective="val_number_share_above",
        max_trials=1, time_budget=None, max_epochs=10, workers=0, random_state=1, verbose=0, directory=tmp_path,
    ).fit({"facts": X}, {"number": NUMBERS, "kind": CLASSES})  # fmt: skip
    answers = model.predict({"facts": X})
    assert np.mean(answers["number"] > NUMBERS) < 0.35
    assert set(answers["kind"]) == {"down"}
    weights = np.linspace(0, 1, 300)
    found = model.evaluate({"facts": X}, {"number": NUMBERS, "kind": CLASSES}, sample_weight=weights)
    above = own_goals.share_above(NUMBERS, answers["number"], weights)
    assert found["number"].metrics["share_above"] == pytest.approx(above)
    assert "share_above" not in found["kind"].metrics
    assert found["kind"].metrics["accuracy"] == pytest.approx(np.average(CLASSES == "down", weights=weights))
    assert AutoModel.resume(model.run_dir_, trials="+1", verbose=0).n_trials_ == 2


def test_forecasts_have_goals_of_their_own(tmp_path) -> None:
    series = pd.DataFrame({"sold": np.sin(np.arange(300) / 3) + np.random.default_rng(0).normal(0, 0.3, 300)})
    forecaster = TimeSeriesForecaster(
        horizon=4, loss=own_goals.one_sided, metrics=["mape", own_goals.mean_above], objective="val_loss", max_trials=1,
        time_budget=None, max_epochs=30, workers=0, random_state=1, verbose=0, directory=tmp_path,
    ).fit(series)  # fmt: skip
    with forecaster._reader() as reader:
        assert {"val_mape", "val_mean_above"} <= reader.trial(0).metrics.keys()
    found = load_model(forecaster.model_dir_).evaluate(series)
    assert found.metrics["mean_above"] < 0.4
    assert {"mape", "r2"} <= found.metrics.keys() == found.baseline.keys()


@pytest.mark.parametrize(
    ("kind", "changes", "fit", "message"),
    [
        (TabularRegressor, {"loss": lambda y, p: 0}, {}, "cannot be found by name.*no lambda"),
        (TabularRegressor, {"loss": "poisson"}, {}, "'poisson' does not fit these answers; mean_squared_error"),
        (TabularRegressor, {"loss": "own_goals:nothing"}, {}, "the module 'own_goals' has no 'nothing'"),
        (TabularClassifier, {"loss": "huber"}, {}, "'huber' does not fit these answers"),
        (TabularClassifier, {"metrics": ["acuracy"]}, {}, "unknown metric 'acuracy'; did you mean 'accuracy'"),
        (TabularClassifier, {"metrics": "precision"}, {}, "must be a list of names or functions"),
        (TabularClassifier, {"metrics": ["top_5"]}, {}, "top_5 of 2 classes is always 1"),
        (TabularClassifier, {"objective": "val_top_5"}, {}, "top_5 of 2 classes is always 1"),
        (TabularClassifier, {"metrics": [np.average], "objective": "val_average"}, {}, "which way is .*average better"),
        (
            TabularClassifier,
            {"metrics": [own_goals.errors]},
            {"sample_weight": np.ones(300)},
            "own_goals:errors takes none; give it an argument sample_weight",
        ),
        (TabularClassifier, {}, {"groups": np.zeros(300)}, "at least two are needed, one to train and one to validate"),
        (
            TabularClassifier,
            {},
            {"groups": np.arange(300), "validation_data": (X, CLASSES)},
            "groups say how to split, and validation rows are given",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused(tmp_path, kind, changes, fit, message) -> None:
    y = NUMBERS if kind is TabularRegressor else CLASSES
    with pytest.raises((ConfigError, DataError), match=message):
        small(kind, tmp_path, **changes).fit(X, y, **fit)


def test_no_group_is_on_both_sides(tmp_path) -> None:
    groups = np.array([f"person {number}" for number in RNG.integers(0, 25, 300)])
    classifier = small(TabularClassifier, tmp_path, max_epochs=1).fit(X, CLASSES, groups=groups)
    split = PreparedData.load(classifier.run_dir_ / "prepared").split
    assert not set(groups[split.train]) & set(groups[split.validation])
    assert 30 <= len(split.validation) <= 90
