"""Looking into a study without ever changing it, also while its search is going on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, inspect

from automl.errors import ConfigError, StudyError, did_you_mean
from automl.study import rows
from automl.study.database import check_schema, explained, open_reader
from automl.study.owner import Owner
from automl.study.records import ArtifactRecord, EpochRecord, RunRecord
from automl.study.run_folder import RunFolder
from automl.study.tables import Meta, Trial
from automl.study.trial_records import TRIAL_STATES, TrialDetail, TrialLine, TrialRecord
from automl.study.urls import shown_url, sqlite_path, sqlite_url

_RESUME = "a search that is gone is continued with: automl resume"
SORTS = ("number", "value", "epochs", "parameters", "flops", "state", "started", "ended")


class StudyReader:
    """A study for reading; every method is one query on our own tables.

    >>> with StudyReader.open(Path("automl-runs/digits")) as study:  # doctest: +SKIP
    ...     [trial.value for trial in study.leaderboard(top=3)]
    [0.983, 0.981, 0.974]
    """

    def __init__(self, engine: Engine, study: str, where: str) -> None:
        self._engine = engine
        self._where = where
        self.name = study
        self._id, self._direction = 0, ""

    @classmethod
    def open(cls, path: Path, *, study: str | None = None, storage: str | None = None) -> StudyReader:
        """Open a run's folder or its database file.

        Args:
            path: The folder of a run, or a SQLite file.
            study: Which study, where a database file holds several.
            storage: The database's URL, where the run's own lost its password.

        Raises:
            StudyError: There is no such run or study, or this version cannot read it.
        """
        url = sqlite_url(Path(path))
        if not Path(path).is_file():
            folder = RunFolder.open(Path(path), storage=storage)
            if folder.database is not None and not folder.database.exists():
                raise StudyError(f"no trial of {path} has begun; {_RESUME} {shlex.quote(str(path))}")
            url, study = folder.storage_url, study or folder.study
        reader = cls(open_reader(url), study or "", shown_url(url))
        try:
            reader._find(study)
        except BaseException:
            reader.close()
            raise
        return reader

    def run(self) -> RunRecord:
        """The search: what was asked, of which data, where, and its result."""
        with self._reading() as connection:
            return rows.find_run(connection, self.name)

    def searcher(self) -> Owner | None:
        """The process that searches it now, as far as this machine can tell; None when it ended or was killed."""
        with self._reading() as connection:
            owner = rows.find_owner(connection, self._id)
        return owner if owner is not None and owner.may_live() else None

    def trials(
        self, *, sort: str = "number", state: str | Sequence[str] | None = None, top: int | None = None
    ) -> list[TrialRecord]:
        """The trials, without their architectures.

        Args:
            sort: One of ``SORTS``: ``value`` puts the best first, times the latest, everything else the smallest;
                what a trial does not have comes last.
            state: Only trials in this state or one of these states.
            top: At most so many, the first in this order.

        Raises:
            ConfigError: Unknown order or state.
        """
        query = self._chosen(rows.light(self._id), sort, state, top)
        with self._reading() as connection:
            return rows.list_trials(connection, query)

    def lines(
        self, *, sort: str = "number", state: str | Sequence[str] | None = None, top: int | None = None
    ) -> list[TrialLine]:
        """What a list shows of the trials, however many; see ``trials``.

        Raises:
            ConfigError: Unknown order or state.
        """
        query = self._chosen(rows.lines(self._id), sort, state, top)
        with self._reading() as connection:
            return rows.list_lines(connection, query)

    def leaderboard(self, top: int | None = None) -> list[TrialRecord]:
        """Complete trials, the best first."""
        query = rows.light(self._id).where(Trial.state == "complete").order_by(*rows.best_first(self._direction))
        with self._reading() as connection:
            return rows.list_trials(connection, query.limit(top))

    def failures(self) -> list[TrialRecord]:
        """Trials that failed or whose owner vanished."""
        return self.trials(state=("failed", "orphaned"))

    def best(self) -> TrialDetail | None:
        """The complete trial with the best value, with its architecture; None before there is one."""
        with self._reading() as connection:
            return rows.find_best(connection, self._id, self._direction)

    def trial(self, number: int) -> TrialDetail:
        """Everything about one trial.

        Raises:
            StudyError: There is no trial of that number.
        """
        with self._reading() as connection:
            found = rows.find_detail(connection, self._id, number)
        if found is None:
            raise StudyError(f"study {self.name!r} has no trial {number}; list its trials to see their numbers")
        return found

    def epochs(self, number: int | None = None) -> list[EpochRecord]:
        """Epochs of one trial, or of all trials."""
        with self._reading() as connection:
            return rows.list_epochs(connection, self._id, number)

    def artifacts(self, number: int | None = None) -> list[ArtifactRecord]:
        """Files of one trial, or all of the run."""
        with self._reading() as connection:
            return rows.list_artifacts(connection, self._id, number)

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def __enter__(self) -> StudyReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"StudyReader({self.name!r}, {self._where!r})"

    def _find(self, study: str | None) -> None:
        with self._reading() as connection:
            check_schema(connection, self._where)
            self.name = study or self._only(rows.run_names(connection))
            run = rows.find_run(connection, self.name)
        self._id, self._direction = run.id, run.direction

    def _only(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return names[0]
        what = "several studies; name one" if names else "no study yet; known"
        raise StudyError(f"{self._where} holds {what}: {', '.join(names) or 'none'}")

    def _chosen(self, query: Select[Any], sort: str, state: str | Sequence[str] | None, top: int | None) -> Select[Any]:
        chosen = query.order_by(*self._order(sort)).limit(top)
        return chosen if state is None else chosen.where(Trial.state.in_(_states(state)))

    def _order(self, sort: str) -> tuple[ColumnElement[Any], ...]:
        if sort not in SORTS:
            raise ConfigError(f"cannot sort trials by {sort!r}; {did_you_mean(sort, SORTS)}")
        if sort == "value":
            return rows.best_first(self._direction)
        column = getattr(Trial, sort)
        return (column.desc() if sort in ("started", "ended") else column.asc()).nulls_last(), Trial.number.asc()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(f"cannot read {self._where}"), self._engine.connect() as connection:
            yield connection


def study_names(url: str) -> tuple[str, ...]:
    """Names of the studies in a database, sorted; none where there is no such file, or no table of ours in it.

    Raises:
        StudyError: The database cannot be read.
    """
    path = sqlite_path(url)
    if path is not None and not path.is_file():
        return ()
    engine = open_reader(url)
    try:
        with explained(f"cannot read {shown_url(url)}"), engine.connect() as connection:
            ours = inspect(connection).has_table(Meta.__tablename__)
            return tuple(rows.run_names(connection)) if ours else ()
    finally:
        engine.dispose()


def _states(state: str | Sequence[str]) -> Sequence[str]:
    states = [state] if isinstance(state, str) else list(state)
    for name in states:
        if name not in TRIAL_STATES:
            raise ConfigError(f"there is no state {name!r}; {did_you_mean(name, TRIAL_STATES)}")
    return states
