"""A disk that is full, or that may not be written to."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.harness import Place, check_kept, recorded

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX"), pytest.mark.slow]

FILE_LIMIT = 1_500_000  # bytes of one file: a study fits, and the model of a network with 500,000 weights does not
SPACE = """
version: 1
name: wide
task: image-classify
vars:
  width: {choice: [16, 24, 2000], default: DEFAULT}
model:
  - flatten
  - dense: {units: =width, activation: relu}
  - dense: {units: =width // 8, activation: relu}
  - head
train: {lr: 0.01, batch_size: 16, epochs: 2}
seeds: [{width: 24}, {width: 2000}]
"""


def limited(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command none of whose files may grow beyond the limit, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "automl", *words],
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT)),
    )


def test_a_model_that_does_not_fit_on_the_disk_ends_the_search_with_the_best_so_far(tmp_path: Path) -> None:
    place = Place.make(tmp_path, SPACE.replace("DEFAULT", "16"))
    done = limited(place, *place.search("--trials", "8", workers=1))
    assert done.returncode == 0, done.stderr
    assert "disk" in done.stderr
    assert "automl resume" in done.stderr + done.stdout
    before = recorded(place)
    states = {trial.params["width"]: trial.state for trial in before}
    assert states == {16: "complete", 24: "complete", 2000: "paused"}
    assert "could not" in before[-1].reason
    assert len(place.probabilities()) == 90
    assert place.left_over() == []
    again = place.do("resume", "run", "--trials", "3")
    assert again.exit_code == 0, again.stderr
    check_kept(before, place.trials())
    assert [trial.state for trial in place.trials()] == ["complete"] * 3


def test_when_nothing_fits_the_reason_is_told_and_the_same_command_continues_later(tmp_path: Path) -> None:
    place = Place.make(tmp_path, SPACE.replace("DEFAULT", "2000"))
    words = place.search("--trials", "2", workers=1)
    done = limited(place, *words)
    assert done.returncode == 4, done.stderr
    assert "disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert ("automl resume" in done.stderr) == place.run.exists()  # a run without one whole epoch is taken away
    before = recorded(place)
    again = place.do(*words)
    assert again.exit_code == 0, again.stderr
    check_kept(before, place.trials())
    assert place.left_over() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("mounting a disk of one megabyte needs more rights than this process has")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_under_the_study_is_told_and_the_run_continues_when_there_is_room(
    tmp_path: Path, small_disk: Path
) -> None:
    place = Place.make(tmp_path)
    words = [*place.search("--trials", "4", workers=1), "--out", str(small_disk / "run")]
    filler = small_disk / "filler"
    filler.write_bytes(bytes(700_000))
    done = place.do(*words)
    assert done.exit_code != 0
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr or "space" in done.stderr
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    again = place.do(*words)
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout)["trials"] == 4


def test_a_disk_that_may_not_be_written_to_is_told_before_anything_is_read(small_disk: Path, tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = place.do(*place.search("--out", str(small_disk / "run")))
    assert done.exit_code == 2
    assert "cannot make the run's folder" in done.stderr
    assert not os.listdir(small_disk)  # noqa: PTH208


def test_a_run_that_became_read_only_is_told_and_stays_as_it_is(small_disk: Path, tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    out = ("--out", str(small_disk / "run"))
    assert place.do(*place.search("--trials", "1", *out)).exit_code == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = place.do("resume", str(small_disk / "run"), "--trials", "+1")
    assert done.exit_code == 2, done.stderr
    assert "read-only" in done.stderr.lower() or "cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    looked = place.do("trials", str(small_disk / "run"), "--json")
    assert looked.exit_code == 0, looked.stderr
