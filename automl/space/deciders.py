"""Deciders: who answers the open questions of a space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from automl.errors import SpaceError
from automl.space.assembly import Decider
from automl.space.document import Scalar
from automl.space.domains import Domain


@dataclass(frozen=True, slots=True)
class DefaultDecider:
    """Every default: the network that a search tries first."""

    def decide(self, name: str, domain: Domain) -> Scalar:  # noqa: ARG002
        """The default."""
        return domain.default


@dataclass(frozen=True, slots=True)
class RandomDecider:
    """Uniform over every domain (over the logarithm where it is ``log``, over the exponents of powers of two).

    >>> from automl.space.domains import PowerOfTwo
    >>> RandomDecider(np.random.default_rng(3)).decide("units", PowerOfTwo(16, 256)) in (16, 32, 64, 128, 256)
    True
    """

    rng: np.random.Generator

    def decide(self, name: str, domain: Domain) -> Scalar:  # noqa: ARG002
        """A draw."""
        return domain.sample(self.rng)


@dataclass(frozen=True, slots=True)
class ReplayDecider:
    """Known answers, and somebody else's for the names that are not among them.

    Raises:
        SpaceError: From ``decide``, when a known answer is outside its domain.
    """

    params: Mapping[str, Scalar]
    otherwise: Decider = field(default_factory=DefaultDecider)

    def decide(self, name: str, domain: Domain) -> Scalar:
        """The known answer, if there is one."""
        if name not in self.params:
            return self.otherwise.decide(name, domain)
        try:
            return domain.settle(self.params[name])
        except SpaceError as error:
            raise error.at(path=name) from None
