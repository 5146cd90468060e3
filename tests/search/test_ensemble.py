from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.config import Limits
from automl.search.ensemble import Member, filled, usual_size


@dataclass(frozen=True)
class Trial:
    number: int


def members(weights):
    return [Member(Trial(number), weight, seed=number) for number, weight in enumerate(weights)]


@given(weights=st.lists(st.integers(1, 9), min_size=1, max_size=4), size=st.integers(1, 8))
def test_filling_up_keeps_every_trials_share_and_never_repeats_a_training(weights, size) -> None:
    found = filled(members(weights), size)
    assert len(found) == max(size, len(weights))
    total = sum(member.weight for member in found)
    for number, weight in enumerate(weights):
        own = [member for member in found if member.trial.number == number]
        assert math.isclose(sum(member.weight for member in own) / total, weight / sum(weights))
        assert [member.again for member in own] == [False] + [True] * (len(own) - 1)
    assert len({member.seed for member in found}) == len(found)


def test_the_heaviest_is_trained_again_first() -> None:
    assert [(m.trial.number, m.weight) for m in filled(members([3, 1]), 3)] == [(0, 3), (1, 2), (0, 3)]


@pytest.mark.parametrize(
    ("workers", "limits", "size"),
    [(0, Limits(), 1), (1, Limits(), 1), (2, Limits(), 2), (8, Limits(), 2), (2, Limits(flops=1000.0), 1)],
)
def test_the_usual_size(workers, limits, size) -> None:
    assert usual_size(workers, limits) == size
