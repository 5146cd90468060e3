"""Which runs there are: those below a folder, or the studies of one database, each in one line's worth of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, case, func, select

from automl.errors import AutoMLError, StudyError
from automl.study.database import check_schema, explained, open_reader
from automl.study.manifest import MANIFEST
from automl.study.owner import Owner
from automl.study.records import Record
from automl.study.run_folder import RunFolder
from automl.study.tables import Run, Trial
from automl.study.urls import shown_url, sqlite_url

RunState = Literal["running", "ended", "gone", "new", "unreadable"]

_DEPTH = ("", "*/", "*/*/")  # where runs are looked for: the folder itself and two levels below
_FACTS = (
    Run.id, Run.study, Run.task, Run.objective, Run.direction, Run.started, Run.ended, Run.seconds_used,
    Run.budget_seconds, Run.space_name, Run.owner,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary(Record):
    """One run among others.

    Attributes:
        path: Folder of the run; None where only its database is known.
        study: Name of its study.
        task: Name of the task.
        state: ``running``; ``ended``; ``gone``: its process went away before the search was over; ``new``: no trial
            has begun; ``unreadable``: see ``problem``.
        objective: Metric that is improved.
        direction: ``maximize`` or ``minimize``.
        space: Name of the search space.
        started: When the study was made.
        ended: When the search said that it was over.
        seconds: Of the budget used so far, as last recorded.
        budget_seconds: Time budget, or None.
        trials: How many trials are in each state.
        trained: How many trained at least one epoch.
        best: Best value of a complete trial; None before there is one.
        problem: Why it cannot be read.
    """

    path: str | None
    study: str
    task: str
    state: RunState
    objective: str = ""
    direction: str = ""
    space: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    seconds: float = 0.0
    budget_seconds: float | None = None
    trials: Mapping[str, int] = field(default_factory=dict)
    trained: int = 0
    best: float | None = None
    problem: str = ""


def list_runs(folder: Path) -> list[RunSummary]:
    """The runs in a folder and up to two levels below it, the latest first; one that cannot be read says why.

    Raises:
        StudyError: There is no such folder.
    """
    if not folder.is_dir():
        raise StudyError(f"there is no folder {folder}; a search makes its run in automl-runs, or where --out says")
    found = (path.parent for depth in _DEPTH for path in folder.glob(f"{depth}{MANIFEST}"))
    runs = [_of_folder(path) for path in sorted(found)]
    return sorted(
        runs, key=lambda run: (run.started is not None, run.started and run.started.timestamp()), reverse=True
    )


def list_studies(url: str) -> list[RunSummary]:
    """The studies of one database, the latest first, in two queries however many trials they have.

    Raises:
        StudyError: The database cannot be read, or holds no study of ours.
    """
    engine = open_reader(url)
    try:
        with explained(f"cannot read {shown_url(url)}"), engine.connect() as connection:
            check_schema(connection, shown_url(url))
            return _summaries(connection, None)
    finally:
        engine.dispose()


def _of_folder(path: Path) -> RunSummary:
    found = RunSummary(path=str(path), study=path.name, task="", state="unreadable")
    try:
        run = RunFolder.open(path)
        found = replace(found, study=run.study, task=run.task, state="new", started=run.created)
        if run.database is not None and not run.database.exists():
            return found
        engine = open_reader(run.storage_url)
        try:
            with explained(f"cannot read {run.shown_url}"), engine.connect() as connection:
                check_schema(connection, run.shown_url)
                mine = [one for one in _summaries(connection, str(path)) if one.study == run.study]
        finally:
            engine.dispose()
    except AutoMLError as error:
        return replace(found, state="unreadable", problem=str(error))
    return mine[0] if mine else found


def _summaries(connection: Connection, path: str | None) -> list[RunSummary]:
    counts = _counts(connection)
    rows = connection.execute(select(*_FACTS).order_by(Run.started.desc())).mappings()
    return [_summary(row, counts.get(row["id"], []), path) for row in rows]


def _counts(connection: Connection) -> dict[int, list[Any]]:
    """Trials of every run by state, with the largest and smallest value of each."""
    trained = func.sum(case((Trial.epochs >= 1, 1), else_=0)).label("trained")
    extremes = func.max(Trial.value).label("largest"), func.min(Trial.value).label("smallest")
    query = select(Trial.run_id, Trial.state, func.count().label("trials"), trained, *extremes)
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query.group_by(Trial.run_id, Trial.state)):
        found.setdefault(row.run_id, []).append(row)
    return found


def _summary(row: Mapping[Any, Any], counts: Iterable[Any], path: str | None) -> RunSummary:
    counts = list(counts)
    best = next((one for one in counts if one.state == "complete"), None)
    return RunSummary(
        path=path,
        state=_state(row["ended"], row["owner"]),
        **{name: row[name] for name in ("study", "task", "objective", "direction", "started", "ended")},
        space=row["space_name"],
        seconds=row["seconds_used"],
        budget_seconds=row["budget_seconds"],
        trials={one.state: one.trials for one in sorted(counts, key=lambda one: str(one.state))},
        trained=sum(one.trained for one in counts),
        best=None if best is None else best.largest if row["direction"] == "maximize" else best.smallest,
    )


def _state(ended: datetime | None, owner: Mapping[str, Any] | None) -> RunState:
    if owner and ended is None and Owner.from_json(owner).may_live():
        return "running"
    return "gone" if ended is None else "ended"


def database_of(path: Path | None, storage: str | None) -> str | None:
    """The URL to list studies of: the given one, or that of a file; None where a folder is to be looked through."""
    if storage is not None:
        return storage
    return sqlite_url(path) if path is not None and path.is_file() else None
