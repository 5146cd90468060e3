"""Other processes at the study's database while a search writes to it."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from automl.study import StudyReader
from tests.faults.harness import Place, check_whole

pytestmark = pytest.mark.slow

LOCKED = 20.0  # seconds


def wait_for(condition, seconds: float = 120) -> None:
    late = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < late
        time.sleep(0.05)


def test_a_search_waits_for_another_process_that_holds_the_database_for_20_seconds(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    database = place.run / "study.db"

    def some_epoch() -> bool:
        if not database.is_file():
            return False
        connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute("select count(*) from automl_epoch").fetchone()[0] >= 1
        except sqlite3.OperationalError:  # no tables yet
            return False
        finally:
            connection.close()

    with place.start(*place.search("--trials", "6", workers=1)) as process:
        wait_for(some_epoch)
        holder = sqlite3.connect(database, timeout=60, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED)
        still = holder.execute("select count(*) from automl_epoch").fetchone()[0]
        assert process.poll() is None
        holder.execute("ROLLBACK")
        holder.close()
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert json.loads(out)["trials"] == 6
    assert still < 12  # it did wait: six trials of two epochs were not over
    check_whole(place)


def test_readers_that_never_stop_looking_do_not_disturb_a_search(tmp_path: Path) -> None:
    place = Place.make(tmp_path)
    over, looks, troubles = threading.Event(), [0], []

    def look() -> None:
        while not over.is_set():
            try:
                with StudyReader.open(place.run) as reader:
                    reader.trials()
                    reader.epochs()
                looks[0] += 1
            except Exception as error:
                troubles.append(error)

    with place.start(*place.search("--trials", "6", workers=1)) as process:
        wait_for((place.run / "study.db").is_file)
        wait_for(lambda: _has_study(place))
        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        out, err = process.communicate(timeout=200)
        over.set()
        for reader in readers:
            reader.join()
    assert process.returncode == 0, err
    assert json.loads(out)["trials"] == 6
    assert looks[0] > 20
    assert not troubles
    check_whole(place)


def _has_study(place: Place) -> bool:
    from automl.errors import StudyError

    try:
        with StudyReader.open(place.run):
            return True
    except StudyError:
        return False
