"""Optuna's half of a study once more, in memory: what samplers work on.

A sampler reads the whole history for every question it answers, and a database would make it wait for each answer to
be committed. Here a question costs microseconds, and the database is told all of a trial's answers at once.
"""

from __future__ import annotations

import copy
import heapq
import math
from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from automl.study.records import Direction

# What the sampler of one trial sees: what TPE does with more of them takes longer with every trial and hardly changes
# its answers, because it divides the trials into a few good ones and the rest, whose older part it weighs down.
BEST = 50
LATEST = 100
_SEEN = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)


class AskedTrial(Trial):
    """A trial whose sampler sees a part of the history, and which therefore stands at another place there.

    Args:
        study: What the sampler sees.
        key: Of the trial in it.
        number: Of the trial in the study that is kept.
    """

    def __init__(self, study: optuna.Study, key: int, number: int) -> None:
        super().__init__(study, key)
        self.key, self._kept_number = key, number

    @property
    def number(self) -> int:
        """The trial's number in the study that is kept."""
        return self._kept_number


class Mirror:
    """All trials in the order in which an undisturbed search would have made them.

    Args:
        direction: Of the study.
    """

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._storage = InMemoryStorage()
        self._study = optuna.create_study(storage=self._storage, direction=direction, study_name="mirror")
        self._id = self._storage.get_study_id_from_name("mirror")
        self._keys: dict[int, int] = {}
        self._numbers: list[int] = []
        self._distributions: dict[str, BaseDistribution] = {}
        self._resting: set[int] = set()  # keys of trials

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, trial: FrozenTrial) -> None:
        """Put a trial behind the others."""
        self._keys[number] = self._storage.create_new_trial(self._id, template_trial=self._shared(trial))
        self._numbers.append(number)

    def ask(self, sampler: BaseSampler, *, unknown: int | None = None) -> AskedTrial:
        """The first trial that waits, else a new one.

        Args:
            sampler: Answers its questions.
            unknown: Number of a trial of which the sampler must not know.
        """
        waiting = self._storage.get_all_trials(self._id, deepcopy=False, states=(TrialState.WAITING,))
        if waiting:
            number = self._numbers[waiting[0].number]
            self._storage.set_trial_state_values(self._keys[number], TrialState.RUNNING)
        else:
            number = len(self)
            self.add(number, create_trial(state=TrialState.RUNNING))
        return self._before(number, sampler, unknown)

    def get(self, number: int) -> FrozenTrial:
        """A trial as it is now."""
        return self._storage.get_trial(self._keys[number])

    def answer(self, asked: AskedTrial) -> None:
        """Take over what a sampler answered for a trial."""
        key, params = self._keys[asked.number], asked.params
        known = self._storage.get_trial(key)
        for name, distribution in asked.distributions.items():
            if name not in known.params:
                value = distribution.to_internal_repr(params[name])
                self._storage.set_trial_param(key, name, value, self._one(name, distribution))
        for name, note in asked.storage.get_trial_system_attrs(asked.key).items():
            if name not in known.system_attrs:
                self._storage.set_trial_system_attr(key, name, note)

    def report(self, number: int, value: float, step: int) -> None:
        """Note the objective after an epoch."""
        self._storage.set_trial_intermediate_value(self._keys[number], step, value)

    def rest(self, number: int, *, resting: bool) -> None:
        """Show a trial that runs to samplers as one that was pruned at its last epoch, or no longer."""
        (self._resting.add if resting else self._resting.discard)(self._keys[number])

    def end(
        self, number: int, state: TrialState, values: Sequence[float] | None, violations: Mapping[str, float]
    ) -> None:
        """Note a trial's end, and by how much it passes each limit."""
        key = self._keys[number]
        constrain(Trial(self._study, key), violations)
        self._storage.set_trial_state_values(key, state, values)

    def reordered(self, numbers: Sequence[int]) -> Mirror:
        """The same trials in another order."""
        mirror = Mirror(self._direction)
        for number in numbers:
            mirror.add(number, self.get(number))
        return mirror

    def _one(self, name: str, distribution: BaseDistribution) -> BaseDistribution:
        """The same object for a parameter's equal distributions: samplers compare them a thousand times a trial."""
        known = self._distributions.setdefault(name, distribution)
        if known == distribution:
            return known
        self._distributions[name] = distribution
        return distribution

    def _shared(self, trial: FrozenTrial) -> FrozenTrial:
        return _Shared(
            number=trial.number,
            state=trial.state,
            value=None,
            values=trial.values,
            datetime_start=trial.datetime_start,
            datetime_complete=trial.datetime_complete,
            params=trial.params,
            distributions={name: self._one(name, of) for name, of in trial.distributions.items()},
            user_attrs=trial.user_attrs,
            system_attrs=trial.system_attrs,
            intermediate_values=trial.intermediate_values,
            trial_id=-1,
        )

    def _pruned(self, trial: FrozenTrial) -> FrozenTrial:
        """A trial that rests, as what it will be unless it goes on."""
        if trial.state is not TrialState.RUNNING or trial.last_step is None:
            return trial
        last = trial.intermediate_values[trial.last_step]
        pruned = copy.copy(trial)
        pruned.state, pruned.datetime_complete = TrialState.PRUNED, pruned.datetime_start
        pruned.values = None if math.isnan(last) else [last]
        return pruned

    def _before(self, number: int, sampler: BaseSampler, unknown: int | None) -> AskedTrial:
        """The trial before a study of its own, in which it is the last one."""
        storage = InMemoryStorage()
        study = optuna.create_study(storage=storage, direction=self._direction, sampler=sampler, study_name="view")
        view = storage.get_study_id_from_name("view")
        itself, hidden = self.get(number), {self._keys[number], None if unknown is None else self._keys[unknown]}
        known = self._study.get_trials(deepcopy=False, states=_SEEN)
        others = [self._pruned(t) if t.number in self._resting else t for t in known if t.number not in hidden]
        for trial in seen(others, maximize=self._direction == "maximize"):
            storage.create_new_trial(view, template_trial=trial)
        fresh = create_trial(state=TrialState.RUNNING, system_attrs=dict(itself.system_attrs))
        return AskedTrial(study, storage.create_new_trial(view, template_trial=fresh), number)


def seen(trials: Sequence[FrozenTrial], *, maximize: bool) -> list[FrozenTrial]:
    """The ``LATEST`` of the trials that are over, of those before them the ``BEST``, and all that run; in their order.

    A trial that runs takes no other's place: it is the same whether a sampler is asked before its end or after it, as
    if it did not know.
    """
    over = [trial for trial in trials if trial.state is not TrialState.RUNNING]
    older = over[:-LATEST]
    pick = heapq.nlargest if maximize else heapq.nsmallest
    best = {t.number for t in pick(BEST, (t for t in older if t.state is TrialState.COMPLETE), key=_value)}
    left_out = {trial.number for trial in older} - best
    return [trial for trial in trials if trial.number not in left_out]


def _value(trial: FrozenTrial) -> float:
    assert trial.value is not None, f"trial {trial.number} is complete without a value"
    return trial.value


def constrain(trial: Trial, violations: Mapping[str, float]) -> None:
    """Tell a trial by how much it passes each limit; what it was told before stays."""
    known = trial.constraints
    for name, excess in violations.items():
        if name not in known:
            trial.set_constraint(name, excess)


class _Shared(FrozenTrial):
    """A trial whose copies share its parts, which are replaced and never changed: 150 deep copies would take 20 ms."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Shared:
        return copy.copy(self)
