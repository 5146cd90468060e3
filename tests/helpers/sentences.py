"""Texts of two classes, made on the spot."""

from __future__ import annotations

import numpy as np


def sentences(rows: int = 60, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts of ordinary words, and of some that one class has more often; their classes."""
    rng = np.random.default_rng(seed)
    kinds = ["bad", "good"]
    telling = {"bad": ["dull", "boring", "weak", "awful"], "good": ["lovely", "moving", "bright", "great"]}
    common = ["the", "film", "is", "a", "story", "of", "and", "it", "with", "plot"]
    found, classes = [], []
    for row in range(rows):
        kind = kinds[row % 2]
        words = [*rng.choice(common, rng.integers(3, 12)), *rng.choice(telling[kind], 2), f"only{row}"]
        found.append(" ".join(rng.permutation(words)))
        classes.append(kind)
    return found, classes
