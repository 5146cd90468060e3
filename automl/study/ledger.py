"""Our half of a study, the trials: every write to our own tables, one transaction each."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from automl.failures import POLICIES
from automl.files import sha256_of
from automl.study import rows
from automl.study.records import ArtifactRecord, finite
from automl.study.run_ledger import RunLedger, now
from automl.study.tables import Artifact, Epoch, Segment, Trial
from automl.study.trial_records import TrialDraft, TrialOutcome, TrialRecord

_STATE: tuple[InstrumentedAttribute[Any], ...] = (
    Trial.id,
    Trial.state,
    Trial.epochs,
    Trial.planned_epochs,
    Trial.best_epoch,
    Trial.value,
    Trial.worker,
    Trial.reason,
)
_GONE = "the process that searched went away while it ran"
_ALIVE = ("running", "paused")


class Ledger(RunLedger):
    """The rows of one run and its trials. A value that makes no sense is a ValueError: the caller is wrong."""

    def __init__(self, engine: Engine, study: str) -> None:
        super().__init__(engine, study)
        self._segments: dict[int, int] = {}

    def queue(self, number: int, key: int, **values: Any) -> None:
        """Write a trial that waits: its params, who proposed it, its parent and seed."""
        with self.writing() as connection:
            self._insert(connection, number, key, state="queued", **values)

    def orphans(self) -> int:
        """How many trials were orphaned."""
        query = select(func.count()).where(Trial.run_id == self.run.id, Trial.state == "orphaned")
        with self.writing() as connection:
            return connection.scalar(query) or 0

    def second_tries(self) -> dict[int, int]:
        """Numbers of the trials that try an orphaned one again, and the orphaned one's."""
        orphan = aliased(Trial)
        query = select(Trial.number, Trial.parent).join(
            orphan, (orphan.run_id == Trial.run_id) & (orphan.number == Trial.parent)
        )
        query = query.where(Trial.run_id == self.run.id, orphan.state == "orphaned")
        with self.writing() as connection:
            return {row.number: row.parent for row in connection.execute(query)}

    def change(self, number: int, states: Sequence[str], **values: Any) -> TrialRecord:
        """Change the row of a trial that is in one of these states, and give the record."""
        with self.writing() as connection:
            found = self._alive(connection, number)
            if found.state not in states:
                raise ValueError(f"trial {number} is {found.state}, not {' or '.join(states)}")
            _set(connection, found.id, **values)
            self._set_run(connection, seconds_used=self.seconds_used)
            return self._record(connection, number)

    def assign(self, number: int, worker: str) -> None:
        """Write who trains a running trial from now on; its next epochs make a segment of their own."""
        with self.writing() as connection:
            found = self._alive(connection, number)
            _set(connection, found.id, worker=worker, **({} if found.epochs else {"started": now()}))
        self._segments.pop(number, None)

    def begin(self, number: int, key: int, draft: TrialDraft) -> None:
        """Write a trial that starts, whether it waited or is new."""
        values = {item.name: getattr(draft, item.name) for item in dataclasses.fields(draft)}
        with self.writing() as connection:
            found = self._find(connection, number)
            if found is None:
                self._insert(connection, number, key, state="running", started=now(), **values)
                return
            if found.state != "queued":
                raise ValueError(f"trial {number} is {found.state}; only a queued or new one can begin")
            inherited = {name for name in ("proposed_by", "parent", "seed") if values[name] in ("", None)}
            said = {name: value for name, value in values.items() if name not in inherited}
            _set(connection, found.id, state="running", started=now(), **said)

    def epoch(self, number: int, values: Mapping[str, Any], checkpoint: str) -> None:
        """Write one epoch, and on the trial's row how far it is and its best so far.

        Args:
            number: Of the trial.
            values: ``epoch``, ``metrics``, ``learning_rate``, ``seconds`` and ``planned_epochs``.
            checkpoint: File from which the trial can go on after this epoch, or empty.
        """
        epoch, metrics = values["epoch"], values["metrics"]
        reached = finite(metrics[self.run.objective])
        with self.writing() as connection:
            trial = self._alive(connection, number)
            row = {"metrics": metrics, "learning_rate": finite(values["learning_rate"])}
            _upsert_epoch(connection, trial.id, epoch, row | {"seconds": finite(values["seconds"])})
            self._extend(connection, number, trial, epoch, checkpoint)
            better = {"value": reached, "best_epoch": epoch} if self._improves(reached, trial.value) else {}
            planned = values["planned_epochs"] or trial.planned_epochs
            _set(connection, trial.id, epochs=max(epoch, trial.epochs), planned_epochs=planned, **better)
            self._set_run(connection, seconds_used=self.seconds_used)

    def reached(self, number: int) -> Row[Any]:
        """A running trial's epochs, best epoch and value so far."""
        with self.writing() as connection:
            return self._alive(connection, number)

    def has_trials(self) -> bool:
        """Whether any trial is recorded."""
        with self.writing() as connection:
            return connection.scalar(select(Trial.id).where(Trial.run_id == self.run.id).limit(1)) is not None

    def end(self, number: int, state: str, **values: Any) -> TrialRecord:
        """Write a trial's end and give the record."""
        with self.writing() as connection:
            trial = self._alive(connection, number)
            values["reason"] = "; ".join(filter(None, (trial.reason, values.get("reason", ""))))
            _set(connection, trial.id, state=state, ended=now(), **values)
            self._set_run(connection, seconds_used=self.seconds_used)
            return self._record(connection, number)

    def orphan(self, number: int, key: int, again: Mapping[str, Any] | None) -> None:
        """Write that a trial was abandoned, whatever is known of it, and in the same breath the one queued for it.

        Args:
            number: Of the trial.
            key: Optuna's key of it.
            again: ``number``, ``key`` and values of the queued trial that tries its parameters once more, or None.
        """
        failure = {"failure_kind": "orphaned", "failure_message": _GONE, "failure_advice": POLICIES["orphaned"].advice}
        fate = {"state": "orphaned", "reason": _GONE, "value": None, "ended": now(), **failure}
        with self.writing() as connection:
            found = self._find(connection, number)
            if found is None:
                self._insert(connection, number, key, params={}, **fate)
            else:
                _set(connection, found.id, **fate)
            if again is not None:
                self._insert(connection, state="queued", **again)

    def artifact(self, kind: str, path: Path, number: int | None, root: Path | None) -> ArtifactRecord:
        """Write that a file belongs to a trial or to the run."""
        inside = root is not None and path.resolve().is_relative_to(root.resolve())
        shown = path.resolve().relative_to(root.resolve()).as_posix() if root and inside else str(path)
        record = ArtifactRecord(
            trial=number, kind=kind, path=shown, size=path.stat().st_size, sha256=sha256_of(path), created=now()
        )
        with self.writing() as connection:
            trial = None if number is None else self._find(connection, number)
            if number is not None and trial is None:
                raise ValueError(f"trial {number} was never begun")
            values = {name: getattr(record, name) for name in ("kind", "path", "size", "sha256", "created")}
            key = trial.id if trial is not None else None
            connection.execute(insert(Artifact).values(run_id=self.run.id, trial_id=key, **values))
        return record

    def _find(self, connection: Connection, number: int) -> Row[Any] | None:
        query = select(*_STATE).where(Trial.run_id == self.run.id, Trial.number == number)
        return connection.execute(query).one_or_none()

    def _alive(self, connection: Connection, number: int) -> Row[Any]:
        found = self._find(connection, number)
        if found is None or found.state not in _ALIVE:
            raise ValueError(f"trial {number} is not running: {found.state if found else 'it was never begun'}")
        return found

    def _record(self, connection: Connection, number: int) -> TrialRecord:
        found = rows.find_trial(connection, self.run.id, number)
        assert found is not None, f"trial {number} vanished within a transaction"
        return found

    def _insert(self, connection: Connection, number: int, key: int, **values: Any) -> None:
        fixed = {"run_id": self.run.id, "number": number, "optuna_trial_id": key, "created": now()}
        connection.execute(insert(Trial).values(**fixed, **values))

    def _extend(self, connection: Connection, number: int, trial: Row[Any], epoch: int, checkpoint: str) -> None:
        if number in self._segments:
            where = Segment.id == self._segments[number]
            connection.execute(update(Segment).where(where).values(to_epoch=epoch, checkpoint=checkpoint))
            return
        values = {"from_epoch": epoch, "to_epoch": epoch, "worker": trial.worker, "checkpoint": checkpoint}
        made = connection.execute(insert(Segment).values(trial_id=trial.id, **values).returning(Segment.id))
        self._segments[number] = made.scalar_one()

    def _improves(self, value: float | None, best: float | None) -> bool:
        if value is None or best is None:
            return value is not None
        return value > best if self.run.direction == "maximize" else value < best


def merge(outcome: TrialOutcome, epochs: int, planned_epochs: int | None, best_epoch: int | None) -> dict[str, Any]:
    """What an outcome says, and where it says nothing, what the epochs said."""
    fields = {
        "epochs": max(outcome.epochs, epochs),
        "planned_epochs": outcome.planned_epochs or planned_epochs,
        "best_epoch": outcome.best_epoch or best_epoch,
        "metrics": outcome.metrics,
        "seconds": outcome.seconds,
        "step_seconds": finite(outcome.step_seconds),
        "steps_per_epoch": outcome.steps_per_epoch,
    }
    return fields if outcome.parameters is None else fields | {"parameters": outcome.parameters}


def _set(connection: Connection, key: int, **values: Any) -> None:
    connection.execute(update(Trial).where(Trial.id == key).values(**values))


def _upsert_epoch(connection: Connection, key: int, epoch: int, values: Mapping[str, Any]) -> None:
    where = (Epoch.trial_id == key, Epoch.epoch == epoch)
    if not connection.execute(update(Epoch).where(*where).values(**values)).rowcount:
        connection.execute(insert(Epoch).values(trial_id=key, epoch=epoch, **values))
