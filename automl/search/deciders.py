"""Optuna answering the questions of a space, and the answers of a space written as Optuna keeps them.

A power of two is searched by its exponent, so that a sampler sees an ordered axis; everywhere else in this project its
value is the power itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from automl.space import Categorical, Decider, Domain, FloatRange, IntRange, PowerOfTwo, ReplayDecider, Scalar

if TYPE_CHECKING:
    import optuna


class TrialDecider:
    """Asks an Optuna trial (define by run).

    Args:
        trial: A running trial.
    """

    def __init__(self, trial: optuna.trial.Trial) -> None:
        self._trial = trial

    def decide(self, name: str, domain: Domain) -> Scalar:
        """The trial's answer to the question ``name``."""
        trial = self._trial
        match domain:
            case Categorical():
                return trial.suggest_categorical(name, domain.choices)
            case PowerOfTwo():
                return 1 << trial.suggest_int(name, _exponent(domain.low), _exponent(domain.high))
            case IntRange():
                return trial.suggest_int(name, domain.low, domain.high, step=domain.step or 1, log=domain.log)
            case FloatRange():
                return trial.suggest_float(name, domain.low, domain.high, step=domain.step, log=domain.log)


class Transcript:
    """Passes every question on to another decider and writes the answers down as Optuna keeps them.

    Attributes:
        answers: Name -> value, ready for ``study.enqueue``.
    """

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self.answers: dict[str, Scalar] = {}

    def decide(self, name: str, domain: Domain) -> Scalar:
        """The other decider's answer."""
        value = self._decider.decide(name, domain)
        self.answers[name] = kept(value, domain)
        return value


def replay(params: Mapping[str, Scalar]) -> Transcript:
    """A transcript of known answers, with the space's defaults for the questions they leave open."""
    return Transcript(ReplayDecider(params))


def kept(value: Scalar, domain: Domain) -> Scalar:
    """An answer as Optuna keeps it.

    >>> kept(64, PowerOfTwo(8, 512)), kept(64, IntRange(8, 512))
    (6, 64)
    """
    return _exponent(value) if isinstance(domain, PowerOfTwo) and isinstance(value, int) else value


def _exponent(power: int) -> int:
    return power.bit_length() - 1
