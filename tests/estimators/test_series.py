"""TimeSeriesClassifier and TimeSeriesRegressor, fitted for real on small series."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from automl import ConfigError, DataError, Space, TimeSeriesClassifier, TimeSeriesRegressor

SPACE = Space.parse(
    "version: 1\nname: small\ninputs: {series: series}\n"
    "model: [{conv: {filters: {choice: [16, 32]}, activation: relu}}, gmp, head]\n"
    "train: {lr: 0.02, batch_size: 16, epochs: 20}\n"
)
RNG = np.random.default_rng(0)
N = 60
KIND = np.where(np.arange(N) % 2, "up", "down")
LENGTHS = RNG.integers(8, 20, N)
SIZE = RNG.uniform(1, 2, N)
SERIES = [
    (np.linspace(0, 1, steps) * (1 if kind == "up" else -1) + 0.02 * RNG.normal(size=steps))
    for steps, kind in zip(LENGTHS, KIND, strict=True)
]
CUBE = SIZE[:, None, None] * np.stack([np.sin(np.linspace(0, 9, 15)), np.ones(15)], axis=1)


def small(kind: Any, folder: Path, **changes: Any) -> Any:
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 20, "space": SPACE, "random_state": 1}
    return kind(directory=folder, verbose=0, workers=0, **(arguments | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def classifier(folder: Path) -> TimeSeriesClassifier:
    return small(TimeSeriesClassifier, folder, class_weight="balanced").fit(SERIES, KIND)


@pytest.fixture(scope="module")
def regressor(folder: Path) -> TimeSeriesRegressor:
    y = np.stack([SIZE * 100, -SIZE], axis=1)
    return small(TimeSeriesRegressor, folder).fit(CUBE, y, sample_weight=np.ones(N))


def test_it_learns_from_lists_and_answers_in_the_labels_it_was_given(classifier: TimeSeriesClassifier) -> None:
    assert classifier.classes_.tolist() == ["down", "up"]
    assert classifier.score(SERIES, KIND) > 0.9
    chances = classifier.predict_proba(SERIES)
    assert (classifier.classes_[chances.argmax(axis=1)] == classifier.predict(SERIES)).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_it_predicts_several_numbers(regressor: TimeSeriesRegressor) -> None:
    assert regressor.predict(CUBE).shape == (N, 2)
    assert regressor.score(CUBE, np.stack([SIZE * 100, -SIZE], axis=1)) > 0.8


def test_a_copy_a_pickle_and_what_is_loaded_answer_alike(classifier: TimeSeriesClassifier) -> None:
    expected = classifier.predict_proba(SERIES)
    assert classifier.run_dir_ is not None
    loaded = TimeSeriesClassifier.load(classifier.run_dir_)
    for other in (copy.deepcopy(classifier), pickle.loads(pickle.dumps(classifier)), loaded):
        np.testing.assert_array_equal(other.predict_proba(SERIES), expected)
        assert other.classes_.tolist() == ["down", "up"]
    with pytest.raises(ConfigError, match="holds a model for 'series-classify', and TimeSeriesRegressor is for"):
        TimeSeriesRegressor.load(classifier.run_dir_)


def test_a_clone_knows_its_arguments_and_nothing_else(classifier: TimeSeriesClassifier) -> None:
    other = clone(classifier)
    assert other.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        other.predict(SERIES)
    with pytest.raises(NotFittedError):
        TimeSeriesRegressor().predict(CUBE)


def test_longer_series_are_cut_and_other_channels_refused(
    classifier: TimeSeriesClassifier, regressor: TimeSeriesRegressor
) -> None:
    longest = int(LENGTHS.max())
    assert classifier.predict([np.linspace(0, 1, longest + 9)]).tolist() == ["up"]
    with pytest.raises(DataError, match="series 0 has 2 channels, the model learned from 1"):
        classifier.predict(CUBE)
    with pytest.raises(DataError, match="has 16 steps, and the model learned from series of exactly 15"):
        regressor.predict(np.ones((1, 16, 2)))


@pytest.mark.parametrize(
    ("kind", "x", "y", "message"),
    [
        (TimeSeriesClassifier, SERIES, KIND[:-1], "X has 60 rows and y has 59"),
        (TimeSeriesClassifier, np.zeros((0, 5)), [], "there are no series"),
        (TimeSeriesClassifier, np.zeros(4), [0, 1, 0, 1], r"x has shape \(4,\)"),
        (TimeSeriesClassifier, np.ones((4, 3)), [0, 0, 0, 0], "one class only"),
        (TimeSeriesClassifier, np.ones((4, 3)), [0.5, 1, 0, 1], r"y holds the number 0\.5 in row 0"),
        (TimeSeriesClassifier, np.full((4, 3), np.inf), [0, 1, 0, 1], r"series 0 .* has inf"),
        (TimeSeriesRegressor, np.ones((4, 3)), ["a", "b", "c", "d"], "is no number"),
        (TimeSeriesRegressor, np.ones((4, 3)), [0, 1, np.nan, 2], "y is missing"),
    ],
)
def test_bad_input_is_refused(folder: Path, kind: Any, x: Any, y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        small(kind, folder).fit(x, y)
