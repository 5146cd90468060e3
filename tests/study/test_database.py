"""The tables, their version, and what databases are told."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from automl.errors import StorageError, StudyError
from automl.study import RunFolder, Study, StudyReader, quiet_optuna
from automl.study import database as database_module
from automl.study.columns import clean_json
from automl.study.database import open_engine, prepare_schema
from automl.study.tables import Base
from automl.study.urls import hide_passwords, lost_password, shown_url
from tests.study.conftest import begin, make_draft, train

JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_all_our_tables_carry_our_name(study: Study, url: str) -> None:
    names = {name for (name,) in _sql(url, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    ours = {name for name in names if name.startswith("automl_")}
    assert ours == {f"automl_{name}" for name in ("meta", "run", "trial", "segment", "epoch", "artifact")}
    assert {"trials", "studies"} <= names


def test_no_foreign_key_leaves_our_tables() -> None:
    targets = {key.target_fullname for table in Base.metadata.tables.values() for key in table.foreign_keys}
    assert targets == {"automl_run.id", "automl_trial.id"}


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=str)
def test_the_tables_can_be_made_in_postgresql(table) -> None:
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_both_halves_write_ahead_and_check_foreign_keys(study: Study) -> None:
    for engine in (study._engine, study._optuna._storage.engine):
        with engine.connect() as connection:
            pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in
                       ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")]  # fmt: skip
        assert pragmas == ["wal", 1, 1, 60_000]


def test_a_newer_schema_is_refused_for_reading_and_writing(lived: RunFolder) -> None:
    _execute(lived, "UPDATE automl_meta SET schema_version = 99, library_version = '9.0'")
    with pytest.raises(StudyError, match=r"version 99 \(made by automl 9.0\), this package knows 1 at most; update"):
        StudyReader.open(lived.path)
    with pytest.raises(StudyError, match="version 99"):
        Study.open(lived.storage_url, lived.study)


def test_an_older_schema_is_brought_up_to_date_step_by_step(lived: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", 3)
    with pytest.raises(StudyError, match="has tables of version 1, this package reads 3"):
        StudyReader.open(lived.path)
    steps = {
        1: lambda connection: connection.execute(text("ALTER TABLE automl_run ADD COLUMN one TEXT")),
        2: lambda connection: connection.execute(text("UPDATE automl_run SET one = 'two'")),
    }
    engine = open_engine(lived.storage_url)
    prepare_schema(engine, steps)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT one, schema_version FROM automl_run, automl_meta")).one() == ("two", 3)
    engine.dispose()


def test_a_failed_migration_changes_nothing(lived: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "SCHEMA_VERSION", 3)
    steps = {1: lambda connection: connection.execute(text("ALTER TABLE automl_run ADD COLUMN one TEXT"))}
    engine = open_engine(lived.storage_url)
    with pytest.raises(KeyError):
        prepare_schema(engine, steps)
    engine.dispose()
    monkeypatch.undo()
    with StudyReader.open(lived.path) as reader:
        assert len(reader.trials()) == 8


def test_opening_a_foreign_database_for_writing_adds_no_table(tmp_path: Path) -> None:
    import optuna

    url = f"sqlite:///{tmp_path / 'mine.db'}"
    with quiet_optuna():
        optuna.create_study(storage=url, study_name="mine")
    with pytest.raises(StudyError, match="holds no study of automl"):
        Study.open(url, "mine")
    assert not [name for (name,) in _sql(url, "SELECT name FROM sqlite_master") if name.startswith("automl_")]


def test_a_locked_database_is_one_sentence(study: Study, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    study.close()
    other = sqlite3.connect(url[10:], isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="database is locked; another process holds it; try again"):
        Study.open(url, "digits")
    other.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "cannot read 'nonsense' as a database URL"),
        ("sqlite://", "a study needs a file"),
        ("sqlite:///:memory:", "a study needs a file"),
        ("martian://me:sesame@host/db", r"no driver for martian://me:\*\*\*@host/db"),
        ("postgresql://me:***@host/db", "the password of"),
    ],
)
def test_a_bad_url_is_refused_without_its_password(url: str, words: str) -> None:
    with pytest.raises(StudyError, match=words) as error:
        Study.create(url, "s", run=make_draft())
    assert "sesame" not in str(error.value)


@given(user=st.from_regex(r"[a-z]{1,8}", fullmatch=True), word=st.from_regex(r"[A-Za-z0-9:/%!-]{4,12}", fullmatch=True))
def test_a_password_is_hidden_in_any_text(user: str, word: str) -> None:
    url = f"postgresql://{user}:{word}@host:5432/db"
    assert hide_passwords(f"cannot reach {url} now") == f"cannot reach postgresql://{user}:***@host:5432/db now"
    assert shown_url(url) == f"postgresql://{user}:***@host:5432/db"
    assert lost_password(shown_url(url))


def test_passwords_in_the_configuration_never_reach_the_database(url: str) -> None:
    command = {"storage": "postgresql://me:sesame@host/db", "argv": ["--storage=postgresql://me:sesame@host/db"]}
    with Study.create(url, "s", run=make_draft(command=command)) as study:
        study.fail(begin(study), kind="crashed", message="lost postgresql://me:sesame@host/db", traceback="sesame@"[:3])
        assert "sesame" not in repr(study)
    assert b"sesame" not in Path(url[10:]).read_bytes()


@given(JSON_LIKE)
def test_cleaned_json_is_stable_and_strict(value: object) -> None:
    import json

    cleaned = clean_json(value)
    assert json.loads(json.dumps(cleaned, allow_nan=False, ensure_ascii=False).encode()) == cleaned
    assert clean_json(cleaned) == cleaned


def test_scalars_of_numpy_are_numbers_and_objects_are_refused() -> None:
    assert clean_json([np.float32(0.5), np.int64(3), np.bool_(True), np.float64("nan")]) == [0.5, 3, True, None]
    with pytest.raises(TypeError, match="has no JSON form"):
        clean_json({"x": object()})


def test_sql_sees_numbers_and_nulls_in_metrics(study: Study, url: str) -> None:
    train(study, begin(study), 0.5, float("nan"))
    query = "SELECT epoch, json_extract(metrics, '$.val_accuracy') FROM automl_epoch ORDER BY epoch"
    assert _sql(url, query) == [(1, 0.5), (2, None)]


def _sql(url: str, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(url[10:])
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _execute(folder: RunFolder, statement: str) -> None:
    connection = sqlite3.connect(folder.path / "study.db")
    connection.execute(statement)
    connection.commit()
    connection.close()
