"""A run belongs to one search at a time; a second one is refused and the first does not notice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.harness import Place, check_whole, recorded

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="signals"), pytest.mark.slow]


def wait_for_trials(place: Place, search: subprocess.Popen[str]) -> None:
    while not recorded(place):
        assert search.poll() is None
        time.sleep(0.1)


def test_a_second_search_on_a_run_is_refused_naming_the_first(tmp_path: Path):
    place = Place.make(tmp_path)
    with place.start(*place.search("--trials", "1000")) as first:
        wait_for_trials(place, first)
        for words in (place.search("--trials", "1000"), ["resume", "run"]):
            with place.start(*words) as second:
                _, err = second.communicate(timeout=100)
            assert second.returncode == 2, err
            assert f"is being searched by process {first.pid} on " in err
            assert "Traceback" not in err
        assert first.poll() is None
        os.killpg(first.pid, signal.SIGINT)
        _, err = first.communicate(timeout=100)
    assert first.returncode == 130, err
    done = place.do("resume", "run", "--trials", "+1", "--json")
    assert done.exit_code == 0, done.stderr
    check_whole(place)


def test_of_two_searches_that_start_in_the_same_moment_one_is_refused(tmp_path: Path):
    place = Place.make(tmp_path)
    with place.start(*place.search()) as one, place.start(*place.search()) as other:
        told = [search.communicate(timeout=200) for search in (one, other)]
    assert sorted((one.returncode, other.returncode)) == [0, 2], told
    check_whole(place)
    assert sum(trial.state == "complete" for trial in place.trials()) == 3
