"""Making both halves of a study agree after a crash.

Of an end our row is written first, then Optuna is told. So a trial that our table says is ended and Optuna takes for
running was recorded and not yet told: tell it now. A trial that is ended in neither belonged to a process that is gone:
its parameters are queued once more, as a trial of their own, and then it is told as orphaned. Of a trial that is queued
or begins Optuna learns first: one without a row came to nothing, and whoever made it makes it again.
"""

from __future__ import annotations

from collections.abc import Mapping

from optuna.trial import TrialState

from automl.study import rows
from automl.study.ledger import Ledger
from automl.study.optuna_side import OptunaSide
from automl.study.records import Orphan
from automl.study.trial_records import ENDED, TrialRecord

# So many in a row, each the other's second try, of which none got further than the one before: it would never end.
ENOUGH = 3


def reconcile(ledger: Ledger, optuna: OptunaSide) -> tuple[Orphan, ...]:
    """Tell what was recorded and not told, and queue what was abandoned once more."""
    with ledger.writing() as connection:
        known = {trial.number: trial for trial in rows.list_trials(connection, rows.light(ledger.run.id))}
    lost = [
        number for number in optuna.numbers(TrialState.WAITING) if optuna.queued_by_us(number) and number not in known
    ]
    orphans = []
    left = [number for number, trial in known.items() if trial.state == "running"]
    for number in sorted({*optuna.numbers(TrialState.RUNNING), *left, *lost}):
        trial = known.get(number)
        if trial is not None and trial.state == "paused":
            continue
        if trial is not None and trial.state in ENDED:
            optuna.tell(number, trial.state, trial.value, trial.violations)
            continue
        orphans.append(Orphan(number, _abandon(ledger, optuna, number, known)))
    optuna.arrange(ledger.second_tries())
    return tuple(orphans)


def _abandon(ledger: Ledger, optuna: OptunaSide, number: int, known: Mapping[int, TrialRecord]) -> int | None:
    trial, again, values = known.get(number), None, None
    if trial is not None and not _hopeless(trial, known):
        params = trial.params if trial.state == "queued" else optuna.params(number)
        again = optuna.enqueue(params, trial.proposed_by)
        fields = {"params": params, "proposed_by": trial.proposed_by, "parent": number, "seed": trial.seed}
        values = {"number": again, "key": optuna.trial_id(again), **fields}
    ledger.orphan(number, optuna.trial_id(number), values)
    optuna.tell(number, "orphaned", None, {})
    return again


def _hopeless(trial: TrialRecord, known: Mapping[int, TrialRecord]) -> bool:
    """Whether ``ENOUGH`` orphans in a row, this one the last, got no further than the one before."""
    chain = 1
    while trial.parent is not None and (before := known.get(trial.parent)) is not None:
        if before.state != "orphaned" or trial.epochs > before.epochs:
            break
        chain, trial = chain + 1, before
    return chain >= ENOUGH
