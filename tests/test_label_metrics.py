"""Scores of labels are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from automl.metrics import DIRECTIONS, OF_LABELS, score

CASES = st.tuples(st.integers(2, 30), st.integers(2, 5), st.integers(0, 10_000))


def case(rows: int, labels: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    chances = np.round(rng.random((rows, labels)), 1)  # ties are likely
    return (rng.random((rows, labels)) < rng.random()).astype(np.uint8), chances, rng.random(rows) + 0.1


@given(CASES)
def test_scores_are_those_of_scikit_learn(shape: tuple[int, int, int]) -> None:
    truth, chances, weights = case(*shape)
    said = (chances >= 0.5).astype(int)
    there = truth.any(axis=0)
    expected = {
        "f1_micro": sk.f1_score(truth, said, average="micro", sample_weight=weights, zero_division=0.0),
        "subset_accuracy": sk.accuracy_score(truth, said, sample_weight=weights),
        "hamming_loss": sk.hamming_loss(truth, said, sample_weight=weights),
        "ranking_precision": sk.label_ranking_average_precision_score(truth, chances, sample_weight=weights),
    }
    if there.any():
        f1 = sk.f1_score(truth, said, average=None, sample_weight=weights, zero_division=0.0)
        expected["f1_macro"] = f1[there].mean()
    mixed = there & ~truth.all(axis=0)
    if mixed.any():
        areas = [sk.roc_auc_score(truth[:, k], chances[:, k], sample_weight=weights) for k in np.flatnonzero(mixed)]
        expected["auc"] = np.mean(areas)
    for name, value in expected.items():
        assert score(name, truth, chances, weights) == pytest.approx(value, abs=1e-9), name


def test_only_the_hamming_loss_is_better_when_it_is_less() -> None:
    assert {name for name in OF_LABELS if DIRECTIONS[name] == "minimize"} == {"hamming_loss"}


def test_what_is_not_defined_is_not_a_number() -> None:
    truth, chances = np.zeros((3, 2), np.uint8), np.zeros((3, 2))
    assert np.isnan(score("f1_macro", truth, chances))
    assert np.isnan(score("auc", truth, chances))
    assert score("f1_micro", truth, chances) == 0.0
