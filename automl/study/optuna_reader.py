"""Optuna's half of a study, for reading: what its evaluators and pictures need, and nothing that writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import optuna
from optuna.importance import (
    BaseImportanceEvaluator,
    FanovaImportanceEvaluator,
    PedAnovaImportanceEvaluator,
    get_param_importances,
)
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from automl.errors import ConfigError, StudyError, did_you_mean
from automl.study.database import explained, reading_options
from automl.study.importance import FEWEST
from automl.study.optuna_side import quiet_optuna
from automl.study.urls import shown_url

METHODS: Sequence[str] = ("ped-anova", "fanova")


@contextmanager
def optuna_study(url: str, name: str) -> Iterator[optuna.Study]:
    """Optuna's study of that name, on a connection that cannot write; no table is created.

    Raises:
        StudyError: It cannot be read.
    """
    with explained(f"cannot read {shown_url(url)}"), quiet_optuna():
        engine_url, options = reading_options(url)
        storage = RDBStorage(engine_url, engine_kwargs=options, skip_table_creation=True)
        try:
            yield optuna.load_study(study_name=name, storage=storage)
        except KeyError:
            raise StudyError(f"Optuna's half of study {name!r} is not in {shown_url(url)}") from None
        finally:
            storage.remove_session()
            storage.engine.dispose()


def optuna_importance(url: str, name: str, method: str = "ped-anova") -> dict[str, float]:
    """Shares by parameter as Optuna's evaluators find them, the largest first.

    Args:
        url: Of the database.
        name: Of the study.
        method: ``ped-anova`` (Watanabe et al., 2023): which parameters the best tenth of the trials owes its place to,
            those of branches included. ``fanova`` (Hutter et al., 2014): shares of the variance of all values, by the
            parameters that every complete trial has.

    Returns:
        Nothing where fewer than five trials are complete, or where no parameter differs.

    Raises:
        ConfigError: There is no such method.
        StudyError: The study cannot be read.
    """
    if method not in METHODS:
        raise ConfigError(f"there is no method {method!r}; {did_you_mean(method, METHODS)}")
    with optuna_study(url, name) as study:
        complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if len(complete) < FEWEST or len({trial.value for trial in complete}) == 1:
            return {}
        evaluator: BaseImportanceEvaluator = (
            PedAnovaImportanceEvaluator() if method == "ped-anova" else FanovaImportanceEvaluator(seed=0)
        )
        found = get_param_importances(study, evaluator=evaluator)
    return {name: share for name, share in found.items() if share > 0}
