"""Opening a database: for the one writer, for any reader, and making sure that its tables are ours to use."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from automl.errors import StorageError, StudyError
from automl.study.tables import SCHEMA_VERSION, Base, Meta
from automl.study.urls import hide_passwords, lost_password, shown_url, sqlite_path

BUSY_SECONDS = 60  # how long to wait for another process that writes, a dashboard's note for example

Migration = Callable[[Connection], None]
MIGRATIONS: Mapping[int, Migration] = {}  # from this version to the next

_ADVICE = {
    "locked": "another process holds it; try again",
    "disk is full": "free some space",
    "disk I/O error": "the disk is full or broken; free some space",
    "readonly": "it may not be written to; change its rights or choose another folder",
}
# What of this has nothing to do with what was asked for.
_OUTSIDE = ("locked", "disk is full", "disk I/O error")

_to_json = partial(json.dumps, allow_nan=False, ensure_ascii=False)


def open_engine(url: str) -> Engine:
    """An engine for writing.

    Raises:
        StudyError: The URL cannot be read, its driver is missing, or its password was not kept.
    """
    if lost_password(url):
        raise StudyError(f"the password of {url} is not kept with a run; give the whole URL with --storage")
    try:
        engine = create_engine(engine_url(url), json_serializer=_to_json, **engine_options(url))
    except (ImportError, NoSuchModuleError) as error:
        how = 'pip install "automl[postgres]"' if url.startswith("postgresql") else "install it"
        raise StudyError(f"no driver for {shown_url(url)}: {error}; {how} and try again") from None
    except ArgumentError:
        raise StudyError(
            f"cannot read {shown_url(url)!r} as a database URL; write for example sqlite:///study.db "
            "or postgresql+psycopg://user:password@host/database"
        ) from None
    lock_early(engine)
    return engine


def engine_url(url: str) -> str:
    """The URL for ``create_engine`` beside ``engine_options``, which know a SQLite file's path themselves.

    SQLAlchemy would take a question mark in a path for the start of options, and Optuna a brace for a placeholder.
    """
    if sqlite_path(url) is None and url.startswith("sqlite"):
        raise StudyError(f"a study needs a file, and {url!r} names none; write for example sqlite:///study.db")
    return "sqlite://" if sqlite_path(url) else url


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of ``create_engine`` by which a writer waits for others and SQLite is fast and strict.

    With a write-ahead log readers never wait for the writer; ``synchronous=NORMAL`` can lose the last commits in a
    power cut but never tears the file.
    """
    path = sqlite_path(url)
    if path is None:
        return {"pool_pre_ping": True}

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    return {"creator": connect, "poolclass": QueuePool}


def lock_early(engine: Engine) -> None:
    """Let SQLite's transactions take the write lock when they begin.

    One that reads first and then finds that someone else has written cannot wait any more, it fails.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def settle(engine: Engine) -> None:
    """Close a writer's engine; a SQLite database is left as one file that can be copied and opened anywhere."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA busy_timeout=0")
            with suppress(sqlite3.OperationalError):  # someone is reading: then the log stays beside the file
                driver.execute("PRAGMA journal_mode=DELETE")
    engine.dispose()


def open_reader(url: str) -> Engine:
    """An engine that cannot write. A SQLite file must exist and is opened so that nothing is created beside it.

    Raises:
        StudyError: There is no such database.
    """
    path = sqlite_path(url)
    if path is None:
        return open_engine(url).execution_options(postgresql_readonly=True)
    return create_engine("sqlite://", **_options_of_file(path), json_serializer=_to_json)


def reading_options(url: str) -> tuple[str, dict[str, Any]]:
    """URL and arguments of ``create_engine`` for a connection that cannot write, for others who open one.

    Raises:
        StudyError: There is no such database, or its password was not kept.
    """
    path = sqlite_path(url)
    if path is not None:
        return "sqlite://", _options_of_file(path)
    open_engine(url).dispose()
    return url, engine_options(url) | {"execution_options": {"postgresql_readonly": True}}


def _options_of_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise StudyError(f"there is no study database {path}; give a run's folder or its study.db")

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(_reading_uri(path), uri=True, timeout=BUSY_SECONDS, check_same_thread=False)

    return {"creator": connect, "poolclass": NullPool}


def _reading_uri(path: Path) -> str:
    """SQLite creates a log beside a file in WAL mode that has none, even for a reader.

    Without a log nobody is writing, so such a file (a copy, say) is as good as immutable while one query lasts.
    """
    with path.open("rb") as file:
        logged = file.read(20)[18:] == b"\x02\x02"
    alone = logged and not path.with_name(path.name + "-wal").exists()
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


def prepare_schema(engine: Engine, migrations: Mapping[int, Migration] = MIGRATIONS) -> None:
    """Make our tables in a database that has none, and bring older ones up to date.

    Raises:
        StudyError: The tables are newer than this version of the package.
    """
    with engine.begin() as connection:
        if not inspect(connection).has_table(Meta.__tablename__):
            Base.metadata.create_all(connection)
            row = {"id": 1, "schema_version": SCHEMA_VERSION, "library_version": version("automl")}
            connection.execute(insert(Meta).values(created=datetime.now(UTC), **row))
            return
        for step in range(_known_version(connection), SCHEMA_VERSION):
            migrations[step](connection)
            connection.execute(update(Meta).values(schema_version=step + 1))


def require_tables(connection: Connection, where: str) -> None:
    """Make sure that a database is ours.

    Raises:
        StudyError: It holds none of our tables.
    """
    if not inspect(connection).has_table(Meta.__tablename__):
        raise StudyError(f"{where} holds no study of automl; give a run's folder or its study.db")


def check_schema(connection: Connection, where: str) -> None:
    """Make sure that a database can be read.

    Raises:
        StudyError: It holds none of our tables, or newer or older ones than this version reads.
    """
    require_tables(connection, where)
    found = _known_version(connection)
    if found < SCHEMA_VERSION:
        raise StudyError(
            f"{where} has tables of version {found}, this package reads {SCHEMA_VERSION}; continue the search once "
            "with this version to bring it up to date"
        )


def _known_version(connection: Connection) -> int:
    found, library = connection.execute(select(Meta.schema_version, Meta.library_version)).one()
    if found > SCHEMA_VERSION:
        raise StudyError(
            f"the study's tables have version {found} (made by automl {library}), this package knows "
            f"{SCHEMA_VERSION} at most; update automl"
        )
    return int(found)


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn the database's errors into one sentence without a password; a broken constraint is left to the caller.

    Raises:
        StudyError: The database refused; a ``StorageError`` where it is full, broken or locked.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise refusal(what, error) from None


def refusal(what: str, error: BaseException) -> StudyError:
    """What to say about an error of the database."""
    cause = str(getattr(error, "orig", None) or error)
    known = (advice for word, advice in _ADVICE.items() if word in cause)
    kind = StorageError if any(word in cause for word in _OUTSIDE) else StudyError
    return kind(f"{what}: {' '.join(hide_passwords(cause).split())}; {next(known, 'check the file or the server')}")
