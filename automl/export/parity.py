"""Whether an artifact answers what the model answers, asked twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from automl.errors import ExportError

TOLERANCE = 1e-5

Answers = Callable[[Any], np.ndarray]


def check_parity(expected: Answers, answers: Answers, rows: Any, *, what: str, relative: bool = False) -> float:
    """Compare the answers of an artifact with the model's on the same rows, twice and in two batch sizes.

    Asking twice finds what a single comparison cannot: a graph in which a random layer is still awake.

    Args:
        expected: The model: rows of its kind to probabilities or numbers (n, k).
        answers: The artifact, likewise.
        rows: What to ask about.
        what: Names the artifact in the message.
        relative: Whether differences are told as a share of the largest answer, as is right for numbers.

    Returns:
        The largest difference seen.

    Raises:
        ExportError: They differ by more than 1e-5 somewhere, or an answer is not a number.
    """
    truth = expected(rows)
    rounds = (answers(rows), answers(rows), np.concatenate([answers(rows[:1]), answers(rows[1:])]))
    worst = float(np.max([_difference(truth, answer) for answer in rounds]))  # a NaN wins
    if relative:
        worst /= max(1.0, float(np.abs(truth).max()))
    if not worst <= TOLERANCE:
        raise ExportError(
            f"{what} does not answer as the model does: answers differ by up to {worst:.3g}, and {TOLERANCE:g} "
            "is allowed; nothing was written. Please report it with the model's architecture.json"
        )
    return worst


def _difference(truth: np.ndarray, answer: np.ndarray) -> float:
    if truth.shape != answer.shape or not np.isfinite(answer).all():
        return float("nan")
    return float(np.abs(truth.astype(np.float64) - answer.astype(np.float64)).max())
