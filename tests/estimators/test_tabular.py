"""TabularClassifier and TabularRegressor, fitted for real on small tables."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from automl import ConfigError, DataError, Space, TabularClassifier, TabularRegressor

SPACE = Space.parse(
    "version: 1\nname: small\ninputs: {table: tabular}\n"
    "model: [{columns: 4}, {dense: {units: {choice: [32, 64]}, activation: relu}}, head]\n"
    "train: {lr: 0.02, batch_size: 32}\n"
)
RNG = np.random.default_rng(0)
N = 300
FRAME = pd.DataFrame(
    {
        "colour": RNG.choice(["red", "green", "blue"], N),
        "size": np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(50, 10, N)),
        "when": pd.date_range("2026-01-01", periods=N, freq="D"),
        "old": RNG.random(N) < 0.5,
    }
)
KIND = np.where(FRAME["colour"] == "red", "warm", "cold")
PRICE = 1000 + 300 * (FRAME["colour"] == "red") + 200 * FRAME["old"]


def small(kind, folder, **changes):
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 25, "space": SPACE, "random_state": 1}
    return kind(directory=folder, verbose=0, workers=0, **(arguments | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def classifier(folder) -> TabularClassifier:
    return small(TabularClassifier, folder).fit(FRAME, KIND)


@pytest.fixture(scope="module")
def regressor(folder) -> TabularRegressor:
    return small(TabularRegressor, folder).fit(FRAME, np.stack([PRICE, FRAME["old"] * 5.0], axis=1))


def test_it_learns_and_answers_in_the_labels_it_was_given(classifier) -> None:
    assert classifier.classes_.tolist() == ["cold", "warm"]
    assert classifier.score(FRAME, KIND) > 0.97
    chances = classifier.predict_proba(FRAME)
    assert (classifier.classes_[chances.argmax(axis=1)] == classifier.predict(FRAME)).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_it_predicts_several_numbers(regressor) -> None:
    answer = regressor.predict(FRAME)
    assert answer.shape == (N, 2)
    assert regressor.score(FRAME, np.stack([PRICE, FRAME["old"] * 5.0], axis=1)) > 0.95


def test_one_number_is_one_axis(folder) -> None:
    one = small(TabularRegressor, folder, max_epochs=2).fit(FRAME[["size", "old"]], PRICE)
    assert one.predict(FRAME[["size", "old"]]).shape == (N,)
    assert one.n_features_in_ == 2
    assert one.feature_names_in_.tolist() == ["size", "old"]


def test_a_copy_and_a_pickle_answer_alike(classifier) -> None:
    expected = classifier.predict_proba(FRAME)
    for other in (copy.deepcopy(classifier), pickle.loads(pickle.dumps(classifier))):
        np.testing.assert_array_equal(other.predict_proba(FRAME), expected)
        assert other.feature_names_in_.tolist() == list(FRAME.columns)


def test_a_loaded_one_answers_alike(classifier) -> None:
    loaded = TabularClassifier.load(classifier.run_dir_)
    np.testing.assert_array_equal(loaded.predict(FRAME), classifier.predict(FRAME))
    with pytest.raises(ConfigError, match="holds a model for 'tabular-classify', and TabularRegressor is for"):
        TabularRegressor.load(classifier.run_dir_)


def test_a_clone_knows_its_arguments_and_nothing_else(classifier) -> None:
    other = clone(classifier.set_params(class_weight=None))
    assert other.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        other.predict(FRAME)


def test_columns_are_checked_as_everywhere_in_scikit_learn(classifier) -> None:
    with pytest.raises(ValueError, match="feature names should match"):
        classifier.predict(FRAME[FRAME.columns[::-1]])
    with pytest.raises(ValueError, match="feature names should match"):
        classifier.predict(FRAME.drop(columns="old"))


def test_weights_and_a_pipeline(folder) -> None:
    x = RNG.normal(size=(200, 2))
    y = (x[:, 0] > 0).astype(int)
    weights = np.r_[np.ones(200), np.zeros(200)]
    pipeline = make_pipeline(StandardScaler(), small(TabularClassifier, folder))
    name = "tabularclassifier__sample_weight"
    pipeline.fit(np.r_[x, x], np.r_[y, 1 - y], **{name: weights})
    assert pipeline.score(x, y) > 0.9


def test_equal_seeds_give_equal_models(folder) -> None:
    one, other = (small(TabularClassifier, folder, max_epochs=2).fit(FRAME, KIND) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(FRAME), other.predict_proba(FRAME))


@pytest.mark.parametrize(
    ("kind", "x", "y", "error", "message"),
    [
        (TabularClassifier, FRAME, None, ValueError, "requires y to be passed"),
        (TabularClassifier, FRAME, KIND[:-1], ValueError, "inconsistent numbers of samples"),
        (TabularClassifier, np.zeros((0, 2)), [], ValueError, "0 sample"),
        (TabularClassifier, np.zeros((4, 0)), [0, 1, 0, 1], ValueError, r"0 feature\(s\)"),
        (TabularClassifier, np.zeros(4), [0, 1, 0, 1], ValueError, "Reshape your data"),
        (TabularClassifier, [[np.inf], [1.0]], [0, 1], ValueError, "infinity"),
        (TabularClassifier, np.zeros((4, 1)), [0.5, 1.5, 0.5, 1.5], ValueError, "Unknown label type"),
        (TabularClassifier, np.zeros((4, 1)), [0, 0, 0, 0], DataError, "one class only"),
        (TabularRegressor, np.zeros((4, 1)), ["a", "b", "c", "d"], ValueError, "numeric"),
        (TabularRegressor, np.zeros((4, 1)), [0, 1, np.nan, 2], ValueError, "NaN"),
    ],
)
def test_bad_input_is_refused(folder, kind, x, y, error, message) -> None:
    with pytest.raises(error, match=message):
        small(kind, folder).fit(x, y)
