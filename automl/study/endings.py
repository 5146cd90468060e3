"""How a trial of a study ends, or stops for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.failures import POLICIES
from automl.study.ledger import Ledger, merge
from automl.study.lookups import Lookups
from automl.study.optuna_side import OptunaSide
from automl.study.records import finite
from automl.study.trial_records import TrialOutcome, TrialRecord

_NO_OUTCOME = TrialOutcome()


class Endings(Lookups):
    """The ends of a study's trials. Each writes our row first and then tells Optuna."""

    def __init__(self, ledger: Ledger, optuna: OptunaSide) -> None:
        super().__init__(ledger)
        self._optuna = optuna

    def complete(self, number: int, outcome: TrialOutcome, *, reason: str = "") -> TrialRecord:
        """Record a trial that trained as long as it should.

        Without a finite value (neither in the outcome nor after any epoch) nothing can be compared, so the trial is
        recorded as failed with kind ``nan_loss``: look at the record's state.

        Raises:
            ValueError: The trial is not running.
        """
        value, fields = self._merge(number, outcome)
        if value is not None:
            return self._end(number, "complete", value=value, reason=reason, **fields)
        message = f"{self.run.objective} was never a finite number"
        failure = {"failure_message": message, "failure_advice": POLICIES["nan_loss"].advice}
        return self._end(number, "failed", value=None, reason=message, failure_kind="nan_loss", **failure, **fields)

    def prune(self, number: int, outcome: TrialOutcome, *, reason: str) -> TrialRecord:
        """Record a trial that was stopped because others promise more; Optuna learns its last epoch's value.

        Raises:
            ValueError: The trial is not running.
        """
        value, fields = self._merge(number, outcome)
        return self._end(number, "pruned", value=value, reason=reason, **fields)

    def infeasible(
        self, number: int, *, reason: str, violations: Mapping[str, float] | None = None, kind: str = "build_error"
    ) -> TrialRecord:
        """Record a trial that must not be trained: its layers do not fit together or it is too large.

        Args:
            number: Of the trial.
            reason: Which, and by how much.
            violations: By how much each limit is passed, best as a share of it (``value / limit - 1``); the sampler
                takes the smaller sum for the better. None where it is not a matter of degree.
            kind: ``too_large`` or ``build_error``.

        Raises:
            ValueError: The trial is not running.
        """
        passed = {name: max(finite(excess) or 1.0, 1e-9) for name, excess in (violations or {"feasible": 1.0}).items()}
        return self._end(number, "infeasible", value=None, reason=reason, violations=passed, failure_kind=kind)

    def duplicate(self, number: int, of: TrialRecord) -> TrialRecord:
        """Record a trial that need not be trained because an equal one was; it has that one's value.

        Raises:
            ValueError: The trial is not running, or the other has no value.
        """
        if of.value is None:
            raise ValueError(f"trial {of.number} has no value that trial {number} could have too")
        reason = f"the same network and training as trial {of.number}"
        return self._end(number, "duplicate", value=of.value, duplicate_of=of.number, reason=reason, metrics=of.metrics)

    def fail(
        self,
        number: int,
        *,
        kind: str,
        message: str,
        advice: str = "",
        traceback: str = "",
        outcome: TrialOutcome = _NO_OUTCOME,
    ) -> TrialRecord:
        """Record a trial that went wrong; it has no value, and the sampler learns nothing from it.

        Raises:
            ValueError: The trial is not running.
        """
        _, fields = self._merge(number, outcome)
        failure = {"failure_message": message, "failure_advice": advice, "failure_traceback": traceback}
        return self._end(
            number, "failed", value=None, reason=f"{kind}: {message}", failure_kind=kind, **failure, **fields
        )

    def pause(self, number: int, outcome: TrialOutcome, *, reason: str = "", resting: bool = False) -> TrialRecord:
        """Record that a running trial stops for now, to be continued; to Optuna it goes on running.

        Args:
            number: Of the trial.
            outcome: What it gave so far.
            reason: Why.
            resting: Whether others promise more: samplers then take it for one that was pruned.

        Raises:
            ValueError: The trial is not running.
        """
        value, fields = self._merge(number, outcome)
        if resting:
            self._optuna.rest(number)
        return self._ledger.change(number, ("running",), state="paused", value=value, reason=reason, **fields)

    def unpause(self, number: int) -> TrialRecord:
        """Record that a paused trial is running again.

        Raises:
            ValueError: The trial is not paused.
        """
        self._optuna.rest(number, resting=False)
        return self._ledger.change(number, ("paused",), state="running", reason="")

    def discard(self, number: int) -> TrialRecord:
        """Record that a paused trial does not go on; Optuna learns its last epoch's value.

        Raises:
            ValueError: The trial is not running or paused.
        """
        return self._end(number, "pruned")

    def resting(self, number: int) -> None:
        """Say of a trial that an earlier session paused that others promise more, as ``pause`` does."""
        self._optuna.rest(number)

    def _merge(self, number: int, outcome: TrialOutcome) -> tuple[float | None, dict[str, Any]]:
        reached = self._ledger.reached(number)
        value = reached.value if outcome.value is None else outcome.value
        return finite(value), merge(outcome, reached.epochs, reached.planned_epochs, reached.best_epoch)

    def _end(self, number: int, state: str, **values: Any) -> TrialRecord:
        record = self._ledger.end(number, state, **values)
        self._optuna.tell(number, record.state, record.value, record.violations)
        return record
