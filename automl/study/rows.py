"""Rows of our tables as records: the queries that the writer and the reader share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, nulls_last, select
from sqlalchemy.orm import InstrumentedAttribute

from automl.errors import StudyError, did_you_mean
from automl.study.owner import Owner
from automl.study.records import ArtifactRecord, EpochRecord, RunRecord
from automl.study.tables import Artifact, Epoch, Run, Trial
from automl.study.trial_records import TrialDetail, TrialLine, TrialRecord


def _columns(table: type[Any], record: type[Any]) -> tuple[InstrumentedAttribute[Any], ...]:
    return tuple(getattr(table, item.name) for item in dataclasses.fields(record))


_RUN = _columns(Run, RunRecord)
_LIGHT = _columns(Trial, TrialRecord)
_WHOLE = _columns(Trial, TrialDetail)
_LINE = _columns(Trial, TrialLine)


def find_run(connection: Connection, study: str) -> RunRecord:
    """The run of that name.

    Raises:
        StudyError: There is none; the message names the nearest one.
    """
    row = connection.execute(select(*_RUN).where(Run.study == study)).mappings().one_or_none()
    if row is None:
        raise StudyError(f"there is no study {study!r} in this database; {did_you_mean(study, run_names(connection))}")
    return RunRecord(**row)


def find_owner(connection: Connection, run_id: int) -> Owner | None:
    """The process that has claimed a run and not let it go."""
    document = connection.scalar(select(Run.owner).where(Run.id == run_id))
    return Owner.from_json(document) if document else None


def run_names(connection: Connection) -> list[str]:
    """Names of all studies, sorted."""
    return list(connection.scalars(select(Run.study).order_by(Run.study)))


def light(run_id: int) -> Select[Any]:
    """Query of a run's trials without their large columns."""
    return select(*_LIGHT).where(Trial.run_id == run_id)


def lines(run_id: int) -> Select[Any]:
    """Query of what a long list shows of a run's trials: a fifth of the time of ``light``."""
    return select(*_LINE).where(Trial.run_id == run_id)


def list_lines(connection: Connection, query: Select[Any]) -> list[TrialLine]:
    """What a query made by ``lines`` finds."""
    return [TrialLine(**row) for row in connection.execute(query).mappings()]


def list_trials(connection: Connection, query: Select[Any]) -> list[TrialRecord]:
    """What a query made by ``light`` finds."""
    return [TrialRecord(**row) for row in connection.execute(query).mappings()]


def find_trial(connection: Connection, run_id: int, number: int) -> TrialRecord | None:
    """One trial without its large columns."""
    return next(iter(list_trials(connection, light(run_id).where(Trial.number == number))), None)


def find_detail(connection: Connection, run_id: int, number: int) -> TrialDetail | None:
    """One trial with everything."""
    query = select(*_WHOLE).where(Trial.run_id == run_id, Trial.number == number)
    return _detail(connection.execute(query).mappings().one_or_none())


def list_details(connection: Connection, run_id: int, states: Sequence[str] = ()) -> list[TrialDetail]:
    """Trials with everything, by number: all of them or those in one of these states."""
    query = select(*_WHOLE).where(Trial.run_id == run_id).order_by(Trial.number)
    query = query.where(Trial.state.in_(states)) if states else query
    return [TrialDetail(**row) for row in connection.execute(query).mappings()]


def find_best(
    connection: Connection, run_id: int, direction: str, states: Sequence[str] = ("complete",)
) -> TrialDetail | None:
    """The trial in one of these states with the best value; of equals the first."""
    query = select(*_WHOLE).where(Trial.run_id == run_id, Trial.state.in_(states), Trial.value.is_not(None))
    return _detail(connection.execute(query.order_by(*best_first(direction)).limit(1)).mappings().one_or_none())


def best_first(direction: str) -> tuple[ColumnElement[Any], ...]:
    """The order of a leaderboard; trials without a value come last."""
    value = Trial.value.desc() if direction == "maximize" else Trial.value.asc()
    return nulls_last(value), Trial.number.asc()


def list_epochs(connection: Connection, run_id: int, number: int | None) -> list[EpochRecord]:
    """Epochs of one trial, or of all by trial."""
    query = select(Trial.number.label("trial"), *(getattr(Epoch, name) for name in _EPOCH)).join(Epoch)
    query = query.where(Trial.run_id == run_id).order_by(Trial.number, Epoch.epoch)
    rows = connection.execute(_only(query, number)).mappings()
    return [EpochRecord(**row) for row in rows]


def list_artifacts(connection: Connection, run_id: int, number: int | None) -> list[ArtifactRecord]:
    """Files of one trial, or of the run and all its trials, in the order in which they were added."""
    query = select(Trial.number.label("trial"), *(getattr(Artifact, name) for name in _ARTIFACT))
    query = query.select_from(Artifact).outerjoin(Trial, Artifact.trial_id == Trial.id)
    query = query.where(Artifact.run_id == run_id).order_by(Artifact.id)
    rows = connection.execute(_only(query, number)).mappings()
    return [ArtifactRecord(**row) for row in rows]


_EPOCH: Sequence[str] = ("epoch", "metrics", "learning_rate", "seconds")
_ARTIFACT: Sequence[str] = ("kind", "path", "size", "sha256", "created")


def _only(query: Select[Any], number: int | None) -> Select[Any]:
    return query if number is None else query.where(Trial.number == number)


def _detail(row: RowMapping | Mapping[str, Any] | None) -> TrialDetail | None:
    return None if row is None else TrialDetail(**row)
