"""The report at the end of a search: in as much detail as the time is for."""

from __future__ import annotations

import logging
from pathlib import Path

from automl.errors import StudyError
from automl.report.write import Detail, write_report
from automl.study import StudyReader

log = logging.getLogger("automl.report")

# Seconds, measured on two slow cores with a study of 20 trials: most of it is importing scikit-learn and Matplotlib.
COSTS: dict[Detail, float] = {"kept": 3.0, "light": 1.5}
# A report may take this share of the budget beyond its end.
SHARE = 0.02


def detail_for(budget: float | None, used: float) -> Detail | None:
    """How much to tell of a search that has used so much of its budget, in seconds; None: there is time for nothing.

    >>> detail_for(None, 30), detail_for(600, 601), detail_for(60, 58.2), detail_for(10, 9.9)
    ('kept', 'kept', 'light', None)
    """
    if budget is None:
        return "kept"
    time = max(budget - used, SHARE * budget)
    return next((detail for detail, cost in COSTS.items() if cost <= time), None)


def write_at_end(run: Path, *, used: float, near: str, storage: str | None = None) -> Path | None:
    """Write ``report.html`` into the folder of a run that has just ended, if there is time for it.

    Args:
        run: The folder.
        used: Seconds of the budget that are over.
        near: What to call the folder in commands.
        storage: The database's URL, where the run's own lost its password.

    Returns:
        The file; None where there was no time, or where it failed, which is logged: a search is not lost over that.
    """
    try:
        with StudyReader.open(run, storage=storage) as study:
            detail = detail_for(study.run().budget_seconds, used)
        return None if detail is None else write_report(run, storage=storage, detail=detail, near=near)
    except (OSError, StudyError) as error:
        log.warning("the report could not be written: %s; automl report %s writes it again", error, near)
    except Exception as error:
        log.warning("the report failed (%s: %s); the model is whole", type(error).__name__, error)
        log.debug("where the report failed", exc_info=error)
    return None
