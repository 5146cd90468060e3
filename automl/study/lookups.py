"""What a search looks up in its own study."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from automl.study import rows
from automl.study.ledger import Ledger
from automl.study.records import RunRecord
from automl.study.tables import Epoch
from automl.study.tables import Trial as TrialRow
from automl.study.trial_records import TrialDetail, TrialRecord


class Lookups:
    """Questions to a study that is open for writing; each is one query on our own tables.

    Attributes:
        run: The search as it was when the study was opened.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.run: RunRecord = ledger.run

    def find_duplicate(self, job_key: str, *, paused: Collection[int] = ()) -> TrialRecord | None:
        """The trained trial with this key and a value: a complete one before a pruned one, then the first.

        Args:
            job_key: Of what is to be trained.
            paused: Numbers of paused trials that count, too.
        """
        waiting = (TrialRow.state == "paused") & TrialRow.number.in_(paused)
        query = rows.light(self.run.id).where(
            TrialRow.job_key == job_key,
            TrialRow.state.in_(("complete", "pruned")) | waiting,
            TrialRow.epochs >= 1,
            TrialRow.value.is_not(None),
        )
        with self._ledger.writing() as connection:
            found = rows.list_trials(connection, query.order_by(TrialRow.state, TrialRow.number).limit(1))
        return found[0] if found else None

    def best(self, *, paused: bool = False) -> TrialDetail | None:
        """The complete trial with the best value, with its architecture; None before there is one.

        Args:
            paused: Whether paused trials count too.
        """
        states = ("complete", "paused") if paused else ("complete",)
        with self._ledger.writing() as connection:
            return rows.find_best(connection, self.run.id, self.run.direction, states)

    def curves(self) -> dict[int, dict[int, float | None]]:
        """The objective of every epoch of every trial: number -> epoch -> value, None where it was not finite."""
        query = select(TrialRow.number, Epoch.epoch, Epoch.metrics).join(Epoch, Epoch.trial_id == TrialRow.id)
        query = query.where(TrialRow.run_id == self.run.id).order_by(TrialRow.number, Epoch.epoch)
        found: dict[int, dict[int, float | None]] = {}
        with self._ledger.writing() as connection:
            for number, epoch, metrics in connection.execute(query):
                found.setdefault(number, {})[epoch] = metrics.get(self.run.objective)
        return found

    def detail(self, number: int) -> TrialDetail:
        """Everything about one trial.

        Raises:
            ValueError: There is no such trial.
        """
        with self._ledger.writing() as connection:
            found = rows.find_detail(connection, self.run.id, number)
        if found is None:
            raise ValueError(f"there is no trial {number}")
        return found

    def details(self, *states: str) -> list[TrialDetail]:
        """Everything about the trials in these states, or about all, by number."""
        with self._ledger.writing() as connection:
            return rows.list_details(connection, self.run.id, states)

    def trials(self) -> list[TrialRecord]:
        """All trials by number, without their architectures."""
        with self._ledger.writing() as connection:
            return rows.list_trials(connection, rows.light(self.run.id).order_by(TrialRow.number))

    def news(self, after: int, among: Collection[int]) -> list[TrialRecord]:
        """The trials behind a number and some of those before, without their architectures, by number.

        Args:
            after: The number; -1 for all.
            among: Numbers that are wanted, too.
        """
        query = rows.light(self.run.id).where((TrialRow.number > after) | TrialRow.number.in_(among))
        with self._ledger.writing() as connection:
            return rows.list_trials(connection, query.order_by(TrialRow.number))

    def paused(self) -> list[TrialDetail]:
        """The paused trials, by number."""
        return self.details("paused")
