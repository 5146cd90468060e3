"""TextClassifier and TextRegressor."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sentences import sentences
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError

import automl
from automl import DataError, TextClassifier, TextRegressor

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "text.md").read_text("utf-8")
X, Y = sentences(80)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> TextClassifier:
    """The page's classifier, of one trial."""
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "TextClassifier" in code]
    options = "max_trials=1, time_budget=None, max_epochs=10, workers=0, random_state=0, verbose=0, directory=runs"
    names: dict[str, object] = {"texts": pd.Series(X, index=range(5, 85)), "labels": np.array(Y)}
    names["runs"] = tmp_path_factory.mktemp("runs")
    exec(snippet.replace('time_budget="2m"', options), names)
    classifier = names["classifier"]
    assert isinstance(classifier, TextClassifier)
    return classifier


def test_it_is_a_classifier_of_texts(fitted: TextClassifier) -> None:
    assert fitted.classes_.tolist() == ["bad", "good"]
    assert fitted.score(X, Y) > 0.9
    found = fitted.predict_proba(X)
    assert (found.shape, found.dtype) == ((80, 2), np.float32)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (fitted.classes_[found.argmax(axis=1)] == fitted.predict(X)).all()
    assert fitted.n_trials_ == 1


def test_lists_arrays_and_frames_are_answered_alike(fitted: TextClassifier) -> None:
    expected = fitted.predict(X).tolist()
    for given in (np.array(X), pd.Series(X), pd.DataFrame({"anything": X})):
        assert fitted.predict(given).tolist() == expected
    assert len(fitted.predict(["", None, "\U0001f600"])) == 3
    with pytest.raises(DataError, match="one text is no list"):
        fitted.predict("a lovely film")


def test_it_can_be_pickled_cloned_and_loaded(fitted: TextClassifier) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(X), fitted.predict_proba(X))
    loaded = TextClassifier.load(fitted.run_dir_)
    assert loaded.predict(X).tolist() == fitted.predict(X).tolist()
    with pytest.raises(NotFittedError):
        clone(fitted).predict(X)


def test_what_it_is_not_fitted_for_is_refused(tmp_path: Path) -> None:
    for estimator in (TextClassifier(), TextRegressor()):
        with pytest.raises(NotFittedError):
            estimator.predict(X)
    assert is_classifier(TextClassifier())
    assert is_regressor(TextRegressor())
    estimator = TextClassifier(max_trials=1, time_budget=None, verbose=0, directory=tmp_path / "runs")
    for x, y, sentence in (
        (X, Y[:-1], "80 rows and y has 79"),
        ([["a"], ["b"]], ["x", "y"], "row 0 of the texts is of the type list"),
        (np.zeros((4, 3)), [0, 1, 0, 1], "X has shape"),
        (["same"] * 6, ["x", "y"] * 3, "all 6 texts are equal"),
    ):
        with pytest.raises(DataError, match=sentence):
            estimator.fit(x, y)
    with pytest.raises(ValueError, match="requires y to be passed"):
        estimator.fit(X, None)
    assert not list(tmp_path.rglob("run.json"))


@pytest.mark.slow
def test_numbers_are_predicted_in_their_own_units(tmp_path: Path) -> None:
    x, y = sentences(300)
    stars = np.array([4.0 if kind == "good" else 1.0 for kind in y])
    regressor = TextRegressor(
        max_trials=1, time_budget=None, workers=0, random_state=0, verbose=0, directory=tmp_path / "runs"
    ).fit(x, stars)
    assert regressor.predict(x[:4]).shape == (4,)
    assert regressor.score(x, stars) > 0.8


def test_the_names_are_public() -> None:
    assert {"TextClassifier", "TextRegressor"} <= set(automl.__all__)
