"""What people should know of texts before they believe a score: words that give the answer away, equal texts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from automl.data.prepared import Rows, RowView
from automl.data.texts.contract import FIRST, TextContract

_MOST_ROWS = 20_000
_FEWEST_ROWS = 50  # of fewer, one word may tell a class by chance
_MOST_WORDS = 5_000
_LEAK = 0.98


def telling(rows: Rows, contract: TextContract, classes: tuple[object, ...], *, seed: int = 0) -> Iterator[str]:
    """One sentence for every class that a single word tells.

    Told is of a word that stands in at least 98 % of the texts of a class, when at least 98 % of the texts that it
    stands in are of that class.

    Args:
        rows: Training rows of classes.
        contract: What their texts are.
        classes: What the codes stand for.
        seed: Which rows are looked at where there are more than 20,000.
    """
    if len(rows) < _FEWEST_ROWS:
        return
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:_MOST_ROWS])
    counts = _texts_with(rows.x[chosen], rows.y[chosen], min(contract.kinds, _MOST_WORDS), len(classes))
    of_class = np.bincount(rows.y[chosen], minlength=len(classes))
    share = counts / np.maximum(of_class, 1)
    purity = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for code, name in enumerate(classes):
        both = np.minimum(share[FIRST:, code], purity[FIRST:, code])
        if len(both) and of_class[code] >= _FEWEST_ROWS // 2 and both.max() >= _LEAK:
            word = contract.tokens[int(both.argmax())]
            yield (
                f"the word {word!r} alone tells the class {name!r} (it is in {share[FIRST + both.argmax(), code]:.1%} "
                "of its texts and hardly in others): if it would not be known when the model is used, take it out"
            )


def equal_texts(training: Rows, validation: Rows) -> tuple[int, int]:
    """How many validation texts are training texts once more, and how many of those have the same answer.

    >>> from automl.data.prepared import Rows, RowView
    >>> def rows(x, y):
    ...     view = RowView([np.array(x)], np.arange(len(x)))
    ...     return Rows({"text": view}, {"label": np.array(y)})
    >>> equal_texts(rows([[2, 3], [4, 0]], [0, 1]), rows([[2, 3], [4, 0], [5, 5]], [0, 0, 1]))
    (2, 1)
    """
    texts = set(_digests(training.x))
    whole = set(zip(_digests(training.x), _answers(training), strict=True))
    found = [pair for pair in zip(_digests(validation.x), _answers(validation), strict=True) if pair[0] in texts]
    return len(found), sum(pair in whole for pair in found)


def _digests(x: RowView) -> Iterator[bytes]:
    step = 50_000
    for start in range(0, len(x), step):
        yield from (row.tobytes() for row in np.ascontiguousarray(x[start : start + step]))


def _answers(rows: Rows) -> Iterator[bytes]:
    return (answer.tobytes() for answer in np.ascontiguousarray(rows.y))


def _texts_with(x: NDArray[np.unsignedinteger], y: NDArray[np.int64], kinds: int, classes: int) -> NDArray[np.int64]:
    """In how many texts of each class each token is, (kinds, classes)."""
    out = np.zeros((kinds, classes), np.int64)
    for row, code in zip(x, y.tolist(), strict=True):
        found = np.unique(row)
        out[found[found < kinds], code] += 1
    return out
