"""Scores are scikit-learn's."""

from __future__ import annotations

import numpy as np
import own_goals
import pytest
import sklearn.metrics as sk
from hypothesis import given, settings
from hypothesis import strategies as st

from automl import metrics
from automl.errors import ConfigError
from automl.imports import find, reference_to

CLASSES = {
    "accuracy": lambda t, p, w: sk.accuracy_score(t, p.argmax(1), sample_weight=w),
    "balanced_accuracy": lambda t, p, w: sk.balanced_accuracy_score(t, p.argmax(1), sample_weight=w),
    "f1_macro": lambda t, p, w: sk.f1_score(
        t, p.argmax(1), labels=np.unique(t), average="macro", sample_weight=w, zero_division=0
    ),
    "f1_micro": lambda t, p, w: sk.f1_score(t, p.argmax(1), average="micro", sample_weight=w),
    "precision": lambda t, p, w: sk.precision_score(
        t, p.argmax(1), labels=np.unique(t), average="macro", sample_weight=w, zero_division=0
    ),
    "recall": lambda t, p, w: sk.recall_score(t, p.argmax(1), average="macro", sample_weight=w, zero_division=0),
    "log_loss": lambda t, p, w: sk.log_loss(t, p, labels=np.arange(p.shape[1]), sample_weight=w),
}
NUMBERS = {
    "mae": lambda t, a, w: sk.mean_absolute_error(t, a, sample_weight=w),
    "rmse": lambda t, a, w: sk.root_mean_squared_error(t, a, sample_weight=w),
    "r2": lambda t, a, w: sk.r2_score(t, a, sample_weight=w),
    "mape": lambda t, a, w: sk.mean_absolute_percentage_error(t, a, sample_weight=w),
}


@given(seed=st.integers(0, 1000), classes=st.integers(2, 5), weighted=st.booleans())
@settings(max_examples=30)
@pytest.mark.parametrize("name", CLASSES)
def test_scores_of_classes(name: str, seed: int, classes: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = np.r_[np.arange(classes), rng.integers(0, classes, 40)]
    answers = rng.dirichlet(np.ones(classes), len(truth))
    weights = rng.uniform(0.1, 3, len(truth)) if weighted else None
    assert metrics.score(name, truth, answers, weights) == pytest.approx(CLASSES[name](truth, answers, weights))


@given(seed=st.integers(0, 1000), weighted=st.booleans())
@settings(max_examples=30)
def test_the_area_under_the_curve_knows_ties(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = np.r_[0, 1, rng.integers(0, 2, 40)]
    chances = rng.integers(0, 6, len(truth)) / 5
    weights = rng.uniform(0.1, 3, len(truth)) if weighted else None
    expected = sk.roc_auc_score(truth, chances, sample_weight=weights)
    assert metrics.score("auc", truth, np.stack([1 - chances, chances], 1), weights) == pytest.approx(expected)


def test_the_area_of_several_classes_is_the_mean_of_one_against_all() -> None:
    rng = np.random.default_rng(0)
    truth, answers = rng.integers(0, 3, 50), rng.dirichlet(np.ones(3), 50)
    expected = sk.roc_auc_score(truth, answers, multi_class="ovr")
    assert metrics.score("auc", truth, answers) == pytest.approx(expected)


@given(seed=st.integers(0, 1000), columns=st.integers(1, 3), weighted=st.booleans())
@settings(max_examples=30)
@pytest.mark.parametrize("name", NUMBERS)
def test_scores_of_numbers(name: str, seed: int, columns: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth, answers = rng.normal(5, 3, (30, columns)), rng.normal(5, 3, (30, columns))
    weights = rng.uniform(0.1, 3, 30) if weighted else None
    assert metrics.score(name, truth, answers, weights) == pytest.approx(NUMBERS[name](truth, answers, weights))


def test_what_is_not_defined_is_no_number() -> None:
    assert np.isnan(metrics.score("r2", np.ones((3, 1)), np.zeros((3, 1))))
    assert np.isnan(metrics.score("auc", np.zeros(3, int), np.full((3, 2), 0.5)))


def test_classes_without_rows_do_not_count() -> None:
    assert metrics.score("balanced_accuracy", np.array([0, 0]), np.eye(3)[[0, 1]]) == 0.5
    assert metrics.score("f1_macro", np.array([0, 0]), np.eye(3)[[0, 1]]) == pytest.approx(2 / 3)


def test_a_wrong_answer_without_doubt_costs_a_lot_but_not_everything() -> None:
    assert 30 < metrics.score("log_loss", np.array([0]), np.array([[0.0, 1.0]])) < 40


@given(seed=st.integers(0, 1000), classes=st.integers(6, 12), weighted=st.booleans())
@settings(max_examples=30)
def test_one_of_five_guesses(seed: int, classes: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = np.r_[np.arange(classes), rng.integers(0, classes, 40)]
    answers = rng.integers(0, 4, (len(truth), classes)) / 3  # with ties
    weights = rng.uniform(0.1, 3, len(truth)) if weighted else None
    expected = sk.top_k_accuracy_score(truth, answers, k=5, sample_weight=weights)
    assert metrics.score("top_5", truth, answers, weights) == pytest.approx(expected)


def test_the_area_is_that_of_the_classes_that_have_rows() -> None:
    rng = np.random.default_rng(0)
    truth, answers = rng.integers(0, 3, 50), rng.dirichlet(np.ones(4), 50)
    expected = np.mean([sk.roc_auc_score(truth == code, answers[:, code]) for code in range(3)])
    assert metrics.score("auc", truth, answers) == pytest.approx(expected)


def test_functions_of_a_person_are_scores_too() -> None:
    truth, answers = np.array([[1.0], [2.0]]), np.array([[2.0], [1.0]])
    name = "own_goals:share_above"
    assert (metrics.score(name, truth, answers), metrics.score(name, truth, answers, np.array([3, 1]))) == (0.5, 0.75)
    assert metrics.told(name) == "share_above"
    assert metrics.own_direction(name) == "minimize"


@pytest.mark.parametrize(
    ("name", "weighted", "message"),
    [
        ("own_goals:errors", True, "takes none; give it an argument sample_weight"),
        ("own_goals:missing", False, "has no 'missing'"),
        ("own_goals:np", False, "of type module, and a function is needed"),
        ("no_such_module:f", False, "No module named 'no_such_module'"),
        ("sklearn.metrics:auc", False, "'auc' is the name of another score"),
    ],
)
def test_what_is_no_score_is_refused(name: str, weighted: bool, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        metrics.check_own(name, weighted=weighted)


def test_a_function_is_found_by_its_name_or_refused() -> None:
    assert reference_to(own_goals.errors) == "own_goals:errors"
    assert find("own_goals:errors") is own_goals.errors
    nested = lambda truth, answers: 0.0  # noqa: E731
    with pytest.raises(ConfigError, match="cannot be found by name"):
        reference_to(nested)
