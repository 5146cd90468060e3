"""How long a run that is continued goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl.config import SearchConfig
from automl.run.command import Command
from automl.run.limits import Progress, continued_limits, nothing_to_do

HALFWAY, OVER = Progress(4, 100.0, finished=False), Progress(10, 300.0, finished=True)


def asked(**changes) -> SearchConfig:
    return SearchConfig(task="image-classify", data=Path("x"), **changes)


def kept(trials: int | None, seconds: float | None) -> Command:
    return Command(task="image-classify", data="x", seed=1, max_trials=trials, time_budget=seconds)


@pytest.mark.parametrize(
    ("said", "before", "progress", "limits"),
    [
        ({}, (10, 600.0), HALFWAY, (10, 600.0)),
        ({}, (None, 50.0), HALFWAY, (None, 50.0)),
        ({"max_trials": 50}, (10, 600.0), HALFWAY, (50, 600.0)),
        ({"more_trials": 20}, (10, 600.0), HALFWAY, (24, 600.0)),
        ({"time_budget": 900.0}, (10, 600.0), HALFWAY, (10, 900.0)),
        ({"more_time": 60.0}, (10, 600.0), HALFWAY, (10, 160.0)),
        ({"more_trials": 5, "more_time": 60.0}, (10, 200.0), OVER, (15, 360.0)),
        ({"more_trials": 20}, (None, 300.0), OVER, (30, None)),
        ({"more_trials": 20}, (None, 310.0), OVER, (30, None)),
        ({"more_time": 60.0}, (10, None), OVER, (None, 360.0)),
        ({"more_time": 60.0}, (10, 900.0), OVER, (None, 360.0)),
        ({"more_trials": 20}, (10, 900.0), OVER, (30, 900.0)),
    ],
    ids=str,
)
def test_what_is_not_said_stays_unless_it_is_used_up_and_more_of_the_other_is_asked(said, before, progress, limits):
    assert continued_limits(asked(**said), kept(*before), progress) == limits


@pytest.mark.parametrize(
    ("settled", "progress", "nothing"),
    [
        ((10, None), OVER, True),
        ((12, None), OVER, False),
        ((8, None), OVER, True),
        ((None, 299.0), OVER, True),
        ((None, 400.0), OVER, False),
        ((10, None), HALFWAY, False),
    ],
    ids=str,
)
def test_a_run_that_is_over_has_nothing_to_do_until_more_is_asked(settled, progress, nothing):
    config = asked(max_trials=settled[0], time_budget=settled[1])
    assert nothing_to_do(config, kept(10, None), progress) is nothing
