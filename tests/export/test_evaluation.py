"""Scores are what their names say."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from automl.errors import DataError
from automl.export.evaluation import score, score_numbers

CLASSES = np.array(["a", "b", "c"])


def chances(seed: int, rows: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(3), rows).astype(np.float32)


def test_a_small_example_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.6, 0.4, 0], [0.1, 0.9, 0]], np.float32)

    evaluation = score(np.array([0, 1, 1, 1]), probabilities, CLASSES)

    assert evaluation.confusion == ((1, 0, 0), (1, 2, 0), (0, 0, 0))
    assert evaluation.metrics["accuracy"] == 0.75
    assert evaluation.metrics["balanced_accuracy"] == pytest.approx((1 + 2 / 3) / 2)
    assert evaluation.metrics["f1_macro"] == pytest.approx((2 / 3 + 0.8) / 2)
    assert evaluation.metrics["log_loss"] == pytest.approx(-(math.log(0.9 * 0.8 * 0.4 * 0.9)) / 4)
    assert [entry.rows for entry in evaluation.per_class] == [1, 3, 0]


@given(seed=st.integers(0, 1000), rows=st.integers(6, 40))
def test_scores_equal_scikit_learns_where_every_class_has_rows(seed: int, rows: int) -> None:
    truth, probabilities = np.arange(rows) % 3, chances(seed, rows)
    answers = probabilities.argmax(axis=1)

    metrics = score(truth, probabilities, CLASSES).metrics

    assert metrics["accuracy"] == pytest.approx(sk.accuracy_score(truth, answers))
    assert metrics["balanced_accuracy"] == pytest.approx(sk.balanced_accuracy_score(truth, answers))
    assert metrics["f1_macro"] == pytest.approx(sk.f1_score(truth, answers, average="macro", zero_division=0.0))
    assert metrics["log_loss"] == pytest.approx(sk.log_loss(truth, probabilities), rel=1e-5)


def test_one_row_of_one_class_is_enough() -> None:
    metrics = score(np.array([2]), np.array([[0, 0, 1]], np.float32), CLASSES).metrics

    assert metrics.pop("log_loss") == pytest.approx(0, abs=1e-6)
    assert metrics == dict.fromkeys(
        ("accuracy", "balanced_accuracy", "f1_macro", "f1_micro", "precision", "recall"), pytest.approx(1)
    )


def test_weights_count_in_every_score() -> None:
    truth, probabilities, weights = np.arange(30) % 3, chances(0, 30), np.arange(1, 31) % 4
    evaluation = score(truth, probabilities, CLASSES, weights=weights)
    repeated = score(np.repeat(truth, weights), np.repeat(probabilities, weights, axis=0), CLASSES)
    assert evaluation.metrics == pytest.approx(repeated.metrics)
    assert [each.f1 for each in evaluation.per_class] == pytest.approx([each.f1 for each in repeated.per_class])
    assert evaluation.rows == 30
    numbers, answers = np.random.default_rng(0).normal(size=(2, 30, 2))
    weighted = score_numbers(numbers, answers, ("a", "b"), weights=weights)
    again = score_numbers(np.repeat(numbers, weights, axis=0), np.repeat(answers, weights, axis=0), ("a", "b"))
    assert weighted.metrics == pytest.approx(again.metrics)
    assert [each.r2 for each in weighted.per_column] == pytest.approx([each.r2 for each in again.per_column])


def test_scores_of_a_person_stand_beside_the_others() -> None:
    own = score_numbers(np.array([[1.0], [2.0]]), np.array([[2.0], [1.0]]), ("a",), own=["own_goals:share_above"])
    assert own.metrics["share_above"] == 0.5
    assert "top_5" in score(np.arange(6), np.eye(6, dtype=np.float32), np.arange(6)).metrics


def test_no_row_is_too_few() -> None:
    with pytest.raises(DataError, match="no row"):
        score(np.zeros(0, np.int64), np.zeros((0, 3), np.float32), CLASSES)


@pytest.mark.parametrize("classes", [["a", "b", "c"], [1, 2, 3]])
def test_json_has_plain_values(classes: list[object]) -> None:
    evaluation = score(np.arange(9) % 3, chances(0, 9), np.array(classes))

    document = json.loads(json.dumps(evaluation.to_json(), allow_nan=False))

    assert document["metrics"]["accuracy"] == evaluation.metrics["accuracy"]
    assert document["classes"] == classes
    assert [entry["label"] for entry in document["per_class"]] == classes
    assert np.array(document["confusion"]).sum() == document["rows"] == 9
