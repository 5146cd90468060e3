"""Where a search is kept: the run's folder, its database, and the one who may write to it.

``Study`` is the only writer and the only part that loads Optuna; ``StudyReader`` looks into the database of a search
that is over or still going on, and never changes it; ``RunFolder`` is the folder both belong to.

>>> from automl.study import TrialOutcome
>>> TrialOutcome(value=0.93, epochs=8, best_epoch=6).value
0.93
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from automl.study.records import ArtifactRecord, EpochRecord, Orphan, RunDraft, RunRecord
from automl.study.run_folder import RunFolder
from automl.study.trial_records import (
    ENDED,
    TRIAL_STATES,
    TrialDetail,
    TrialDraft,
    TrialLine,
    TrialOutcome,
    TrialRecord,
    TrialState,
)

if TYPE_CHECKING:
    from automl.study.listing import RunSummary, list_runs, list_studies
    from automl.study.optuna_side import quiet_optuna
    from automl.study.reader import StudyReader, study_names
    from automl.study.study import Study

__all__ = [
    "ENDED",
    "TRIAL_STATES",
    "ArtifactRecord",
    "EpochRecord",
    "Orphan",
    "RunDraft",
    "RunFolder",
    "RunRecord",
    "RunSummary",
    "Study",
    "StudyReader",
    "TrialDetail",
    "TrialDraft",
    "TrialLine",
    "TrialOutcome",
    "TrialRecord",
    "TrialState",
    "list_runs",
    "list_studies",
    "quiet_optuna",
    "study_names",
]

# SQLAlchemy takes half a second and Optuna one more: whoever only looks into a folder pays for neither.
_LATER = {
    "RunSummary": "listing",
    "Study": "study",
    "StudyReader": "reader",
    "list_runs": "listing",
    "list_studies": "listing",
    "quiet_optuna": "optuna_side",
    "study_names": "reader",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
