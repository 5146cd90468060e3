"""A changed space: a new study that begins with what the old one's trials are still worth."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from automl.arch import Summary, summarize
from automl.errors import SpaceError
from automl.events import Events
from automl.files import whole_file
from automl.jobs import TrainingSettings
from automl.run.command import Before
from automl.run.session import Session
from automl.search.checkpoints import KEPT, Checkpoints
from automl.search.deciders import Transcript, TrialDecider, replay
from automl.search.sampling import make_random_sampler
from automl.space import Candidate, Decider, ReplayDecider
from automl.study import EpochRecord, Study, StudyReader, TrialDetail, TrialDraft, TrialOutcome, TrialRecord

# So many old trials whose network or training is another one now are queued, the best first: good points to start from.
# More would spend the new study's time on the past.
QUEUED = 10


def adopt(session: Session, before: Before, events: Events) -> tuple[Session, Study]:
    """Give the run a new study that knows the trials of an old one.

    An old trial is taken over when by its parameters the new space means the same network and the same training: it is
    told with the values it had, and not trained again. Of the others the best are queued, as far as the new space knows
    their parameters. A study whose adoption was cut short is not gone on with: the next session makes another.

    Args:
        session: With the new space.
        before: The old study.
        events: Is told what came of it.

    Returns:
        The session with the folder that names the new study, and that study.
    """
    command = session.command.model_copy(update={"adopting": before, "space_text": session.space.source})
    folder = session.folder.next_study(command=command.to_json())
    session = replace(session, folder=folder)
    with StudyReader.open(folder.path, study=before.study, storage=folder.storage) as old:
        records = old.trials(sort="value")
        valid = {record.number: found for record in records if (found := _still_valid(session, record)) is not None}
        study = session.create_study(adopting=before)
        try:
            numbers = {
                number: _tell_again(study, session, old.trial(number), old.epochs(number), before)
                for number in sorted(valid)
            }
            _copy_models(session, before, [record for record in records if record.number in valid], numbers)
            queued = sum(_queue(study, session, record) for record in _worth_another_try(records, valid))
            study.amend(budget_seconds=session.config.time_budget, command=session.command.to_json())
        except BaseException:
            study.close()
            raise
    trained = sum(record.trained for record in records)
    events.warning(
        f"the space has changed: in the new study {folder.study!r} {len(valid)} of {trained} trials are still valid, "
        f"and {queued} are tried once more"
    )
    return session, study


def _interpret(session: Session, decider: Decider) -> Candidate:
    inputs, heads = session.task.inputs(session.prepared), session.task.heads(session.prepared)
    return session.space.interpret(decider, inputs=inputs, heads=heads)


def _still_valid(session: Session, record: TrialRecord) -> Candidate | None:
    """What an old trial's parameters mean in the new space, when that is what was trained."""
    if record.state not in ("complete", "pruned") or not record.trained or record.value is None:
        return None
    try:
        candidate = _interpret(session, ReplayDecider(record.params))
        summary = summarize(candidate.architecture)
    except SpaceError:
        return None
    same_network = candidate.architecture.fingerprint == record.fingerprint
    same_training = _settled(session, candidate.training).model_dump(mode="json") == record.training
    return candidate if same_network and same_training and _allowed(session, summary) else None


def _allowed(session: Session, summary: Summary) -> bool:
    limits = session.config.limits
    costs = ((summary.parameters, limits.parameters), (summary.flops, limits.flops))
    within = all(limit is None or cost <= limit for cost, limit in costs)
    return within and not session.space.violations(summary)


def _settled(session: Session, training: TrainingSettings) -> TrainingSettings:
    settled = session.task.settle(training, session.prepared)
    longest = session.config.max_epochs or settled.epochs
    return settled.model_copy(update={"epochs": min(settled.epochs, longest)})


def _tell_again(study: Study, session: Session, old: TrialDetail, epochs: Sequence[EpochRecord], before: Before) -> int:
    """Tell an old trial to the new study from its beginning to its end; gives its number there."""
    transcript = replay(old.params)
    _interpret(session, transcript)
    study.enqueue(transcript.answers, proposed_by="adopted", seed=old.seed)
    trial = study.ask(make_random_sampler(0))  # which is quick, and asked nothing: all answers are given
    candidate = _interpret(session, TrialDecider(trial))
    said = {"params": candidate.params, "architecture": candidate.architecture.to_json(), "proposed_by": "adopted"}
    study.begin(trial.number, TrialDraft(**_draft(old) | said))
    for one in epochs:
        study.epoch(
            trial.number,
            epoch=one.epoch,
            metrics=_numbers(one.metrics),
            learning_rate=math.nan if one.learning_rate is None else one.learning_rate,
            seconds=math.nan if one.seconds is None else one.seconds,
            planned_epochs=old.planned_epochs,
        )
    outcome = _outcome(old)
    reason = "; ".join(filter(None, (f"trial {old.number} of study {before.study}", old.reason)))
    if old.state == "pruned":
        study.prune(trial.number, outcome, reason=reason)
    else:
        study.complete(trial.number, outcome, reason=reason)
    return trial.number


def _draft(old: TrialDetail) -> dict[str, Any]:
    names = ("fingerprint", "job_key", "parameters", "flops", "training", "description", "planned_epochs", "seed")
    return {name: getattr(old, name) for name in names}


def _outcome(old: TrialRecord) -> TrialOutcome:
    given: dict[str, Any] = {item.name: getattr(old, item.name) for item in fields(TrialOutcome)}
    return TrialOutcome(**given | {"metrics": _numbers(old.metrics)})


def _numbers(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """Metrics as they were reported: what no database keeps was not finite."""
    return {name: math.nan if value is None else value for name, value in metrics.items()}


def _copy_models(session: Session, before: Before, adopted: Iterable[TrialRecord], numbers: Mapping[int, int]) -> None:
    """Copy the model files of the best adopted trials, ``adopted`` being in that order."""
    old = Checkpoints(session.folder.path / before.models, session.objective)
    new = Checkpoints(session.folder.checkpoints, session.objective)
    there = [record.number for record in adopted if record.state == "complete" and old.model(record.number).is_file()]
    for number in there[:KEPT]:
        with whole_file(new.model(numbers[number])) as aside:
            shutil.copyfile(old.model(number), aside)


def _worth_another_try(records: Sequence[TrialRecord], valid: Mapping[int, Candidate]) -> list[TrialRecord]:
    """Those that were training when the search ended, then the best of those that cannot be taken over."""
    again = {record.parent for record in records if record.state == "queued"}  # second tries: what they try once more
    cut_short = [
        r for r in records if r.state in ("running", "paused") or (r.state == "orphaned" and r.number in again)
    ]
    changed = [r for r in records if r.state in ("complete", "pruned") and r.trained and r.number not in valid]
    return [*cut_short, *changed][:QUEUED]


def _queue(study: Study, session: Session, record: TrialRecord) -> bool:
    """Queue an old trial's parameters, and say whether the new space knows them."""
    transcript: Transcript = replay(record.params)
    try:
        _interpret(session, transcript)
    except SpaceError:
        return False
    study.enqueue(transcript.answers, proposed_by="adopted")
    return True
