"""Optuna's half of a study: asking, reporting and telling, through its public interface only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from optuna.storages import RDBStorage
from optuna.trial import Trial, TrialState

from automl.errors import StudyError
from automl.study.database import engine_options, engine_url, explained, lock_early, refusal
from automl.study.records import Direction

_TOLD = {
    "complete": TrialState.COMPLETE,
    "duplicate": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "infeasible": TrialState.PRUNED,  # with a constraint: a sampler learns from it, from a failed trial it does not
    "failed": TrialState.FAIL,
    "orphaned": TrialState.FAIL,
}


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Keep Optuna's log lines and its warnings about experimental features from the person.

    >>> with quiet_optuna():
    ...     sampler = optuna.samplers.TPESampler(group=True, seed=0)
    """
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


class OptunaSide:
    """The Optuna study of one run, open for writing.

    Args:
        url: The database, where our own tables are already.
        name: The study's name.
        sampler: Proposes parameters; None for Optuna's own.
        pruner: Judges running trials; None for Optuna's own.
    """

    def __init__(self, url: str, name: str, sampler: BaseSampler | None, pruner: BasePruner | None) -> None:
        self._name = name
        self._sampler, self._pruner = sampler, pruner
        self._storage = _open_storage(url)
        self._verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._trials: dict[int, Trial] = {}
        self._steps: dict[int, set[int]] = {}

    def exists(self) -> bool:
        """Whether Optuna has a study of that name."""
        try:
            self._storage.get_study_id_from_name(self._name)
        except KeyError:
            return False
        return True

    def open(self, direction: Direction) -> None:
        """Open the study; make it when it is not there."""
        with _talking(f"cannot open study {self._name!r}"):
            self._study = optuna.create_study(
                storage=self._storage,
                study_name=self._name,
                direction=direction,
                sampler=self._sampler,
                pruner=self._pruner,
                load_if_exists=True,
            )
            self._id = self._storage.get_study_id_from_name(self._name)

    def ask(self, sampler: BaseSampler | None) -> Trial:
        """The next trial: a queued one, else a new one."""
        with _talking("cannot ask for a trial"):
            if sampler is not None:
                self._study.sampler = sampler
            trial = self._study.ask()
        self._keep(trial, set())
        return trial

    def enqueue(self, params: Mapping[str, Any]) -> int:
        """Queue parameters; gives the number of their trial."""
        with _talking("cannot queue a trial"):
            self._study.enqueue_trial(dict(params))
            return self._storage.get_n_trials(self._id) - 1

    @property
    def trials(self) -> int:
        """How many trials there are, in any state."""
        with _talking("cannot count the trials"):
            return self._storage.get_n_trials(self._id)

    def params(self, number: int) -> dict[str, Any]:
        """A trial's answers as Optuna keeps them."""
        with _talking("cannot look up a trial"):
            return dict(self._storage.get_trial(self.trial_id(number)).params)

    def trial_id(self, number: int) -> int:
        """Optuna's key of a trial.

        Raises:
            ValueError: There is no such trial.
        """
        try:
            with _talking("cannot look up a trial"):
                return self._storage.get_trial_id_from_study_id_trial_number(self._id, number)
        except KeyError:
            raise ValueError(f"trial {number} was never asked for") from None

    def report(self, number: int, value: float, step: int) -> None:
        """Report the objective after an epoch; a step reported before is left as it is."""
        trial = self._trial(number)
        if step not in self._steps[number]:
            with _talking("cannot report an epoch"):
                trial.report(value, step)
            self._steps[number].add(step)

    def should_prune(self, number: int) -> bool:
        """What the pruner thinks of a running trial."""
        with _talking("cannot judge a trial"):
            return self._trial(number).should_prune()

    def tell(self, number: int, state: str, value: float | None, violations: Mapping[str, float]) -> None:
        """End a trial as our row says it ended; one that Optuna has ended already is left as it is."""
        with _talking("cannot tell a trial's end"):
            if state == "infeasible":
                self._constrain(number, violations)
            told = _TOLD[state]
            if told is not TrialState.COMPLETE:
                self._study.tell(number, state=told, skip_if_finished=True)
            else:
                self._study.tell(number, value, state=told, skip_if_finished=True)
        self._trials.pop(number, None)
        self._steps.pop(number, None)

    def running(self) -> dict[int, int]:
        """Optuna's key of every trial that Optuna takes for running, by number."""
        with _talking("cannot list Optuna's trials"):
            trials = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return {trial.number: self.trial_id(trial.number) for trial in trials}

    def close(self) -> None:
        """Let the database go and give Optuna its voice back."""
        self._storage.remove_session()
        self._storage.engine.dispose()
        optuna.logging.set_verbosity(self._verbosity)

    def _constrain(self, number: int, violations: Mapping[str, float]) -> None:
        trial = self._trial(number)
        known = trial.constraints
        for name, excess in violations.items():
            if name not in known:
                trial.set_constraint(name, excess)

    def _trial(self, number: int) -> Trial:
        if number not in self._trials:
            key = self.trial_id(number)
            self._keep(Trial(self._study, key), set(self._storage.get_trial(key).intermediate_values))
        return self._trials[number]

    def _keep(self, trial: Trial, steps: set[int]) -> None:
        self._trials[trial.number] = trial
        self._steps[trial.number] = steps


@contextmanager
def _talking(what: str) -> Iterator[None]:
    try:
        with explained(what):
            yield
    except StorageInternalError as error:
        raise refusal(what, error.__cause__ or error) from None


def _open_storage(url: str) -> RDBStorage:
    with _talking("cannot open Optuna's tables"):
        try:
            storage = RDBStorage(engine_url(url), engine_kwargs=engine_options(url))
        except RuntimeError as error:  # how Optuna says that its tables have another version
            raise StudyError(f"cannot open Optuna's tables: {error}") from None
    lock_early(storage.engine)
    return storage
