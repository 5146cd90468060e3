"""Points of a space: drawn, changed a little, mixed; each one valid.

Every function here asks the space itself: a decider answers what it knows and leaves the rest to another one. So what
comes out has an answer to every question that its own answers leave open, and to no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.arch import Input, summarize
from automl.errors import ShapeError, SpaceError
from automl.space.assembly import Decider
from automl.space.deciders import RandomDecider, ReplayDecider
from automl.space.document import Scalar
from automl.space.domains import Categorical, Domain
from automl.space.outline import Outline, unfold

if TYPE_CHECKING:
    from automl.space.space import Candidate, Space

Params = dict[str, Scalar]
Heads = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class _Failures:
    """Why points were turned down."""

    reasons: Counter[str] = field(default_factory=Counter)
    last: dict[str, str] = field(default_factory=dict)

    def note(self, reason: str, said: str) -> None:
        self.reasons[reason] += 1
        self.last[reason] = said

    def error(self, what: str, tries: int) -> SpaceError:
        ((reason, times),) = self.reasons.most_common(1)
        return SpaceError(f"none of {tries:,} {what} is allowed; most often ({times:,} times): {self.last[reason]}")


def sample(
    space: Space, rng: np.random.Generator, *, inputs: Mapping[str, Input], heads: Heads, tries: int
) -> Candidate:
    """See ``Space.sample``."""
    failures = _Failures()
    for _ in range(tries):
        candidate = _allowed(space, RandomDecider(rng), inputs, heads, failures)
        if candidate is not None:
            return candidate
    raise failures.error("random points", tries)


def mutate(
    space: Space,
    params: Mapping[str, Scalar],
    rng: np.random.Generator,
    *,
    inputs: Mapping[str, Input] | None,
    heads: Heads | None,
    tries: int,
) -> Params:
    """See ``Space.mutate``."""
    asked = _Recorder(ReplayDecider(params))
    now = _walk(space, asked, inputs)
    open_names = [name for name, domain in asked.domains.items() if _has_others(domain)]
    if not open_names:
        raise SpaceError(f"nothing can be changed: the space {space.name!r} leaves no choice here", file=space.file)

    def change() -> Decider:
        name = open_names[int(rng.integers(len(open_names)))]
        known = {key: value for key, value in now.items() if not key.startswith(f"{name}=")}
        return ReplayDecider(known | {name: _another(asked.domains[name], now[name], rng)}, RandomDecider(rng))

    return _first(space, change, inputs, heads, tries, "mutations")


def crossover(
    space: Space,
    a: Mapping[str, Scalar],
    b: Mapping[str, Scalar],
    rng: np.random.Generator,
    *,
    inputs: Mapping[str, Input] | None,
    heads: Heads | None,
    tries: int,
) -> Params:
    """See ``Space.crossover``."""
    return _first(space, lambda: _Parents(a, b, rng), inputs, heads, tries, "mixtures")


def complete(space: Space, decider: Decider, *, inputs: Mapping[str, Input] | None = None) -> Params:
    """The answers to every question that a decider's answers leave open, without building anything.

    Args:
        space: Whose questions.
        decider: Answers them.
        inputs: Data; needed only where what is asked depends on its size.

    Raises:
        SpaceError: An answer is outside its domain.
    """
    return _walk(space, decider, inputs)


@dataclass(frozen=True, slots=True)
class _Parents:
    """Every answer from one of two points, with equal chances; what neither knows is drawn."""

    a: Mapping[str, Scalar]
    b: Mapping[str, Scalar]
    rng: np.random.Generator

    def decide(self, name: str, domain: Domain) -> Scalar:
        first, second = (self.a, self.b) if self.rng.random() < 0.5 else (self.b, self.a)
        return ReplayDecider(first, ReplayDecider(second, RandomDecider(self.rng))).decide(name, domain)


@dataclass(slots=True)
class _Recorder:
    """Writes down what is asked."""

    decider: Decider
    domains: dict[str, Domain] = field(default_factory=dict)

    def decide(self, name: str, domain: Domain) -> Scalar:
        self.domains[name] = domain
        return self.decider.decide(name, domain)


def _first(
    space: Space,
    decider: Callable[[], Decider],
    inputs: Mapping[str, Input] | None,
    heads: Heads | None,
    tries: int,
    what: str,
) -> Params:
    """The first point that is allowed; without data, where nothing can be built, the first one."""
    if inputs is None or heads is None:
        return _walk(space, decider(), inputs)
    failures = _Failures()
    for _ in range(tries):
        candidate = _allowed(space, decider(), inputs, heads, failures)
        if candidate is not None:
            return candidate.params
    raise failures.error(what, tries)


def _allowed(
    space: Space, decider: Decider, inputs: Mapping[str, Input], heads: Heads, failures: _Failures
) -> Candidate | None:
    """The candidate, if its layers fit and it meets the constraints."""
    try:
        candidate = space.interpret(decider, inputs=inputs, heads=heads)
    except ShapeError as error:
        failures.note("shape", str(error))
        return None
    broken = space.violations(summarize(candidate.architecture)) if space.constraints else ()
    for each in broken:
        failures.note(each.name, f"the constraint {each}")
    return None if broken else candidate


def _walk(space: Space, decider: Decider, inputs: Mapping[str, Input] | None) -> Params:
    """What is asked and answered, without building."""
    outline = Outline(space, decider, inputs)
    try:
        unfold(space, outline)
    except ShapeError as error:
        if inputs is not None:
            raise error.at(file=space.file) from None
        message = f"what is asked depends on the data: {error.message}; give 'inputs'"
        raise SpaceError(message, file=space.file, path=error.path) from None
    except SpaceError as error:
        raise error.at(file=space.file) from None
    return outline.params


def _has_others(domain: Domain) -> bool:
    return len(domain.choices) > 1 if isinstance(domain, Categorical) else domain.low < domain.high


def _another(domain: Domain, value: Scalar, rng: np.random.Generator) -> Scalar:
    """A draw from the domain that is not ``value``; there are others, so that it ends."""
    drawn = value
    while drawn == value:
        drawn = domain.sample(rng)
    return drawn
