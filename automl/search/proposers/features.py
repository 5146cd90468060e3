"""Points as rows of numbers, for models that predict values.

Two groups of columns: the answers, and the network that they mean. Answers are scaled by their domains and not by the
data, which would make a rare option look far away from everything: a choice has a column an option, a range one column
(by its logarithm or exponent where it is searched so), and where a question is not always asked another column says
whether it was. The network's columns are logarithms of its cost and counts, scaled by how much they vary among points
that were trained.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl.space import Categorical, Domain, PowerOfTwo, Scalar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from automl.arch import Summary

Matrix: TypeAlias = "NDArray[np.float64]"

# A uniform draw over [0, 1] times this varies as much as a column of ones and minus ones does.
RANGE = 3.4


def answer_columns(points: Sequence[Mapping[str, Scalar]], domains: Mapping[str, Domain]) -> Matrix:
    """Shape (points, columns), float64.

    >>> answer_columns([{"k": 3}, {"k": 5}, {}], {"k": Categorical((3, 5), 3)}).tolist()
    [[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]]

    Args:
        points: Answers.
        domains: What each name can be answered with; names that are not among them are left out.
    """
    columns: list[list[float]] = []
    for name in sorted(domains):
        columns.extend(_columns([point.get(name) for point in points], domains[name]))
    if not columns:
        return np.zeros((len(points), 1))
    return np.array(columns, dtype=np.float64).T


def _columns(values: Sequence[Scalar | None], domain: Domain) -> list[list[float]]:
    there = [1.0 if value is not None else -1.0 for value in values]
    known = [] if all(each > 0 for each in there) else [there]
    if isinstance(domain, Categorical):
        options = domain.choices if len(domain.choices) > 2 else domain.choices[:1]
        return [[_is(value, option) for value in values] for option in options] + known
    return [[_place(value, domain) for value in values], *known]


def _is(value: Scalar | None, option: Scalar) -> float:
    return 0.0 if value is None else 1.0 if value == option else -1.0


def _place(value: Scalar | None, domain: Domain) -> float:
    """Where in its range a number stands, 0 in the middle and where there is none."""
    assert not isinstance(domain, Categorical)
    if value is None or domain.low == domain.high:
        return 0.0
    low, high, number = float(domain.low), float(domain.high), float(value)
    if isinstance(domain, PowerOfTwo) or domain.log:
        low, high, number = math.log(low), math.log(high), math.log(number)
    return RANGE * ((number - low) / (high - low) - 0.5)


def graph_columns(summaries: Sequence[Summary]) -> Matrix:
    """Shape (networks, columns), float64: costs, depth, widths, and how many layers of each kind there are."""
    rows = [_describe(summary) for summary in summaries]
    names = sorted(set().union(*rows))
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


def _describe(summary: Summary) -> dict[str, float]:
    widths = [
        math.log2(layer.output_shape[-1])
        for layer in summary.layers
        if layer.cost.parameters and layer.output_shape and layer.output_shape[-1]
    ]
    merges = sum(len(layer.inputs) > 1 for layer in summary.layers)
    counts = Counter(layer.op for layer in summary.layers)
    return {
        "parameters": math.log1p(summary.parameters),
        "flops": math.log1p(summary.flops),
        "activations": math.log1p(summary.activations),
        "depth": math.log1p(summary.depth),
        "layers": math.log1p(len(summary.layers)),
        "merges": math.log1p(merges),
        "mean width": sum(widths) / len(widths) if widths else 0.0,
        "largest width": max(widths, default=0.0),
        **{f"op {op}": math.log1p(count) for op, count in counts.items()},
    }


def scaled(columns: Matrix, known: int) -> Matrix:
    """Columns of mean 0 and deviation 1 over the first ``known`` rows; one that does not vary there is only moved."""
    mean, deviation = columns[:known].mean(axis=0), columns[:known].std(axis=0)
    return np.asarray((columns - mean) / np.where(deviation < 1e-6, 1.0, deviation))
