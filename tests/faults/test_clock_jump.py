"""A wall clock that is set back and forth while a search runs: budgets and durations do not read it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.harness import HERE, Place, check_whole

pytestmark = pytest.mark.slow

BUDGET = 20.0


def test_a_jumping_clock_changes_neither_the_budget_nor_how_long_a_trial_took(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    words = place.search("--trials", "1000", "--time-budget", f"{BUDGET}s", workers=1)
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(HERE / "clock_jump.py"), *words],
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    took = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["trials"] >= 2
    assert result["seconds"] <= took
    trials = place.trials()
    assert all(0 <= trial.total_seconds <= took for trial in trials)
    assert any(trial.total_seconds > 0 for trial in trials)
    check_whole(place)
