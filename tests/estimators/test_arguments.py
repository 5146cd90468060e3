"""Arguments of the estimators, without a search."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError

import automl
from automl import ConfigError, DataError, ImageClassifier

X = np.zeros((6, 4, 4), "uint8")
Y = np.array([0, 0, 0, 1, 1, 1])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_constructor_only_stores_and_clone_copies():
    odd = object()
    estimator = ImageClassifier(time_budget="never", max_trials=-3, random_state=odd, verbose=0)
    params = estimator.get_params()
    assert params["time_budget"] == "never"
    assert params["random_state"] is odd
    assert clone(ImageClassifier(max_trials=7)).max_trials == 7
    assert ImageClassifier().set_params(space="cnn").space == "cnn"


def test_arguments_are_keyword_only_and_have_the_promised_names_and_defaults():
    with pytest.raises(TypeError):
        ImageClassifier("10m")  # type: ignore[misc]
    assert ImageClassifier().get_params() == {
        "time_budget": "10m", "max_trials": None, "max_epochs": None, "space": None, "objective": None,
        "workers": None, "directory": None, "random_state": None, "verbose": 1, "loss": None, "metrics": (),
        "folds": None, "ensemble": None, "refit": "auto", "preset": None, "image_shape": None, "class_weight": None,
        "multi_label": None,
    }  # fmt: skip


def test_scikit_learn_takes_it_for_a_classifier_of_pictures():
    assert is_classifier(ImageClassifier())
    tags = ImageClassifier().__sklearn_tags__()
    assert tags.input_tags.three_d_array
    assert not tags.input_tags.two_d_array


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"time_budget": None}, "no limit is given"),
        ({"time_budget": "soon"}, "cannot read 'soon' as a duration"),
        ({"time_budget": 0}, "a duration must be positive"),
        ({"max_trials": 0}, "trials is 0"),
        ({"folds": 1}, "folds is 1"),
        ({"max_epochs": 0}, "max epochs is 0"),
        ({"workers": -1}, "workers is -1"),
        ({"random_state": -1}, "seed is -1"),
        ({"random_state": "lucky"}, "random_state is 'lucky'"),
        ({"space": "cnm"}, "did you mean 'cnn'?"),
        ({"objective": "val_acuracy"}, "did you mean 'val_accuracy'?"),
    ],
    ids=str,
)
def test_a_bad_argument_is_refused_by_fit_and_leaves_no_run(arguments, sentence, tmp_path):
    with pytest.raises((ConfigError, automl.SpaceError), match=sentence.replace("?", r"\?")):
        ImageClassifier(verbose=0, **arguments).fit(X, Y)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"trials": "many"}, "cannot read 'many' as a number of trials"),
        ({"time_budget": "+soon"}, "cannot read 'soon' as a duration"),
        ({"memory_limit": "much"}, "cannot read 'much' as a size"),
        ({"gpus": [0, 0]}, "as GPUs"),
        ({}, "nowhere is no run"),
    ],
    ids=str,
)
def test_bad_arguments_of_a_continuation_are_refused(arguments, sentence):
    with pytest.raises((ConfigError, automl.StudyError), match=sentence):
        automl.resume_search("nowhere", verbose=0, **arguments)


@pytest.mark.parametrize("validation", [X, (X,), {"x": X, "y": Y}], ids=["array", "single", "dict"])
def test_validation_data_is_a_pair(validation, tmp_path):
    with pytest.raises(ConfigError, match="must be a pair"):
        ImageClassifier(verbose=0).fit(X, Y, validation_data=validation)
    assert list(tmp_path.iterdir()) == []


def nan_pixels():
    x = X.astype("float32")
    x[2, 1, 1] = np.nan
    return x


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (X, Y[:5], "6.*5|5.*6"),
        (X, np.zeros(6, int), "class"),
        (nan_pixels(), Y, "NaN|nan"),
        (np.zeros((6, 4), "uint8"), Y, "shape"),
        (X, np.arange(6), "every class has only one example"),
        (X, None, "labels are missing"),
        ([[[1]], [[1, 2]]], [0, 1], "X is no array"),
    ],
    ids=["lengths", "one class", "NaN", "rank", "one picture a class", "no labels", "ragged"],
)
@pytest.mark.parametrize("directory", [None, "runs"])
def test_unusable_arrays_are_refused_and_leave_no_run(x, y, sentence, directory, tmp_path):
    with pytest.raises(DataError, match=sentence):
        ImageClassifier(verbose=0, max_trials=1, workers=0, directory=directory).fit(x, y)
    assert list(tmp_path.iterdir()) == []


NUMBERS = np.arange(6.0)
TEXTS = ["a b", "b c", "c d", "d e", "e f", "f g"]
ALL = {
    "ImageClassifier": (X, Y),
    "ImageRegressor": (X, NUMBERS),
    "TextClassifier": (TEXTS, Y),
    "TextRegressor": (TEXTS, NUMBERS),
    "TabularClassifier": (X.reshape(6, -1) + NUMBERS[:, None], Y),
    "TabularRegressor": (X.reshape(6, -1) + NUMBERS[:, None], NUMBERS),
    "TimeSeriesClassifier": (X.reshape(6, -1) + NUMBERS[:, None], Y),
    "TimeSeriesRegressor": (X.reshape(6, -1) + NUMBERS[:, None], NUMBERS),
    "TimeSeriesForecaster": (np.sin(np.arange(200)), None),
}


@pytest.mark.parametrize("name", ALL)
def test_losses_scores_and_weights_are_checked_everywhere(name, tmp_path):
    kind, (x, y) = getattr(automl, name), ALL[name]
    plain = {"max_trials": 1, "workers": 0, "verbose": 0} | ({"horizon": 3} if y is None else {})
    for wrong, sentence in (
        ({"loss": "hinge_of_nothing"}, "the loss 'hinge_of_nothing' does not fit"),
        ({"metrics": ["acuracy"]}, "unknown metric 'acuracy'"),
        ({"metrics": "accuracy"}, "must be a list"),
    ):
        with pytest.raises(ConfigError, match=sentence):
            kind(**plain, **wrong).fit(x, y)
    if y is None:
        return
    with pytest.raises(ValueError, match="sample weights must be numbers of at least 0; row 2 has -1"):
        kind(**plain).fit(x, y, sample_weight=[1, 1, -1, 1, 1, 1])
    with pytest.raises(DataError, match="5 groups for 6 rows"):
        kind(**plain).fit(x, y, groups=[1, 2, 3, 4, 5])
    if name.endswith("Classifier"):
        with pytest.raises(ConfigError, match="class weight names '7', and the classes are 0, 1"):
            kind(**plain, class_weight={7: 2.0}).fit(x, y)
    assert list(tmp_path.rglob("run.json")) == []


@pytest.mark.parametrize("name", ["predict", "predict_proba", "export"])
def test_an_estimator_that_was_not_fitted_says_so(name):
    with pytest.raises(NotFittedError):
        getattr(ImageClassifier(), name)("anything")


@pytest.mark.parametrize("name", ["keras_model_", "study_", "n_trials_", "best_score_"])
def test_an_estimator_that_was_not_fitted_has_no_results(name):
    assert not hasattr(ImageClassifier(), name)


def test_public_names_exist_and_unknown_ones_do_not():
    for name in automl.__all__:
        assert getattr(automl, name) is not None
    assert set(automl.__all__) <= set(dir(automl))
    with pytest.raises(AttributeError, match="no attribute 'Imageclassifier'"):
        automl.Imageclassifier  # noqa: B018
