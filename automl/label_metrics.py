"""Scores of answers with any number of labels a row, in NumPy; ``automl.metrics`` gives them their names.

Each takes ``truth``, zeros and ones (n, k), ``answers``, probabilities (n, k), and ``weights`` (n,). A label is given
where its probability is at least one half. Definitions and values are scikit-learn's.

>>> truth, answers = np.array([[1, 0, 1], [0, 1, 0]]), np.array([[0.9, 0.1, 0.4], [0.2, 0.8, 0.3]])
>>> f1_micro(truth, answers, np.ones(2)), subset_accuracy(truth, answers, np.ones(2))
(0.8, 0.5)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

THRESHOLD = 0.5


def given(answers: Array) -> NDArray[np.bool_]:
    """Which labels are given, (n, k)."""
    return np.asarray(answers) >= THRESHOLD


def f1_micro(truth: Array, answers: Array, weights: Array) -> float:
    """Harmonic mean of precision and recall over all labels of all rows together; 0 where nothing is right."""
    right, total, said = _counted(truth, answers, weights)
    return float(2 * right.sum() / max(total.sum() + said.sum(), np.finfo(np.float64).tiny))


def f1_macro(truth: Array, answers: Array, weights: Array) -> float:
    """Mean over the labels that rows have of each label's F1."""
    right, total, said = _counted(truth, answers, weights)
    there = total > 0
    return float((2 * right[there] / (total[there] + said[there])).mean()) if there.any() else float("nan")


def subset_accuracy(truth: Array, answers: Array, weights: Array) -> float:
    """Share of the rows all of whose labels are right, none missing and none too many."""
    return float(np.average((given(answers) == (truth > 0)).all(axis=1), weights=weights))


def hamming_loss(truth: Array, answers: Array, weights: Array) -> float:
    """Share of the single labels that are wrong."""
    return float(np.average((given(answers) != (truth > 0)).mean(axis=1), weights=weights))


def ranking_precision(truth: Array, answers: Array, weights: Array) -> float:
    """Label ranking average precision: how many of the labels at least as probable as a right one are right too.

    Mean over the rows' right labels; a row with no label or with all of them counts 1 (Schapire & Singer, 2000:
    "BoosTexter").
    """
    scores = np.array([_row_precision(row > 0, chances) for row, chances in zip(truth, answers, strict=True)])
    return float(np.average(scores, weights=weights))


def counts(truth: Array, answers: Array) -> tuple[Array, Array, Array]:
    """For each label how many rows have it and are given it, have it, and are given it, (k,) each."""
    return _counted(truth, answers, np.ones(len(truth)))


def _row_precision(right: NDArray[np.bool_], chances: Array) -> float:
    if right.all() or not right.any():
        return 1.0
    above = (chances[np.newaxis, :] >= chances[right][:, np.newaxis]).astype(np.float64)
    return float((above[:, right].sum(axis=1) / above.sum(axis=1)).mean())


def _counted(truth: Array, answers: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Weight of the right answers, of the rows and of the answers with each label."""
    has, said = truth > 0, given(answers)
    return weights @ (has & said), weights @ has, weights @ said
