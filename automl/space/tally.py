"""Numbers of points, with parts that are counted once however often they come.

What is shared (the copies of a repeat with ``share``, what is tied) is decided once, so its number must not be
multiplied in twice. A tally is therefore a polynomial in shared parts where a part times itself is itself. A
coefficient is how many points there are and how many continuous questions the longest of them answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from automl.errors import SpaceError
from automl.space.domains import Categorical, Domain, FloatRange, IntRange, PowerOfTwo

Tally: TypeAlias = Mapping[frozenset[int], tuple[int, int]]

ZERO: Tally = {}
ONE: Tally = {frozenset(): (1, 0)}
MOST_VALUES = 10_000


def plus(a: Tally, b: Tally) -> Tally:
    """Either."""
    total = dict(a)
    for shared, (count, continuous) in b.items():
        before = total.get(shared, (0, 0))
        total[shared] = (before[0] + count, max(before[1], continuous))
    return total


def times(a: Tally, b: Tally) -> Tally:
    """Both.

    >>> part = {frozenset({7}): (1, 0)}
    >>> times(part, times(part, {frozenset(): (3, 1)}))
    {frozenset({7}): (3, 1)}
    """
    if a == ONE:
        return b
    total: Tally = {}
    for left, (many, some) in a.items():
        for right, (count, continuous) in b.items():
            shared = left | right
            if not any(number ^ 1 in shared for number in shared):
                total = plus(total, {shared: (many * count, some + continuous)})
    return total


def part(number: int) -> Tally:
    """A shared part: an even number and the odd one behind it exclude each other."""
    return {frozenset({number}): (1, 0)}


def replaced(tally: Tally, number: int, value: Callable[[frozenset[int]], tuple[frozenset[int], Tally]]) -> Tally:
    """The tally with a part replaced, term by term, by what ``value`` makes of the term: what remains, and a factor."""
    total: Tally = ZERO
    for shared, coefficient in tally.items():
        if number not in shared:
            total = plus(total, {shared: coefficient})
            continue
        rest, factor = value(shared)
        total = plus(total, times({rest: coefficient}, factor))
    return total


def tally_of(domain: Domain) -> Tally:
    """How many answers a question has; a continuous one counts as one and is noted."""
    match domain:
        case Categorical(choices=choices):
            return {frozenset(): (len(choices), 0)}
        case IntRange(low=low, high=high, step=step):
            return {frozenset(): ((high - low) // step + 1, 0)}
        case PowerOfTwo(low=low, high=high):
            return {frozenset(): (high.bit_length() - low.bit_length() + 1, 0)}
        case FloatRange(low=low, high=high, step=None):
            return {frozenset(): (1, int(low < high))}
        case FloatRange(low=low, high=high, step=float() | int() as step):
            return {frozenset(): (round((high - low) / step) + 1, 0)}
    raise AssertionError(domain)


def values_of(domain: Domain, name: str) -> list[bool | int | float | str | None]:
    """Every answer of a question that the structure of the space depends on.

    Raises:
        SpaceError: They are continuous, or too many.
    """
    ((count, continuous),) = tally_of(domain).values()
    if continuous or count > MOST_VALUES:
        what = "continuous" if continuous else f"{count:,} values"
        raise SpaceError(f"cannot count the points: what is asked depends on {name!r}, which is {what}", path=name)
    match domain:
        case Categorical(choices=choices):
            return list(choices)
        case IntRange(low=low, step=step):
            return [low + step * number for number in range(count)]
        case PowerOfTwo(low=low):
            return [low << number for number in range(count)]
        case FloatRange(low=low, step=step):
            return [domain.settle(low + number * (step or 0)) for number in range(count)]
    raise AssertionError(domain)
