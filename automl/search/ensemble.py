"""Which networks answer together in the final model, chosen by what they say of the validation rows."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl.config import Limits
from automl.jobs import DataRef, EnsembleJob, MemberRef, TrialResult, answers_file
from automl.search.rules import TICK, Rules
from automl.search.winner import Winner

if TYPE_CHECKING:
    from automl.events import Events
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt
    from automl.study import Study

# Two workers train two networks in the time of one; more take time from each other, or from the search.
USUAL = 2
# Seconds that choosing or joining may take before it is taken for hanging.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Member:
    """A network of the final model.

    Attributes:
        trial: The trial it comes from.
        weight: How much its answers count.
        seed: Of its final training.
        again: Whether it is another network of that trial's, with another seed, which only a final training makes.
    """

    trial: Winner
    weight: int
    seed: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to become the final model.

    Attributes:
        members: The best trial first, those that are only made by a final training last.
        metrics: Of the trials' own networks together, on the validation rows.
        value: The objective among them.
    """

    members: tuple[Member, ...]
    metrics: Mapping[str, float]
    value: float

    @classmethod
    def alone(cls, winner: Winner) -> Chosen:
        """The best trial alone."""
        return cls((Member(winner, 1, winner.seed),), winner.metrics, winner.value)


def usual_size(workers: int, limits: Limits) -> int:
    """How many networks a final model has where nobody said it: as many as train at the same time, at most two.

    Whoever limits how large a network is wants one.

    >>> usual_size(1, Limits()), usual_size(4, Limits()), usual_size(4, Limits(parameters=1000))
    (1, 2, 1)
    """
    limited = limits.parameters is not None or limits.flops is not None
    return 1 if limited else max(1, min(USUAL, workers))


def choose_members(
    winner: Winner, study: Study, rules: Rules, *, executor: Executor, events: Events, interrupt: Interrupt
) -> Chosen:
    """Choose at most ``rules.ensemble`` trials, and how much each counts, by greedy selection on the validation rows.

    Where fewer are better than as many as may be, and all are trained again anyway, the heaviest ones are trained more
    than once, each time with another seed, and share their weight.
    """
    chosen = Chosen.alone(winner)
    if rules.ensemble <= 1 or interrupt.requested:
        return chosen
    candidates = [winner, *_others(winner, study, rules)]
    if len(candidates) > 1:
        job = EnsembleJob(
            job_id="choose",
            task=rules.task,
            data=DataRef(directory=str(rules.data)),
            objective=rules.objective,
            members=tuple(map(reference, candidates)),
            most=rules.ensemble,
            timeout=PATIENCE,
        )
        result = run_alone(job, executor, events, interrupt)
        if result.failure is None:
            chosen = _chosen(candidates, result, rules)
    return chosen if rules.refit is False else replace(chosen, members=filled(chosen.members, rules.ensemble))


def reference(trial: Winner) -> MemberRef:
    """A trial's own network, for a job."""
    return MemberRef(
        architecture=trial.architecture.to_json(),
        layers=trial.architecture.origins,
        model_file=str(trial.model_file),
        epoch=trial.best_epoch,
    )


def run_alone(job: EnsembleJob, executor: Executor, events: Events, interrupt: Interrupt) -> TrialResult:
    """Run a job while no other runs."""
    executor.submit(job)
    while True:
        interrupt.acknowledge(events)
        for event in executor.poll(TICK):
            if isinstance(event, TrialResult):
                return event


def _others(winner: Winner, study: Study, rules: Rules) -> list[Winner]:
    """Complete trials beside the winner whose models and answers are there, the best first."""
    sign = -1.0 if rules.objective.direction == "maximize" else 1.0
    complete = [r for r in study.trials() if r.state == "complete" and r.value is not None and math.isfinite(r.value)]
    files = {record.number: rules.checkpoints / f"trial-{record.number}.keras" for record in complete}
    ranked = sorted(complete, key=lambda record: (sign * (record.value or 0.0), record.number))
    there = [r.number for r in ranked if files[r.number].is_file() and answers_file(files[r.number]).is_file()]
    return [Winner.of(study.detail(number), files[number]) for number in there if number != winner.number]


def _chosen(candidates: Sequence[Winner], result: TrialResult, rules: Rules) -> Chosen:
    members = [
        Member(trial, weight, trial.seed)
        for trial, weight in zip(candidates, result.weights, strict=True)
        if weight > 0
    ]
    if len(members) == 1:
        return Chosen.alone(members[0].trial)
    value = result.metrics[rules.objective.metric]
    return Chosen(tuple(members), result.metrics, value)


def filled(members: Sequence[Member], size: int) -> tuple[Member, ...]:
    """As many members as there may be: the heaviest ones more than once.

    Each time another copy is made of the member whose copies are the heaviest.
    """
    copies = Counter(range(len(members)))
    while copies.total() < size:
        heaviest = max(copies, key=lambda place: members[place].weight / copies[place])
        copies[heaviest] += 1
    common = math.lcm(*copies.values())
    shared = [(member, member.weight * common // copies[place], copies[place]) for place, member in enumerate(members)]
    divisor = math.gcd(*(weight for _, weight, _ in shared))
    found = [
        replace(member, weight=weight // divisor, seed=_seed(member.seed, copy), again=copy > 0)
        for member, weight, count in shared
        for copy in range(count)
    ]
    return tuple(sorted(found, key=lambda member: member.again))


def _seed(seed: int, copy: int) -> int:
    if not copy:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed}/{copy}".encode()).digest()[:4], "big")


def join_seconds(members: Iterable[Member]) -> float:
    """Seconds to keep for joining members: each is built once more and read, and the whole is written."""
    return 0.5 + sum(0.5 * member.trial.cost.build_seconds for member in members)


def join_job(members: Sequence[tuple[Member, Path]], rules: Rules) -> EnsembleJob:
    """The job that makes one model of members' files."""
    parts = [
        reference(member.trial).model_copy(update={"model_file": str(file), "weight": member.weight})
        for member, file in members
    ]
    return EnsembleJob(
        job_id="join",
        task=rules.task,
        data=DataRef(directory=str(rules.data)),
        objective=rules.objective,
        members=tuple(parts),
        timeout=PATIENCE,
        model_file=str(rules.checkpoints / "final-joined.keras"),
    )
