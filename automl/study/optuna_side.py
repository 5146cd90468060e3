"""Optuna's half of a study: asking, reporting and telling, through its public interface only."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning, StorageInternalError, UpdateFinishedTrialError
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from automl.errors import StudyError
from automl.study.database import engine_options, engine_url, explained, lock_early, refusal
from automl.study.mirror import AskedTrial, Mirror, constrain
from automl.study.records import Direction

_TOLD = {
    "complete": TrialState.COMPLETE,
    "duplicate": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "infeasible": TrialState.PRUNED,  # with a constraint: a sampler learns from it, from a failed trial it does not
    "failed": TrialState.FAIL,
    "orphaned": TrialState.FAIL,
}
_QUEUED_BY = "automl:proposed_by"  # tells the trials that we queued from those that a person queued with Optuna


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
    """The Optuna study of one run, open for writing: the database, and a mirror of it in memory.

    Args:
        url: The database, where our own tables are already.
        name: The study's name.
    """

    def __init__(self, url: str, name: str) -> None:
        self._name = name
        self._storage = _open_storage(url)
        self._verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._asked: dict[int, AskedTrial] = {}
        self._keys: dict[int, int] = {}
        self._written = 0  # trials in the database; asked ones are written when they begin

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
                sampler=RandomSampler(),
                load_if_exists=True,
            )
            self._id = self._storage.get_study_id_from_name(self._name)
            trials = self._storage.get_all_trials(self._id)
        self._written = len(trials)
        self._mirror = Mirror(direction)
        for trial in trials:
            self._mirror.add(trial.number, trial)

    def arrange(self, second_tries: Mapping[int, int]) -> None:
        """Let each second try stand where the trial stood that it tries again, for samplers and in the queue.

        Args:
            second_tries: Number of a trial -> number of the abandoned one whose parameters it tries.
        """

        def place(number: int) -> tuple[int, int]:
            first = number
            while first in second_tries:
                first = second_tries[first]
            return first, number

        if second_tries:
            self._mirror = self._mirror.reordered(sorted(range(len(self._mirror)), key=place))

    def ask(self, sampler: BaseSampler | None, unknown: int | None) -> AskedTrial:
        """The next trial: a queued one, else a new one. The database learns of it when it begins."""
        trial = self._mirror.ask(sampler or TPESampler(), unknown=unknown)
        self._asked[trial.number] = trial
        return trial

    def enqueue(self, params: Mapping[str, Any], proposed_by: str) -> int:
        """Queue parameters; gives the number of their trial."""
        number = len(self._mirror)
        self._write_up_to(number)
        with _talking("cannot queue a trial"):
            self._study.enqueue_trial(dict(params), user_attrs={_QUEUED_BY: proposed_by})
            self._count(number, self._storage.get_n_trials(self._id) - 1)
            self._mirror.add(number, self._storage.get_trial(self.trial_id(number)))
        return number

    def begin(self, number: int) -> int:
        """Write an asked trial with all its answers; gives Optuna's key of it.

        Raises:
            ValueError: It was not asked for, or has begun before.
        """
        asked = self._asked.get(number)
        if asked is None:
            raise ValueError(f"trial {number} was never asked for, or has begun before")
        self._mirror.answer(asked)
        queued = number < self._written
        self._write_up_to(number + 1)
        with _talking("cannot begin a trial"):
            if queued:
                self._start(self.trial_id(number), self._mirror.get(number))
        del self._asked[number]
        return self.trial_id(number)

    def trial_id(self, number: int) -> int:
        """Optuna's key of a trial in the database."""
        if number not in self._keys:
            with _talking("cannot look up a trial"):
                self._keys[number] = self._storage.get_trial_id_from_study_id_trial_number(self._id, number)
        return self._keys[number]

    def report(self, number: int, value: float, step: int) -> None:
        """Report the objective after an epoch; a step reported before is left as it is."""
        if step not in self._mirror.get(number).intermediate_values:
            with _talking("cannot report an epoch"):
                self._storage.set_trial_intermediate_value(self.trial_id(number), step, value)
            self._mirror.report(number, value, step)

    def rest(self, number: int, *, resting: bool = True) -> None:
        """Let samplers take a trial that runs for one that was pruned, or no longer."""
        self._mirror.rest(number, resting=resting)

    def tell(self, number: int, state: str, value: float | None, violations: Mapping[str, float]) -> None:
        """End a trial as our row says it ended; one that Optuna has ended already is left as it is."""
        told = _TOLD[state]
        values = _values(told, value, self._mirror.get(number))
        with _talking("cannot tell a trial's end"), suppress(UpdateFinishedTrialError):
            if state == "infeasible":
                constrain(Trial(self._study, self.trial_id(number)), violations)
            self._storage.set_trial_state_values(self.trial_id(number), told, values)
        with suppress(UpdateFinishedTrialError):
            self._mirror.end(number, told, values, violations if state == "infeasible" else {})

    def __len__(self) -> int:
        return len(self._mirror)

    def numbers(self, state: TrialState) -> list[int]:
        """Numbers of the trials in one of Optuna's states."""
        return [number for number in range(len(self)) if self._mirror.get(number).state is state]

    def params(self, number: int) -> dict[str, Any]:
        """A trial's answers as Optuna keeps them."""
        return dict(self._mirror.get(number).params)

    def queued_by_us(self, number: int) -> bool:
        """Whether ``enqueue`` made the trial."""
        return _QUEUED_BY in self._mirror.get(number).user_attrs

    def close(self) -> None:
        """Let the database go and give Optuna its voice back."""
        self._storage.remove_session()
        self._storage.engine.dispose()
        optuna.logging.set_verbosity(self._verbosity)

    def _write_up_to(self, number: int) -> None:
        """Write the trials that were asked for and not written, in the order of their numbers."""
        with _talking("cannot begin a trial"):
            for missing in range(self._written, number):
                asked = self._asked[missing]
                trial = create_trial(
                    state=TrialState.RUNNING, params=asked.params, distributions=dict(asked.distributions)
                )
                key = self._storage.create_new_trial(self._id, template_trial=trial)
                self._count(missing, self._storage.get_trial_number_from_id(key))
                self._keys[missing] = key

    def _count(self, expected: int, found: int) -> None:
        if found != expected:
            raise StudyError(
                f"another program added trial {expected} to study {self._name!r} while it is searched; "
                "let nothing but the search write to it, and continue it with automl resume"
            )
        self._written += 1

    def _start(self, key: int, trial: FrozenTrial) -> None:
        self._storage.set_trial_state_values(key, TrialState.RUNNING)
        known = self._storage.get_trial(key).params
        for name, distribution in trial.distributions.items():
            if name not in known:
                value = distribution.to_internal_repr(trial.params[name])
                self._storage.set_trial_param(key, name, value, distribution)


def _values(state: TrialState, value: float | None, trial: FrozenTrial) -> Sequence[float] | None:
    """What Optuna is told as a trial's value: of a pruned one, as Optuna itself does it, the last epoch's."""
    if state is TrialState.COMPLETE:
        assert value is not None, f"trial {trial.number} is complete without a value"
        return [value]
    if state is not TrialState.PRUNED or trial.last_step is None:
        return None
    last = trial.intermediate_values[trial.last_step]
    return None if math.isnan(last) else [last]


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
