"""One search a run, whatever ends the process that has it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from automl.errors import StudyError
from automl.study import RunFolder

HOLDS = """
import sys
from pathlib import Path
from automl.study import RunFolder

with RunFolder.open(Path(sys.argv[1])).hold():
    print("held", flush=True)
    input()
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", task="t")


def test_a_second_search_is_refused_by_name_until_the_first_is_gone(run: RunFolder) -> None:
    command = [sys.executable, "-c", HOLDS, str(run.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with (
            pytest.raises(StudyError, match=rf"is being searched by process {first.pid} on .+ since 20\d\d-"),
            run.hold(),
        ):
            pass
        first.kill()
        first.wait()
    with run.hold():  # the system gave the lock back
        pass
    with run.hold():
        pass


def test_of_many_at_once_one_gets_it(run: RunFolder) -> None:
    def attempt(_: int) -> str:
        try:
            with run.hold():
                everyone.wait()
                return "held"
        except StudyError as error:
            everyone.wait()
            return str(error)

    from threading import Barrier

    everyone = Barrier(8, timeout=60)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(8)))
    assert answers.count("held") == 1
    assert all("is being searched by" in answer for answer in answers if answer != "held")


def test_the_one_who_is_refused_takes_nothing_away(run: RunFolder) -> None:
    with run.hold():
        for _ in range(2):
            with pytest.raises(StudyError, match="is being searched by process"), run.hold():
                pass
    assert not (run.path / ".holder.json").exists()


def test_a_holder_that_cannot_be_read_is_another_process(run: RunFolder) -> None:
    with run.hold():
        (run.path / ".holder.json").write_text("{")
        with pytest.raises(StudyError, match="is being searched by another process; wait for it"), run.hold():
            pass


def test_a_folder_that_was_held_can_be_discarded(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "outer" / "run", task="t")
    with folder.hold():
        pass
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t")
    folder.discard()
    folder.path.write_text("a file now")
    with pytest.raises(StudyError, match=r"cannot write into .*/run: .*; choose another folder"), folder.hold():
        pass
