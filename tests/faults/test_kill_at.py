"""The searching process is killed with SIGKILL at every moment that matters, and the same command continues.

After each: a model that answers, bit for bit that of a search which nothing disturbed; every finished trial counted
once; every trial that was cut off queued once; no process and no temporary file left.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.faults.harness import TRIALS, Answer, Done, Place, check_kept, check_whole, recorded
from tests.faults.kill_at import POINTS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

# A search passes these; the others are passed only by one that is continued or extended.
FIRST = [name for name in POINTS if POINTS[name].target != "pathlib:Path.rename"]
FIRST = FIRST[: FIRST.index("claimed")]
CONTINUED = ["claimed", "orphan-not-queued", "orphan-queued-by-half", "orphan-recorded", "orphan-told", "reconciled"]
# Passed by a process of the search's own where one trains: the coordinator's death is then told apart from training.
COORDINATORS = ["workers-starting", "begun", "first-epoch", "complete-not-told", "final-first-epoch", "not-finished"]
FAST = ["first-epoch", "complete-not-told"]
# Near others; with TEST_FULL=1 only.
FULL = [
    "run-json-not-renamed",
    "workers-starting",
    "study-not-made",
    "study-without-run",
    "not-begun",
    "second-begun",
    "first-epoch-by-half",
    "state-not-renamed",
    "complete",
    "final-not-begun",
    "final-not-renamed",
    "bundle-not-renamed",
]


def case(name: str):
    """A point with its marks."""
    full = pytest.mark.skipif(name in FULL and not os.environ.get("TEST_FULL"), reason="only with TEST_FULL=1")
    return pytest.param(name, marks=[] if name in FAST else [pytest.mark.slow, full])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place.make(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Answer:
    """What the search gives in this process when nobody kills it."""
    return _undisturbed(tmp_path_factory.mktemp("undisturbed"), workers=0)


@pytest.fixture(scope="module")
def undisturbed_in_a_worker(tmp_path_factory) -> Answer:
    return _undisturbed(tmp_path_factory.mktemp("undisturbed"), workers=1)


def _undisturbed(folder: Path, *, workers: int) -> Answer:
    place = Place.make(folder)
    done = place.do(*place.search(workers=workers))
    assert done.exit_code == 0, done.stderr
    check_whole(place)
    answer = Answer.of(place)
    assert len(answer.trials) == TRIALS
    return answer


def check(place: Place, done: Done, expected: Answer, *, trials: int = TRIALS) -> None:
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["trials"] == trials
    check_whole(place)
    found = Answer.of(place)
    assert found.trials == expected.trials
    assert np.array_equal(found.probabilities, expected.probabilities)


@pytest.mark.parametrize("point", [case(name) for name in FIRST])
def test_a_search_killed_at_a_point_is_continued_by_the_same_command(point, place, undisturbed):
    place.kill_at(point, *place.search())
    before = recorded(place)
    done = place.do(*place.search())
    check_kept(before, recorded(place))
    check(place, done, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("point", COORDINATORS)
def test_a_killed_coordinator_takes_its_worker_along_and_is_continued_by_resume(point, place, undisturbed_in_a_worker):
    place.kill_at(point, *place.search(workers=1))
    before = recorded(place)
    done = place.do("resume", "run", "--json")
    check_kept(before, recorded(place))
    check(place, done, undisturbed_in_a_worker)


@pytest.mark.slow
@pytest.mark.parametrize("point", CONTINUED)
def test_a_continued_search_that_is_killed_too_is_continued_again(point, place, undisturbed):
    place.kill_at("second-begun", *place.search())
    before = recorded(place)
    place.kill_at(point, *place.search())
    check_kept(before, recorded(place))
    check(place, place.do(*place.search()), undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("point", ["bundle-by-half", "old-bundle-retired", "bundle-written"])
def test_an_extended_run_that_is_killed_has_a_model_at_any_time(point, place):
    assert place.do(*place.search("--trials", "1")).exit_code == 0
    before = recorded(place)
    place.kill_at(point, "resume", "run", "--trials", "+1", "--json")
    done = place.do("resume", "run", "--json")
    assert done.exit_code == 0, done.stderr
    check_kept(before, recorded(place))
    assert json.loads(done.stdout)["trials"] == 2
    check_whole(place)
    assert place.probabilities().shape == (90, 3)
