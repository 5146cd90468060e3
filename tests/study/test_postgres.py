"""A study in a real PostgreSQL server does what it does in a SQLite file."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optuna
import pytest
from postgres import PASSWORD, programs, server
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InternalError
from typer.testing import CliRunner

from automl.cli import app
from automl.errors import StudyError
from automl.study import RunFolder, Study, StudyReader, list_studies, quiet_optuna, study_names
from automl.study.optuna_reader import optuna_importance
from tests.study.conftest import begin, crash, live, make_draft, outcome, train

pytest.importorskip("psycopg", reason="the driver of PostgreSQL: pip install automl[postgres]")
pytestmark = [
    pytest.mark.slow,  # a server is set up and started
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL server is installed"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as url:
        yield url


@contextmanager
def optunas(url: str) -> Iterator[optuna.storages.RDBStorage]:
    """The database as Optuna opens it by itself, closed again."""
    with quiet_optuna():
        storage = optuna.storages.RDBStorage(url)
        yield storage
        storage.remove_session()
        storage.engine.dispose()


@pytest.fixture(scope="module")
def folder(url, tmp_path_factory) -> RunFolder:
    """A run whose study, ``digits``, is in the server, with every kind of end."""
    folder = RunFolder.create(
        tmp_path_factory.mktemp("postgres") / "run", task="image-classify", study="digits", storage=url
    )
    command = {"storage": url, "argv": ["--storage", url]}
    with Study.create(url, "digits", run=make_draft(command=command)) as study:
        live(study)
        (folder.checkpoints / "trial-6.keras").write_bytes(b"weights")
        study.add_artifact("checkpoint", folder.checkpoints / "trial-6.keras", trial=6, root=folder.path)
        study.finish_run({"best": 6})
    return folder


@pytest.fixture
def reader(folder) -> Iterator[StudyReader]:
    with StudyReader.open(folder.path, storage=folder.storage) as reader:
        yield reader


def test_every_kind_of_end_is_kept(reader):
    assert [trial.state for trial in reader.trials()] == [
        "complete", "pruned", "infeasible", "infeasible", "duplicate", "failed", "complete", "running",
    ]  # fmt: skip
    assert [trial.number for trial in reader.leaderboard()] == [6, 0]
    assert [trial.number for trial in reader.trials(sort="value")][:3] == [6, 0, 4]
    assert [line.number for line in reader.lines(state="failed")] == [5]
    best = reader.best()
    assert best is not None
    assert best.architecture == reader.trial(0).architecture
    assert [epoch.metrics["val_accuracy"] for epoch in reader.epochs(6)] == [0.6, 0.9, 0.7]
    assert [artifact.path for artifact in reader.artifacts()] == ["checkpoints/trial-6.keras"]
    for record in (reader.run(), *reader.trials(), *reader.epochs()):
        json.dumps(record.to_json(), allow_nan=False)


def test_the_studies_are_listed_in_two_queries(url, folder):
    queries = []
    event.listen(Engine, "before_cursor_execute", counted := lambda *values: queries.append(values[2]))
    (found,) = [run for run in list_studies(url) if run.study == "digits"]
    event.remove(Engine, "before_cursor_execute", counted)
    assert len([query for query in queries if "FROM automl_" in query and "automl_meta" not in query]) == 2
    assert (found.best, found.trained, found.state) == (0.9, 4, "ended")
    assert found.trials == {"complete": 2, "duplicate": 1, "failed": 1, "infeasible": 2, "pruned": 1, "running": 1}
    assert "digits" in study_names(url)


def test_a_reader_cannot_write(reader):
    with reader._engine.connect() as connection, pytest.raises(InternalError, match="read-only"):
        connection.execute(text("DELETE FROM automl_trial"))


def test_a_name_is_a_bound_parameter(url, folder):
    with pytest.raises(StudyError, match="there is no study"):
        StudyReader.open(folder.path, study="digits' OR '1'='1", storage=url)
    with pytest.raises(StudyError, match="use 1 to 100 letters"):
        Study.create(url, "x'; DROP TABLE automl_run; --", run=make_draft())
    assert "digits" in study_names(url)


def test_optuna_reads_the_same_study_and_its_importance(url, folder):
    with optunas(url) as storage:
        theirs = optuna.load_study(study_name="digits", storage=storage)
        assert [trial.state.name for trial in theirs.trials].count("COMPLETE") == 3
    assert optuna_importance(url, "digits") == {}


def test_a_crash_is_put_right_and_the_search_goes_on(url):
    study = Study.create(url, "crashed", run=make_draft())
    train(study, begin(study), 0.5)
    crash(study)
    with Study.open(url, "crashed", take_over=True) as study:
        assert study.orphans == ((0, 1),)
        number = begin(study)
        train(study, number, 0.5, float("nan"))
        record = study.complete(number, outcome(0.5))
        assert (number, record.state, record.parent) == (1, "complete", 0)
        study.finish_run({})


def test_two_searches_of_one_study_are_refused(url):
    with (
        Study.create(url, "twice", run=make_draft()),
        pytest.raises(StudyError, match="already has a study 'twice'"),
    ):
        Study.create(url, "twice", run=make_draft())


def test_text_that_postgres_refuses_is_cleaned(url):
    with Study.create(url, "odd", run=make_draft(data_summary={"classes": ["a\x00b", "\udcff"]})) as study:
        failed = study.fail(begin(study, description="nul \x00 here"), kind="crashed", message="lone \udcff")
        assert (failed.description, failed.failure_message) == ("nul  here", "lone \\udcff")


def test_the_password_is_shown_nowhere(url, folder, reader, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = url.replace(PASSWORD, f"{PASSWORD}-wrong")
    with pytest.raises(StudyError) as refused:
        Study.open(wrong, "digits")
    with pytest.raises(StudyError) as gone:
        StudyReader.open(folder.path, storage=re.sub(r":\d+/", ":1/", url))
    with pytest.raises(StudyError, match="--storage") as unsaid:
        StudyReader.open(folder.path)
    done = CliRunner().invoke(app, ["trials", str(folder.path), "--storage", wrong])
    assert done.exit_code == 2
    kept = [path.read_bytes().decode("utf-8", "replace") for path in folder.path.rglob("*") if path.is_file()]
    said = [str(error.value) for error in (refused, gone, unsaid)]
    shown = [repr(reader), json.dumps(reader.run().to_json()), done.output, done.stderr, caplog.text, *kept, *said]
    assert not [each for each in shown if PASSWORD in each]
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT command::text FROM automl_run")).scalars().all()
    engine.dispose()
    assert rows
    assert not [row for row in rows if PASSWORD in row]


def test_the_commands_look_into_it(folder, url):
    def said(*words: str) -> str:
        done = CliRunner().invoke(app, [words[0], str(folder.path), *words[1:], "--storage", url])
        assert done.exit_code == 0, done.stderr
        return done.stdout

    assert [one["number"] for one in json.loads(said("trials", "--json"))["trials"]] == list(range(8))
    assert json.loads(said("leaderboard", "--json"))["leaderboard"][0]["value"] == 0.9
    assert "1 trial" in said("failures")
    assert said("curves", "--csv").startswith("trial,epoch,")
    assert "too few" in said("importance")
    assert "digits" in said("studies")


def test_delete_takes_one_study_out_and_leaves_the_others(url, tmp_path):
    for name in ("keep", "drop"):
        with Study.create(url, name, run=make_draft()) as study:
            train(study, begin(study), 0.5)
    run = RunFolder.create(tmp_path / "drop", task="image-classify", study="drop", storage=url)
    done = CliRunner().invoke(app, ["delete", str(run.path), "--storage", url, "--yes"])
    assert done.exit_code == 0, done.stderr
    assert PASSWORD not in done.output
    assert "drop" not in study_names(url)
    assert "keep" in study_names(url)
    assert not Path(run.path).exists()
    with optunas(url) as storage:
        assert {"keep"} == {"keep", "drop"} & set(optuna.get_all_study_names(storage))
