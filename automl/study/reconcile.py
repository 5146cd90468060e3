"""Making both halves of a study agree after a crash.

Our row is written first, then Optuna is told. So a trial that our table says is ended and Optuna takes for running
was recorded and not yet told: tell it now. A trial that is ended in neither belonged to a process that is gone.
"""

from __future__ import annotations

from automl.study import rows
from automl.study.ledger import Ledger
from automl.study.optuna_side import OptunaSide
from automl.study.records import ENDED

_GONE = "the process that searched went away while it ran"


def reconcile(ledger: Ledger, optuna: OptunaSide) -> tuple[int, ...]:
    """Tell what was recorded and not told, and give the numbers of the trials found abandoned."""
    with ledger.writing() as connection:
        known = {trial.number: trial for trial in rows.list_trials(connection, rows.light(ledger.run.id))}
    running = optuna.running()
    left = {n for n, trial in known.items() if trial.state == "running"}
    orphans = []
    for number in sorted(left | running.keys()):
        trial = known.get(number)
        if trial is not None and trial.state == "paused":
            continue
        if trial is not None and trial.state in ENDED:
            optuna.tell(number, trial.state, trial.value, trial.violations)
            continue
        ledger.orphan(number, optuna.trial_id(number), _GONE)
        optuna.tell(number, "orphaned", None, {})
        orphans.append(number)
    return tuple(orphans)
