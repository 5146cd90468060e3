"""What the records of a study say about how to go on.

A running search adds each record as it is written, a continued one adds those of the study first: both know the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from automl.failures import POLICIES
from automl.search.halving import BEHIND
from automl.study import TrialRecord

# Trials in a row that failed in different ways: no kind of failure alone says that nothing will work.
FAILED_IN_A_ROW = 20

_RAN = ("complete", "pruned", "failed", "paused")
_REJECTED = ("infeasible", "duplicate")


@dataclass(slots=True)
class Tally:
    """The sum of the records so far.

    Attributes:
        trained: Trials that are over and trained at least one epoch.
        usual: Epochs the first complete trial was laid out for, which others are compared with.
        epochs: At most so many for later trials, since the clock shortened that first one's schedule; None where it
            did not.
        rejected: Proposals in a row that were infeasible or known.
        last: Number of the latest trial that was worth training; None after one that was not.
        failed: Trials in a row that failed.
        failed_alike: Trials in a row that failed like the last one.
        failure: The record of that one.
    """

    trained: int = 0
    usual: int | None = None
    epochs: int | None = None
    rejected: int = 0
    last: int | None = None
    failed: int = 0
    failed_alike: int = 0
    failure: TrialRecord | None = None

    @classmethod
    def of(cls, records: Iterable[TrialRecord]) -> Tally:
        """The tally of a study."""
        tally = cls()
        tally.restore(records)
        return tally

    def restore(self, records: Iterable[TrialRecord]) -> None:
        """Add all of a study's records.

        A search that had given up counts its failures anew: whoever continues it thinks that they are over.
        """
        for record in in_order(records):
            if record.state in _RAN:
                self.began(record.number)
            self.add(record)
        if self.hopeless():
            self.failed, self.failed_alike, self.failure = 0, 0, None

    def began(self, number: int) -> None:
        """A trial is worth training and is about to start."""
        self.last, self.rejected = number, 0

    def add_later(self, record: TrialRecord) -> None:
        """A trial is over that had waited on a rung: it counts, but its turn was when it began."""
        self.trained += record.trained
        if record.state == "complete" and self.usual is None:
            self._compare_with(record)

    def add(self, record: TrialRecord) -> None:
        """A trial is over and recorded, or waits on a rung; what was orphaned or interrupted says nothing."""
        if record.state in _REJECTED:
            self.rejected, self.last = self.rejected + 1, None
        elif record.state == "failed":
            self.trained += record.trained
            alike = self.failure is not None and record.failure_kind == self.failure.failure_kind
            self.failed_alike = self.failed_alike + 1 if alike else 1
            self.failed, self.failure = self.failed + 1, record
        elif record.state in ("complete", "pruned") or waits(record):
            self.trained += record.trained and record.state != "paused"
            self.failed, self.failed_alike, self.failure = 0, 0, None
            if record.state == "complete" and self.usual is None:
                self._compare_with(record)

    def hopeless(self) -> str:
        """Why no further trial would do better, judging by those that failed; empty while there is hope."""
        if self.failure is None:
            return ""
        kind = self.failure.failure_kind
        enough = next((policy.give_up for known, policy in POLICIES.items() if known == kind), FAILED_IN_A_ROW)
        if self.failed_alike < enough and self.failed < FAILED_IN_A_ROW:
            return ""
        which = "a trial failed" if self.failed == 1 else f"{self.failed} trials in a row failed, the last one"
        return f"{which} with: {self.failure.failure_message}"

    def _compare_with(self, record: TrialRecord) -> None:
        full = (record.training or {}).get("epochs", 0)
        self.usual = record.planned_epochs
        self.epochs = self.usual if self.usual is not None and self.usual < full else None


def waits(record: TrialRecord) -> bool:
    """Whether a trial waits on a rung for others to do worse."""
    return record.state == "paused" and record.reason.startswith(BEHIND)


def in_order(records: Iterable[TrialRecord]) -> list[TrialRecord]:
    """Records in the order in which an undisturbed search would have made them.

    A trial that tries once more what a process left behind when it went away stands in that one's place.
    """
    known = {record.number: record for record in records}

    def place(record: TrialRecord) -> tuple[int, int]:
        first = record
        while first.parent in known and known[first.parent].state == "orphaned":
            first = known[first.parent]
        return first.number, record.number

    return sorted(known.values(), key=place)
