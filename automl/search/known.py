"""What proposers are told of a study, read from its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.search.proposers import History, Known, training_key
from automl.search.tally import in_order
from automl.study import ENDED, TrialRecord

if TYPE_CHECKING:
    import optuna

    from automl.study import Study

_FAILED = ("failed", "infeasible")
_VALUED = ("complete", "pruned", "paused")


class Memory:
    """The records of a study; of those that are over each is read once.

    Args:
        study: Whose records.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._sign = 1.0 if study.run.direction == "maximize" else -1.0
        self._records: dict[int, TrialRecord] = {}
        self._known: dict[int, Known] = {}

    def history(self, *, unknown: int | None, view: optuna.Study | None) -> History:
        """What is known now.

        Args:
            unknown: Number of a trial whose end nobody must know.
            view: What samplers of Optuna work on.
        """
        still = [number for number, record in self._records.items() if record.state not in ENDED]
        for record in self._study.news(max(self._records, default=-1), still):
            self._records[record.number] = record
            self._known.pop(record.number, None)
        there = [r for r in in_order(self._records.values()) if r.state not in ("orphaned", "queued")]
        return History(tuple(self._pending(r) if r.number == unknown else self._of(r) for r in there), view)

    def is_over(self, number: int) -> bool:
        """Whether a trial's end is recorded."""
        return self._records[number].state in ENDED

    def _of(self, record: TrialRecord) -> Known:
        if record.number not in self._known:
            self._known[record.number] = self._read(record)
        return self._known[record.number]

    def _read(self, record: TrialRecord) -> Known:
        if record.state in _VALUED and record.value is not None:
            return Known(record.number, record.params, "judged", self._sign * record.value, _key(record))
        if record.state in ENDED:
            # What is infeasible and came this far was too slow, for example: bad, and worth learning from.
            return Known(
                record.number, record.params, "failed" if record.state in _FAILED else "rejected", None, _key(record)
            )
        return self._pending(record)

    def _pending(self, record: TrialRecord) -> Known:
        return Known(record.number, record.params, "pending", None, _key(record))


def _key(record: TrialRecord) -> str:
    if record.fingerprint is None or record.training is None:
        return ""
    return training_key(record.fingerprint, record.training)
