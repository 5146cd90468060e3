"""A worker is killed with SIGKILL again and again in one search, mostly in the middle of an epoch."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from automl.study import StudyReader
from tests.faults.harness import Answer, Place, check_whole, recorded

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="signals"), pytest.mark.slow]

TIMES = 50 if os.environ.get("TEST_FULL") else 5
EPOCHS = 40 if os.environ.get("TEST_FULL") else 12
# An epoch takes about a third of a second: long enough to be hit in its middle.
SPACE = f"""
version: 1
name: dense
task: image-classify
model:
  - flatten
  - dense: {{units: {{int: [8, 64], default: 32}}, activation: relu}}
  - dropout: {{rate: 0.2}}
  - head
train: {{lr: 0.001, batch_size: 1, epochs: {EPOCHS}, patience: 1000}}
"""


def search(place: Place) -> list[str]:
    words = place.search("--trials", "3", workers=1)
    words[words.index("--max-epochs") + 1] = str(EPOCHS)
    return words


def workers(place: Place) -> list[psutil.Process]:
    """The workers that live: neither their guards nor what they may have forked."""
    found = {process.pid: process for process in place.processes() if is_worker(process)}
    return [process for process in found.values() if parent_of(process) not in found]


def is_worker(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return "automl.execution.worker" in words and not any(word.endswith("guard.py") for word in words)


def parent_of(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def progress(place: Place) -> int:
    """Epochs that running trials have trained, over all trials; -1 when none runs."""
    with StudyReader.open(place.run) as reader:
        trials = reader.trials()
    return sum(trial.epochs for trial in trials) if any(trial.state == "running" for trial in trials) else -1


def wait_for_progress(place: Place, search: subprocess.Popen[str]) -> None:
    """Wait until another epoch is over."""
    known, late = progress(place), time.monotonic() + 120
    while progress(place) in (-1, known):
        assert search.poll() is None, "the search ended before all kills were done"
        assert time.monotonic() < late, "no epoch in two minutes"
        time.sleep(0.02)


def kill_one(place: Place, search: subprocess.Popen[str], chance: random.Random, *, anywhere: bool) -> None:
    """Kill a worker at a random moment, of its life or of its training."""
    if not anywhere:
        wait_for_progress(place, search)
    time.sleep(chance.uniform(0, 6) if anywhere else chance.uniform(0, 0.6))
    for process in workers(place):
        process.kill()


@pytest.mark.timeout(30 * TIMES + 300)
def test_a_search_whose_worker_is_killed_again_and_again_gives_the_same_answer(tmp_path: Path):
    (tmp_path / "undisturbed").mkdir()
    undisturbed = Place.make(tmp_path / "undisturbed", SPACE)
    assert undisturbed.do(*search(undisturbed)).exit_code == 0
    expected = Answer.of(undisturbed)

    (tmp_path / "killed").mkdir()
    place, chance, said = Place.make(tmp_path / "killed", SPACE), random.Random(7), list[str]()
    with place.start(*search(place)) as process:
        assert process.stderr is not None
        threading.Thread(target=said.extend, args=(process.stderr,), daemon=True).start()
        while not recorded(place):
            time.sleep(0.1)
        for i in range(TIMES):
            kill_one(place, process, chance, anywhere=i % 10 == 9)
        assert process.wait(600) == 0, "".join(said)
    place.wait_until_alone()
    # A worker between two trials takes none with it; the search says which kills met one that was training.
    again = sum("runs again: the worker process was killed by SIGKILL" in line for line in said)
    assert again >= 0.8 * TIMES
    check_whole(place)
    found = Answer.of(place)
    assert found.trials == expected.trials
    assert np.array_equal(found.probabilities, expected.probabilities)
