"""Models that predict the value of a point, and say how sure they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

from automl.search.proposers.features import Matrix

# What the Gaussian process may believe of its values: how far neighbours resemble each other (in mean squared
# distances), how much of the value is a sum over columns, and how much noise there is, each beside a part of variance 1
# in which all columns act together.
LENGTHS = (0.5, 2.0)
SUMS = (0.0, 1.0, 4.0, 16.0)
NOISE = (0.01, 0.1, 0.5)
# How far points resemble each other in one column, of which most reach from about -1 to 1.
REACH = 1.5


class Model(Protocol):
    """Predicts values."""

    def predict(self, rows: Matrix) -> tuple[Matrix, Matrix]:
        """Mean and standard deviation for each row."""


@dataclass(frozen=True, slots=True)
class _Kernel:
    """Similarity of two points: in all columns together, and column by column (Duvenaud et al., 2011)."""

    length: float
    sums: float

    def between(self, squares: Matrix, alike: Matrix) -> Matrix:
        """From mean squared distances and how alike points are in a column on average."""
        return np.asarray(np.exp(-squares / self.length) + self.sums * alike)


class GaussianProcess:
    """Regression that knows where it knows nothing (Rasmussen & Williams, 2006, chapter 2).

    The kernel is a squared-exponential one over all columns and a sum of one for each column; their shares, the length
    and the noise are those of the grid above with the largest marginal likelihood (chapter 5).

    Args:
        rows: Shape (points, columns).
        values: Shape (points,), scaled to about 1.
    """

    def __init__(self, rows: Matrix, values: Matrix) -> None:
        self._mean = float(values.mean())
        squares, alike = _distances(rows, rows), _alike(rows, rows)
        self._scale = float(squares.mean()) or 1.0
        best = -math.inf
        for length, sums in product(LENGTHS, SUMS):
            kernel = _Kernel(length, sums)
            matrix = kernel.between(squares / self._scale, alike)
            for noise in NOISE:
                lower, half = _solved(matrix, values - self._mean, noise * (1 + sums))
                variance = float(half @ half) / len(half) + 1e-12
                likelihood = -0.5 * len(half) * math.log(variance) - float(np.log(np.diag(lower)).sum())
                if likelihood > best:
                    best, self._variance, self._noise, self._kernel = likelihood, variance, noise * (1 + sums), kernel
                    self._lower, self._half = lower, half
        self._rows, self._values = rows, values

    def learn_more(self, rows: Matrix, values: Matrix) -> None:
        """Take more points for true, without another look at what the values are like."""
        self._rows, self._values = np.concatenate([self._rows, rows]), np.concatenate([self._values, values])
        matrix = self._between(self._rows, self._rows)
        self._lower, self._half = _solved(matrix, self._values - self._mean, self._noise)

    def predict(self, rows: Matrix) -> tuple[Matrix, Matrix]:
        """Mean and standard deviation, without the noise."""
        reach = np.linalg.solve(self._lower, self._between(self._rows, rows))
        mean = self._mean + reach.T @ self._half
        left = np.maximum(1.0 + self._kernel.sums - (reach * reach).sum(axis=0), 1e-9)
        return np.asarray(mean), np.sqrt(left * self._variance)

    def _between(self, a: Matrix, b: Matrix) -> Matrix:
        return self._kernel.between(_distances(a, b) / self._scale, _alike(a, b))


def _solved(matrix: Matrix, values: Matrix, noise: float) -> tuple[Matrix, Matrix]:
    """The Cholesky factor of a covariance with noise, and the values in its terms."""
    lower = np.linalg.cholesky(matrix + noise * np.eye(len(values)))
    return np.asarray(lower), np.asarray(np.linalg.solve(lower, values))


def _distances(a: Matrix, b: Matrix) -> Matrix:
    """Squared distances, shape (rows of a, rows of b)."""
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.maximum(squares, 0.0))


def _alike(a: Matrix, b: Matrix) -> Matrix:
    """How alike points are in a column, the mean over columns; shape (rows of a, rows of b)."""
    total = np.zeros((len(a), len(b)))
    for one, other in zip(a.T, b.T, strict=True):
        total += np.exp(-((one[:, None] - other[None, :]) ** 2) / (2 * REACH**2))
    return np.asarray(total / a.shape[1])


class Trees:
    """Extremely randomised trees (Geurts et al., 2006), whose spread is taken for uncertainty (Hutter et al., 2011).

    Args:
        rows: Shape (points, columns).
        values: Shape (points,).
        trees: How many.
        seed: Of the trees, from 0 to 4294967295.
    """

    def __init__(self, rows: Matrix, values: Matrix, *, trees: int, seed: int) -> None:
        from sklearn.ensemble import ExtraTreesRegressor  # half a second, and only a search with many trials needs it

        self._forest = ExtraTreesRegressor(trees, random_state=seed, n_jobs=1).fit(rows, values)

    def predict(self, rows: Matrix) -> tuple[Matrix, Matrix]:
        """Mean and standard deviation of the trees' answers."""
        answers = np.stack([tree.predict(rows) for tree in self._forest.estimators_])
        return answers.mean(axis=0), answers.std(axis=0) + 1e-6


def expected_improvement(mean: Matrix, deviation: Matrix, best: float) -> Matrix:
    """By how much a point is expected to pass ``best``, as a logarithm (Jones et al., 1998; Ament et al., 2023).

    >>> expected_improvement(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.0).round(3).tolist()
    [-0.919, 0.08]
    """
    z = (mean - best) / deviation
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    below = 0.5 * (1 + np.array([math.erf(each / math.sqrt(2)) for each in z]))
    gain = density + z * below
    # Far below the best the sum is lost to rounding; there it is density / z**2, whose logarithm is known.
    far = -0.5 * z * z - 0.5 * math.log(2 * math.pi) - 2 * np.log(np.maximum(np.abs(z), 1.0))
    return np.asarray(np.where(z > -5, np.log(np.maximum(gain, 1e-300)), far) + np.log(deviation))


def levelled(values: Matrix) -> Matrix:
    """Values moved and scaled so that the good ones differ by about 1, and the very bad ones do not count much more.

    The median becomes 0 and the best tenth begins at 1; below -2 only the logarithm of the distance counts.

    >>> levelled(np.array([0.0, 0.5, 0.8, 0.9, 0.95])).round(2).tolist()
    [-3.64, -2.27, 0.0, 0.77, 1.15]
    """
    middle = float(np.median(values))
    unit = float(np.quantile(values, 0.9)) - middle
    if unit <= 1e-12:
        unit = float(values.std()) or 1.0
    z = (values - middle) / unit
    return np.asarray(np.where(z < -2, -2 - np.log1p(np.maximum(-2 - z, 0.0)), z))
