"""What pictures are made of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.plots.history import best_so_far
from automl.plots.names import short_names, tidy
from automl.plots.parallel import height
from automl.plots.pareto import frontier
from automl.plots.ranking import Scale
from automl.plots.style import limits
from automl.plots.timeline import pauses

numbers = st.floats(-1e6, 1e6)
points = st.lists(st.tuples(st.floats(1, 1e6), numbers, st.integers(0, 99)), min_size=1, max_size=30)


@given(points, st.booleans())
def test_nothing_beats_the_frontier(points, maximize):
    kept = frontier(points, maximize)
    sign = 1 if maximize else -1
    for cost, value, _ in kept:
        assert not any(c <= cost and sign * v > sign * value for c, v, _ in points)
    for cost, value, _ in points:
        assert any(c <= cost and sign * v >= sign * value for c, v, _ in kept)


@given(st.lists(numbers, min_size=2, max_size=40))
def test_limits_hold_the_one_in_the_middle(values):
    low, high = limits(values)
    assert low < high
    assert low <= sorted(values)[len(values) // 2] <= high


@given(st.lists(st.one_of(st.none(), st.integers(1, 10**6)), min_size=1).filter(any))
def test_heights_follow_the_numbers(values):
    scale = Scale.of(values)
    heights = [height(value, scale) for value in sorted(value for value in values if value is not None)]
    assert heights == sorted(heights)
    assert all(0 <= each <= 1 for each in heights)


@given(st.lists(st.text("ab/.", min_size=1, max_size=12), unique=True))
def test_short_names_tell_paths_apart(paths):
    names = short_names(paths, 99)
    assert len(set(names.values())) == len(paths)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 100)), min_size=1, max_size=20))
def test_pauses_lie_where_nothing_trained(spans):
    spans = [(start, start + length) for start, length in spans]
    for at, length in pauses(spans):
        assert length >= 60
        assert not any(start < at + length - 1e-6 and stop > at for start, stop in spans)


def test_the_best_so_far_never_gets_worse(reader):
    best = best_so_far(reader.run(), reader.trials())
    values = [value for _, value in best]
    assert values == sorted(values)
    assert values[-1] == reader.best().value
    assert math.isfinite(values[0])


@pytest.mark.parametrize("control", [chr(0), chr(27), "\n"])
def test_control_characters_are_replaced(control):
    assert control not in tidy(f"a{control}b")
