"""A study's records told as the events of its search, while it goes on elsewhere or after it."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport

if TYPE_CHECKING:
    from automl.study import StudyReader, TrialRecord
    from automl.study.records import EpochRecord

# Seconds to wait for the next epoch before the first look: the time used is written when one ends.
_FRESH = 2.0
# Seconds without any training after which that is told: the final training leaves no trace in the database.
_IDLE = 5.0
_IN_HAND = ("running", "queued")


class Follower:
    """Tells what is new in a study each time it looks.

    Args:
        reader: The study.
        run_dir: The run, as a person named it.
        events: Who listens.
    """

    def __init__(self, reader: StudyReader, run_dir: str, events: Events) -> None:
        self._reader, self._run_dir, self._events = reader, run_dir, events
        self._states: dict[int, str] = {}
        self._epochs: dict[int, int] = defaultdict(int)
        self._began = False
        self._busy = time.monotonic()
        self._told_idle = False

    def wait_for_news(self) -> None:
        """Wait a moment until the search has written how much time it has used."""
        known, until = self._reader.run().seconds_used, time.monotonic() + _FRESH
        while self._reader.run().seconds_used == known and time.monotonic() < until:
            time.sleep(_FRESH / 10)

    def look(self) -> None:
        """Read, and tell what has happened since the look before; at first everything there is."""
        records = self._reader.trials()
        curves: dict[int, list[EpochRecord]] = defaultdict(list)
        if not self._began:
            self._begin(records)
            for epoch in self._reader.epochs():
                curves[epoch.trial].append(epoch)
        for record in records:
            if record.number not in curves and record.epochs > self._epochs[record.number]:
                curves[record.number] = self._reader.epochs(record.number)
            self._tell(record, curves[record.number])
        self._look_for_rest(records)

    def _begin(self, records: Iterable[TrialRecord]) -> None:
        run = self._reader.run()
        self._began = True
        self._events.data_ready(run.data_summary)
        self._events.search_started(
            SearchStart(
                run_dir=self._run_dir,
                task=run.task,
                space=run.space_name,
                objective=run.objective,
                maximize=run.direction == "maximize",
                time_budget=run.budget_seconds,
                elapsed=run.seconds_used,
                max_trials=run.command.get("max_trials"),
                workers=max(1, run.command.get("workers") or len({r.worker for r in records if r.worker})),
                searching=run.seconds_used,
            )
        )

    def _tell(self, record: TrialRecord, epochs: Iterable[EpochRecord]) -> None:
        number, before = record.number, self._states.get(record.number)
        began = record.started is not None and record.state != "queued"
        if began and before in (None, "paused", "queued") and record.state != before:
            self._events.trial_started(number, record.description)
        for epoch in epochs:
            if epoch.epoch > self._epochs[number]:
                self._epochs[number] = epoch.epoch
                self._events.epoch_ended(number, _report(record, epoch))
        if record.state not in _IN_HAND and record.state != before:
            self._events.trial_ended(_end(record))
        self._states[number] = record.state

    def _look_for_rest(self, records: Iterable[TrialRecord]) -> None:
        """Say once that nothing trains any more that the database knows of."""
        now = time.monotonic()
        if any(record.state == "running" for record in records):
            self._busy, self._told_idle = now, False
        elif self._states and not self._told_idle and now - self._busy > _IDLE:
            self._told_idle = True
            self._events.stopping("no trial is training: the best network is trained once more, or the end is near")


def _report(record: TrialRecord, epoch: EpochRecord) -> EpochReport:
    return EpochReport(
        job_id=f"trial-{record.number}",
        epoch=epoch.epoch,
        planned_epochs=max(epoch.epoch, record.planned_epochs or 0),
        metrics={name: _number(value) for name, value in epoch.metrics.items()},
        learning_rate=_number(epoch.learning_rate),
        seconds=epoch.seconds or 0.0,
        best=epoch.epoch == record.best_epoch,
    )


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _end(record: TrialRecord) -> TrialEnd:
    return TrialEnd(
        number=record.number,
        state=record.state,
        value=record.value,
        epochs=record.epochs,
        seconds=record.total_seconds,
        parameters=record.parameters,
        reason=record.reason,
        description=record.description,
    )
