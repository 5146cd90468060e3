"""The final trainings: which are worth it, their jobs, and how they go."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

from automl.events import Events
from automl.failures import Failure
from automl.jobs import DataRef, EpochReport, Reply, TrialJob, TrialResult
from automl.search.attempts import Attempts
from automl.search.ensemble import Member, join_seconds
from automl.search.plan import PATIENCE
from automl.search.rules import TICK, Rules
from automl.search.winner import Winner

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt

# With less than this share of the steps that made the winner, more rows do not make up for less training.
ENOUGH_STEPS = 0.8


def name_of(place: int) -> str:
    """Of a member's final training: ``final``, ``final-2``, ..."""
    return "final" if place == 1 else f"final-{place}"


def refit_jobs(members: Sequence[Member], rules: Rules, capacity: int) -> list[TrialJob]:
    """The final trainings that are worth it in the time there is.

    More than fit on the workers take turns and share the time. Where it is too short for all of them, the first ones
    train; where they must (``rules.refit``), all of them do.
    """
    remaining, capacity = rules.clock.remaining(), max(1, capacity)
    limit = rules.plan.final_limit(remaining)
    closing = join_seconds(members) if len(members) > 1 else 0.0
    numbered = list(enumerate(members, start=1)) if rules.refit is not False else []
    for rounds in range(math.ceil(len(members) / capacity), 0, -1):
        seconds = None if limit is None else max(0.0, (limit - closing) / rounds)
        turn = [
            (place, m) for place, m in numbered[: rounds * capacity] if rules.refit or _worthwhile(m.trial, seconds)
        ]
        if rules.refit or rounds == 1 or len(turn) > (rounds - 1) * capacity:
            return [_job(member, name_of(place), rules, seconds, remaining) for place, member in turn]
    return []


def _worthwhile(trial: Winner, seconds: float | None) -> bool:
    """Whether the time is enough for most of the steps that made a trial's network."""
    if seconds is None:
        return True
    steps_time = trial.train_seconds * trial.best_epoch / max(1, trial.epochs)
    return seconds >= trial.cost.build_seconds + ENOUGH_STEPS * steps_time


def _job(member: Member, name: str, rules: Rules, seconds: float | None, remaining: float) -> TrialJob:
    trial, state = member.trial, rules.checkpoints / f"{name}.state.npz"
    limits = [rules.plan.timeout(seconds, remaining, winner=True)]
    if rules.limits.trial_seconds is not None:  # more rows than a trial's take longer
        limits.append(rules.limits.trial_seconds * rules.plan.growth + PATIENCE)
    settings = {"epochs": trial.cost.epochs, "patience": None, "ema": trial.training.ema if trial.averaged else 0.0}
    return TrialJob(
        job_id=name,
        task=rules.task,
        architecture=trial.architecture.to_json(),
        training=trial.training.model_copy(update=settings),
        data=DataRef(directory=str(rules.data), rows="all"),
        objective=rules.objective,
        seed=member.seed,
        seconds=seconds,
        timeout=min((limit for limit in limits if limit is not None), default=None),
        model_file=str(rules.checkpoints / f"{name}.keras"),
        state_file=str(state),
        resume=state.is_file(),
        layers=trial.architecture.origins,
        rival=str(trial.model_file) if zipfile.is_zipfile(trial.model_file) else "",
    )


def run_jobs(
    jobs: Sequence[TrialJob], executor: Executor, events: Events, interrupt: Interrupt
) -> tuple[dict[str, TrialResult], Failure | None]:
    """The results by job, and what has to be put right before a training can go on."""
    asked = {job.job_id: job.training.batch_size for job in jobs}

    def retried(again: TrialJob, reason: str) -> None:
        batch = again.training.batch_size
        less = f"; now with batches of {batch}" if batch != asked[again.job_id] else ""
        events.trial_retried(None, reason + less)

    attempts = Attempts(
        executor, stopping=lambda: interrupt.requested, started=lambda _job, _worker: None, retried=retried
    )
    waiting, results = list(jobs), dict[str, TrialResult]()
    attempts.submit(waiting.pop(0))
    running = 1
    while running:
        while waiting and running < executor.capacity and not interrupt.requested:
            attempts.submit(waiting.pop(0))
            running += 1
        interrupt.acknowledge(events)
        for event in attempts.poll(TICK):
            if not isinstance(event, EpochReport):
                results[event.job_id] = event
                running -= 1
                continue
            attempts.reply(event.job_id, Reply(action="pause" if interrupt.requested else "continue"))
            if event.job_id == jobs[0].job_id:  # the others keep it company
                events.final_epoch_ended(event)
        if not running and waiting and not interrupt.requested:
            attempts.submit(waiting.pop(0))
            running += 1
    for job in waiting:
        results[job.job_id] = TrialResult(job_id=job.job_id, status="paused")
    return results, attempts.obstacle
