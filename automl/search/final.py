"""The final model: the best networks once more, on all rows, and joined where there are several."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl.errors import SearchError
from automl.events import Events
from automl.failures import Failure
from automl.jobs import TrialResult
from automl.search.ensemble import Chosen, Member, join_job, run_alone
from automl.search.refit import name_of, refit_jobs, run_jobs
from automl.search.rules import Rules
from automl.search.winner import Winner

if TYPE_CHECKING:
    from automl.execution import Executor
    from automl.search.interrupt import Interrupt


@dataclass(frozen=True, slots=True)
class Part:
    """A network in the model to deliver.

    Attributes:
        member: What was chosen.
        file: Its ``.keras`` file.
        refit: Whether it was trained on all rows; otherwise it is its trial's own.
        epochs: Epochs it was trained for.
    """

    member: Member
    file: Path
    refit: bool
    epochs: int


@dataclass(frozen=True, slots=True)
class FinalModel:
    """The model to deliver.

    Attributes:
        model_file: A ``.keras`` file.
        refit: Whether every network in it was trained on all rows; otherwise some or all are their trials' own.
        epochs: Epochs they were trained for, at the most.
        metrics: Of what was validated, on the validation rows.
        parts: The networks in it; one may have been made by an earlier session, which none is known of.
        value: The objective among the metrics.
        parameters: Of all networks together; None: as many as the trial's.
    """

    model_file: Path
    refit: bool
    epochs: int
    metrics: Mapping[str, float]
    parts: tuple[Part, ...] = ()
    value: float = math.nan
    parameters: int | None = None


def train_final(
    chosen: Chosen | Winner,
    rules: Rules,
    *,
    executor: Executor,
    events: Events,
    interrupt: Interrupt,
    delivered: FinalModel | None = None,
) -> FinalModel:
    """Train the chosen networks on training plus validation rows; where that cannot be, deliver the trials' own.

    Epochs follow from a trial's best epoch (see :func:`automl.search.plan.final_epochs`) and from the time left, and
    the learning-rate schedule is fitted to them. Several networks train at the same time where there are workers for
    them. What an earlier session began is gone on with. A training that fails, is not finite, is late, or is worse on
    the rows it was trained on than the network it would replace, is discarded for that one.

    Args:
        chosen: What is to be trained, or the best trial alone.
        rules: What to obey.
        executor: Where it is trained.
        events: Who watches.
        interrupt: Whether to end.
        delivered: What an earlier session made of the same networks with all rows; it is better than the trials' own.

    Raises:
        SearchError: A trial's own network is to be delivered, and its model is gone or torn.
    """
    if isinstance(chosen, Winner):
        chosen = Chosen.alone(chosen)
    winner, members = chosen.members[0].trial, chosen.members
    if interrupt.requested:
        return delivered or _own(winner)
    jobs = refit_jobs(members, rules, executor.capacity)
    results, obstacle = dict[str, TrialResult](), None
    if jobs:
        events.final_started(jobs[0].training.epochs)
        results, obstacle = run_jobs(jobs, executor, events, interrupt)
    found = [
        _part(
            member, results.get(name_of(place)), obstacle, events, rules, place=place, delivered=delivered is not None
        )
        for place, member in enumerate(members, start=1)
    ]
    parts = [part for part in found if part is not None]
    if winner.folds:  # a fold's network knows scales of its own, and cannot be joined with one of all rows
        parts = [part for part in parts if part.refit] or parts[:1]
    paused = any(result.status == "paused" for result in results.values())
    if (delivered is not None or paused) and not all(part.refit for part in parts):
        return delivered or _own(winner)
    return _joined(chosen, parts, rules, executor, events, interrupt)


def _part(
    member: Member,
    result: TrialResult | None,
    obstacle: Failure | None,
    events: Events,
    rules: Rules,
    *,
    place: int,
    delivered: bool,
) -> Part | None:
    """What came of a member: its final training, or its trial's own network; None: neither."""
    if result is not None:
        why = _discarded(result, obstacle)
        if not why and result.model_file is not None:
            return Part(member, Path(result.model_file), refit=True, epochs=result.epochs)
        if why and (result.status != "paused" or obstacle is not None):
            instead = "the model of an earlier session" if delivered else "the best trial's own model"
            which = "the final training" if place == 1 else f"the final training of network {place}"
            rest = "it is left out" if member.again else f"{instead} is delivered"
            events.warning(f"{which} failed ({why}); {rest}")
        half = rules.checkpoints / f"{name_of(place)}.keras"  # must not lie beside the models of whole trainings
        half.unlink(missing_ok=True)
    if member.again:
        return None
    return Part(member, member.trial.model_file, refit=False, epochs=member.trial.best_epoch)


def _discarded(result: TrialResult, obstacle: Failure | None) -> str:
    """Why a final training is not delivered; empty where it is."""
    failure = result.failure or obstacle
    if result.status != "complete" or result.model_file is None:
        return "it was interrupted" if failure is None else failure.message
    if not all(math.isfinite(value) for value in result.metrics.values()):
        return "its loss is not finite"
    compared = result.comparison
    if compared is not None and compared.worse:
        return f"on rows it was trained on its loss is {compared.loss:.4g}, and before it was {compared.before:.4g}"
    return ""


def _joined(
    chosen: Chosen,
    parts: Sequence[Part],
    rules: Rules,
    executor: Executor,
    events: Events,
    interrupt: Interrupt,
) -> FinalModel:
    """One model of the parts; where they cannot be joined, the heaviest of them."""
    whole = [part for part in parts if zipfile.is_zipfile(part.file)]
    if not whole:
        return _own(chosen.members[0].trial)
    if len(whole) > 1:
        result = run_alone(join_job([(part.member, part.file) for part in whole], rules), executor, events, interrupt)
        if result.model_file is not None and result.failure is None:
            return FinalModel(
                Path(result.model_file),
                refit=all(part.refit for part in whole),
                epochs=max(part.epochs for part in whole),
                metrics=chosen.metrics,
                parts=tuple(whole),
                value=chosen.value,
                parameters=result.parameters,
            )
        why = "no reason is known" if result.failure is None else result.failure.message
        events.warning(f"the {len(whole)} networks cannot be joined ({why}); the best of them is delivered alone")
    best = whole[0]
    return replace(_alone(best.member.trial, best.file, refit=best.refit, epochs=best.epochs), parts=(best,))


def _own(winner: Winner) -> FinalModel:
    """The best trial's own network."""
    if not zipfile.is_zipfile(winner.model_file):
        what = "torn in" if winner.model_file.is_file() else "gone from"
        raise SearchError(
            f"the model of trial {winner.number}, the best one, is {what} {winner.model_file}; "
            "continue the search without a time limit, so that it is trained again"
        )
    return _alone(winner, winner.model_file, refit=False, epochs=winner.best_epoch)


def _alone(trial: Winner, file: Path, *, refit: bool, epochs: int) -> FinalModel:
    part = Part(Member(trial, 1, trial.seed), file, refit, epochs)
    return FinalModel(file, refit, epochs, trial.metrics, (part,), trial.value)
