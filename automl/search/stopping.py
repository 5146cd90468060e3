"""Why no further trial starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from automl.errors import SearchError
from automl.failures import Failure
from automl.search.disk import Disk
from automl.search.interrupt import Interrupt
from automl.search.plan import TrialCost
from automl.search.rules import Rules
from automl.search.tally import Tally
from automl.study import TrialRecord

# Proposals in a row that were infeasible or known: the space has nothing new within reach.
EXHAUSTED = 100
# What is said of the search that ends as it was asked to.
ALL_DONE = "all trials are done"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a search stops.

    Attributes:
        text: In words.
        advice: What the person can do about it; empty where there is nothing to be done.
        waiting: Whether trials that wait on a rung may go on all the same.
        disk: Whether it is a matter of space.
        time: Whether it is a matter of time.
    """

    text: str
    advice: str = ""
    waiting: bool = False
    disk: bool = False
    time: bool = False


class Stopping:
    """Says when a search has to stop.

    Args:
        rules: What was asked for.
        tally: What the trials so far say; it changes while the search goes on.
        interrupt: Whether somebody wants it to end.
    """

    def __init__(self, rules: Rules, tally: Tally, interrupt: Interrupt) -> None:
        self._rules, self._tally, self._interrupt = rules, tally, interrupt
        self._disk = Disk(rules.run_dir, rules.limits.disk)

    def reason(
        self, *, running: int, best: TrialCost | None, waiting: int = 0, obstacle: Failure | None = None
    ) -> Reason | None:
        """Why no trial starts beside ``running`` others, or None where one may.

        Args:
            running: Trials that train.
            best: The best trial's cost, or what is expected of the first.
            waiting: Trials that wait on a rung.
            obstacle: What cut a trial off and would cut off the next one.
        """
        rules, tally = self._rules, self._tally
        if self._interrupt.requested:
            return Reason(self._interrupt.reason)
        if (reason := self._hopeless(obstacle)) is not None:
            return reason
        if text := self._disk.full():
            return Reason(text, self._disk.advice, disk=True)
        if rules.max_trials is not None and tally.trained + running + waiting >= rules.max_trials:
            return Reason(ALL_DONE, waiting=True)
        if tally.rejected >= EXHAUSTED:
            text = f"the space has nothing new: {EXHAUSTED} proposals in a row were known or infeasible"
            return Reason(text, waiting=True)
        return self._out_of_time(running, best)

    def look_again(self) -> None:
        """Something was removed from the disk."""
        self._disk.look_again()

    def _hopeless(self, obstacle: Failure | None) -> Reason | None:
        if obstacle is not None:
            return Reason(f"a trial was cut off: {obstacle.message}", obstacle.advice)
        text, failure = self._tally.hopeless(), self._tally.failure
        return Reason(text, "" if failure is None else failure.failure_advice) if text else None

    def _out_of_time(self, running: int, best: TrialCost | None) -> Reason | None:
        remaining = self._rules.clock.remaining()
        if self._rules.plan.trial_seconds(remaining, best) == 0:
            return Reason("the rest of the time is for the final training", waiting=True, time=True)
        if best is None and remaining <= 0 and (running or self._tally.failed):
            return Reason("the time is over")  # the plan would go on granting every trial its least
        return None


def nothing_found(reason: Reason, records: Iterable[TrialRecord]) -> SearchError:
    """What to say when there is no model to deliver."""
    bad = [record for record in records if record.state in ("failed", "infeasible")]
    reasons = Counter(f"{r.state}: {r.failure_message or r.reason}" for r in bad)
    lines = [f"  {count} x {text}" for text, count in reasons.most_common(5)]
    advice = reason.advice or next((r.failure_advice for r in bad if r.failure_advice), "")
    if not lines and not reason.advice:
        return SearchError(f"no trial was finished ({reason.text}); give the search more time", out_of_time=True)
    head = f"no trial succeeded ({reason.text}){':' if lines else ''}"
    text = "\n".join([head, *lines, f"what to do: {advice or 'look at `automl trials RUN`'}"])
    return SearchError(text, out_of_trials=reason.text == ALL_DONE)
