"""Whether an artifact answers what the model answers, asked twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from automl.data import TableContract
from automl.data.tables.encode import RawTable
from automl.errors import ExportError

TOLERANCE = 1e-5

Answers = Callable[[Any], np.ndarray]


def probe_pictures(
    shape: tuple[int, int, int], *, low: float = 0.0, high: float = 255.0, whole: bool = True, seed: int = 0
) -> np.ndarray:
    """Pictures to compare answers on: noise, smooth shapes as photographs have, black and white.

    Args:
        shape: Height, width, channels.
        low: Smallest value.
        high: Largest value.
        whole: Whether values are whole numbers (uint8) or float32.
        seed: Seeds the noise and the shapes.

    Returns:
        (12, height, width, channels), uint8 or float32.

    >>> probe_pictures((4, 6, 1)).shape
    (12, 4, 6, 1)
    """
    height, width, channels = shape
    rng = np.random.default_rng(seed)
    noise = rng.random((5, height, width, channels))
    down = np.linspace(0.0, 1.0, height)[None, :, None, None]
    across = np.linspace(0.0, 1.0, width)[None, None, :, None]
    fall, slope, phase = rng.uniform(0.0, 6.0, (3, 5, 1, 1, channels))
    smooth = 0.5 + 0.5 * np.sin(fall * down + slope * across + phase)
    plain = np.broadcast_to(np.array([0.0, 1.0])[:, None, None, None], (2, height, width, channels))
    pictures = low + (high - low) * np.concatenate([noise, smooth, plain])
    return np.rint(pictures).astype(np.uint8) if whole else pictures.astype(np.float32)


def probe_table(contract: TableContract, *, fitted: Sequence[tuple[float, float]] = (), seed: int = 0) -> RawTable:
    """Rows to compare answers on: ordinary and extreme numbers, missing cells, values that training did not have.

    Args:
        contract: What the model takes.
        fitted: Center and scale of each number, where they are known; else 0 and 1.
        seed: Seeds all of it.
    """
    rng = np.random.default_rng(seed)
    rows, count = 24, len(contract.numbers)
    spread = rng.normal(size=(rows, count)) * np.resize([1.0, 10.0, 1000.0], (rows, 1))
    places = np.array(fitted or [(0.0, 1.0)] * count, dtype=np.float64).reshape(count, 2)
    numbers = (places[:, 0] + spread * places[:, 1]).astype(np.float32)
    numbers[rng.random(numbers.shape) < 0.2] = np.nan
    categories = np.empty((rows, len(contract.categories)), object)
    for place, column in enumerate(contract.categories):
        categories[:, place] = rng.choice(np.array([*column.values, "", "never seen \U0001f600"], object), rows)
    return RawTable(numbers, categories)


def check_parity(expected: Answers, answers: Answers, rows: Any, *, what: str, relative: bool = False) -> float:
    """Compare the answers of an artifact with the model's on the same pictures, twice and in two batch sizes.

    Asking twice finds what a single comparison cannot: a graph in which a random layer is still awake.

    Args:
        expected: The model: pictures (n, h, w, c), or a ``RawTable``, to probabilities or numbers (n, k).
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
