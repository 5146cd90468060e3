"""Looking into a study changes nothing, is quick, and says what it cannot do."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

from automl.errors import ConfigError, StudyError
from automl.study import RunFolder, Study, StudyReader, study_names
from automl.study.database import open_engine
from automl.study.owner import Owner
from automl.study.tables import Trial
from automl.study.urls import sqlite_url
from tests.study.conftest import ARCHITECTURE, begin, make_draft, outcome, train


@pytest.fixture
def reader(lived: RunFolder):
    with StudyReader.open(lived.path) as reader:
        yield reader


def test_the_run_says_what_was_asked(reader: StudyReader) -> None:
    run = reader.run()
    assert (run.study, run.task, run.objective, run.direction, run.seed) == (
        "digits", "image-classify", "val_accuracy", "maximize", 7,
    )  # fmt: skip
    assert run.space_text == "model: [gap, head]"
    assert run.result == {"best": 6}
    assert run.started <= (run.ended or run.started) <= datetime.now(UTC)
    assert {"python", "optuna"} <= run.versions.keys()


def test_trials_can_be_sorted_and_chosen(reader: StudyReader) -> None:
    assert [trial.number for trial in reader.trials(sort="value")][:4] == [6, 0, 4, 1]
    assert [trial.number for trial in reader.trials(state="infeasible")] == [2, 3]
    assert [trial.number for trial in reader.trials(state=["failed", "pruned"])] == [1, 5]
    assert [trial.number for trial in reader.trials(sort="epochs")][-1] == 6
    assert reader.trials(sort="ended")[0].number == 6
    assert [trial.number for trial in reader.leaderboard()] == [6, 0]
    assert [trial.number for trial in reader.leaderboard(top=1)] == [6]
    assert [trial.number for trial in reader.failures()] == [5]


def test_one_trial_comes_with_everything(reader: StudyReader) -> None:
    assert reader.trial(0).architecture == ARCHITECTURE
    assert reader.trial(5).failure_traceback == "Traceback ..."
    best = reader.best()
    assert best is not None
    assert best == reader.trial(6)
    assert best.seconds == {"build": 0.5, "train": 1.0}
    assert best.total_seconds >= 0


def test_epochs_come_in_order(reader: StudyReader) -> None:
    assert [epoch.metrics["val_accuracy"] for epoch in reader.epochs(6)] == [0.6, 0.9, 0.7]
    assert [(epoch.trial, epoch.epoch) for epoch in reader.epochs()][:3] == [(0, 1), (0, 2), (1, 1)]


def test_every_record_is_json(reader: StudyReader) -> None:
    records = [reader.run(), reader.trial(5), *reader.trials(), *reader.epochs(), *reader.artifacts()]
    for record in records:
        assert json.loads(json.dumps(record.to_json(), allow_nan=False)) == record.to_json()


def test_unknown_words_are_named_with_the_nearest(reader: StudyReader) -> None:
    with pytest.raises(ConfigError, match="did you mean 'value'"):
        reader.trials(sort="valeu")
    with pytest.raises(ConfigError, match="did you mean 'failed'"):
        reader.trials(state="faild")
    with pytest.raises(StudyError, match="has no trial 99"):
        reader.trial(99)


def test_reading_changes_no_byte_and_creates_no_file(lived: RunFolder) -> None:
    before = _digests(lived.path)
    with StudyReader.open(lived.path) as reader:
        reader.trials()
        reader.epochs()
        reader.best()
    assert _digests(lived.path) == before


def test_reading_a_copy_of_a_file_in_use_creates_no_file(study: Study, url: str, tmp_path: Path) -> None:
    study.complete(begin(study), outcome(0.5))
    copy = tmp_path / "copy"
    copy.mkdir()
    with sqlite3.connect(url[10:]) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    (copy / "study.db").write_bytes(Path(url[10:]).read_bytes())
    with StudyReader.open(copy / "study.db") as reader:
        assert len(reader.trials()) == 1
    assert [file.name for file in copy.iterdir()] == ["study.db"]


def test_a_reader_cannot_write(lived: RunFolder) -> None:
    with (
        StudyReader.open(lived.path) as reader,
        reader._engine.connect() as connection,
        pytest.raises(OperationalError, match="readonly database"),
    ):
        connection.exec_driver_sql("DELETE FROM automl_trial")


def test_a_reader_follows_a_writer(study: Study, url: str) -> None:
    with StudyReader.open(Path(url[10:])) as reader:
        assert reader.trials() == []
        number = begin(study)
        assert [trial.state for trial in reader.trials()] == ["running"]
        train(study, number, 0.5)
        assert len(reader.epochs(number)) == 1
        study.complete(number, outcome(0.5))
        assert [trial.state for trial in reader.trials()] == ["complete"]


def test_a_reader_knows_whether_somebody_searches(study: Study, url: str) -> None:
    with StudyReader.open(Path(url[10:])) as reader:
        assert reader.searcher() == Owner.current()
        study.close()
        assert reader.searcher() is None


def test_a_reader_knows_that_the_searching_process_was_killed(url: str) -> None:
    code = "import os, sys; from tests.study.conftest import *; Study.create(sys.argv[1], 'digits', run=make_draft()); "
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code + "os.kill(os.getpid(), 9)", url], cwd=root, check=False, timeout=60)
    with StudyReader.open(Path(url[10:])) as reader:
        assert (reader.run().ended, reader.searcher()) == (None, None)


def test_a_closed_study_is_one_file(lived: RunFolder) -> None:
    assert sorted(file.name for file in lived.path.glob("study.db*")) == ["study.db"]


def test_a_study_closes_at_once_beside_an_idle_reader(url: str) -> None:
    study = Study.create(url, "digits", run=make_draft())
    connection = sqlite3.connect(f"file:{url[10:]}?mode=ro", uri=True)
    assert connection.execute("SELECT count(*) FROM automl_run").fetchone() == (1,)
    started = time.monotonic()
    study.close()
    assert time.monotonic() - started < 5
    connection.close()
    with StudyReader.open(Path(url[10:])) as reader:
        assert reader.run().study == "digits"


def test_a_mistyped_path_is_refused_and_stays_absent(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no such folder"):
        StudyReader.open(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be looked at"])
def test_a_file_that_is_no_study_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.db"
    path.write_bytes(content)
    with pytest.raises(StudyError):
        StudyReader.open(path)
    assert path.read_bytes() == content


def test_two_thousand_trials_are_listed_in_one_query(study: Study, url: str) -> None:
    _fill(url, 2000)
    queries = []
    with StudyReader.open(Path(url[10:])) as reader:
        event.listen(reader._engine, "before_cursor_execute", lambda *values: queries.append(values[2]))
        assert len(reader.trials(sort="value")) == 2000
    assert len(queries) == 1
    assert "trials" not in queries[0]


def test_looking_needs_no_optuna_and_importing_neither_optuna_nor_sqlalchemy(lived: RunFolder) -> None:
    code = (
        "import sys, pathlib, automl.study\n"
        "assert not {'sqlalchemy', 'optuna', 'keras', 'tensorflow', 'pydantic'} & sys.modules.keys()\n"
        "automl.study.RunFolder.open(pathlib.Path(sys.argv[1]))\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "automl.study.StudyReader.open(pathlib.Path(sys.argv[1])).trials()\n"
        "assert not {'optuna', 'keras', 'tensorflow'} & sys.modules.keys()\n"
        "automl.study.Study\n"
        "assert not {'keras', 'tensorflow'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code, lived.path], check=True, timeout=60)


def _fill(url: str, count: int) -> None:
    architecture = {"nodes": [{"id": f"n{i}", "op": "conv", "args": {"filters": 32, "kernel": 3}} for i in range(40)]}
    now = datetime.now(UTC)
    values = [
        {
            "run_id": 1, "optuna_trial_id": n + 1, "number": n, "state": "complete", "value": n % 97 / 97, "epochs": 5,
            "params": {f"p{i}": i / 40 for i in range(40)}, "architecture": architecture, "created": now,
            "started": now, "ended": now, "training": {"lr": 0.1}, "metrics": {"val_accuracy": 0.5},
        }
        for n in range(count)
    ]  # fmt: skip
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(Trial), values)
    engine.dispose()


def _digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() + str(path.stat().st_mtime_ns) for path in files}


def test_the_names_of_a_databases_studies_and_none_where_there_is_none_yet(tmp_path):
    assert study_names(sqlite_url(tmp_path / "study.db")) == ()
    (tmp_path / "study.db").touch()
    assert study_names(sqlite_url(tmp_path / "study.db")) == ()
    for name in ("b", "a"):
        Study.create(sqlite_url(tmp_path / "study.db"), name, run=make_draft()).close()
    assert study_names(sqlite_url(tmp_path / "study.db")) == ("a", "b")
