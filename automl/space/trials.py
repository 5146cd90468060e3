"""Trying a space out when it is loaded: defaults, corners, random points and seeds against made-up data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.arch import Input
from automl.errors import ShapeError, SpaceError, did_you_mean
from automl.space.assembly import Decider
from automl.space.deciders import DefaultDecider, RandomDecider, ReplayDecider
from automl.space.document import Mark, Scalar, located
from automl.space.domains import Categorical, Domain
from automl.space.ports import HEADS, SAMPLES, TENSOR, InputPort

if TYPE_CHECKING:
    from automl.space.space import Candidate, Space

_RANDOM_POINTS = 16
_CORNERS = 6


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Made-up data: the shapes that a space is tried with, and its heads."""

    inputs: Sequence[Mapping[str, Input]]
    heads: Mapping[str, Mapping[str, Any]]


def _one(kind: str, answer: str) -> Placeholder:
    return Placeholder([{kind: each} for each in SAMPLES[kind]], {"label": HEADS[answer]})


PLACEHOLDERS: Mapping[str, Placeholder] = {
    "image-classify": _one("image", "classification"),
    "text-classify": _one("text", "classification"),
    "series-classify": _one("series", "classification"),
    "series-forecast": _one("series", "regression"),
    "tabular-classify": _one("tabular", "classification"),
}
"""What a space of a task is tried with, where it does not say itself what goes in and out."""


def check_space(space: Space, marks: Sequence[Mapping[str, Mark]]) -> None:
    """Interpret points of a space.

    The default must fit one of the shapes that are made up for its inputs or its task. A point whose layers do not fit
    is infeasible, not wrong; any other error is one of the space. A space that names neither inputs nor a task that
    something is made up for is tried with the data that its default fits, if there is any.

    Args:
        space: What to try.
        marks: Where the values of every seed stand.

    Raises:
        SpaceError: Of the first point that cannot be interpreted.
    """
    placeholder = _placeholder(space)
    if placeholder is None:
        return
    inputs = _fitting(space, placeholder)
    known: set[str] = set()
    for decider in _deciders():
        try:
            known.update(space.interpret(decider, inputs=inputs, heads=placeholder.heads).params)
        except ShapeError:
            continue
    for number, (seed, places) in enumerate(zip(space.seeds, marks, strict=True)):
        _check_seed(space, placeholder, _Seed(number, seed, places), known)


def _placeholder(space: Space) -> Placeholder | None:
    of_task = PLACEHOLDERS.get(space.task or "")
    heads = {name: port.sample for name, port in space.outputs.items() if port.kind != TENSOR}
    if not space.outputs:
        heads = dict(of_task.heads) if of_task else {"output": HEADS["classification"]}
    if space.inputs:
        return Placeholder(_combined(space.inputs), heads)
    return replace(of_task, heads=heads) if of_task else _guess(space, heads)


def _combined(ports: Mapping[str, InputPort]) -> Sequence[Mapping[str, Input]]:
    """As many as the input with the most shapes has; the others stay with their last."""
    samples = {name: port.samples() for name, port in ports.items()}
    most = max(map(len, samples.values()))
    return [{name: each[min(number, len(each) - 1)] for name, each in samples.items()} for number in range(most)]


def _guess(space: Space, heads: Mapping[str, Mapping[str, Any]]) -> Placeholder | None:
    for each in PLACEHOLDERS.values():
        placeholder = replace(each, heads=heads)
        with contextlib.suppress(ShapeError):
            _fitting(space, placeholder)
            return placeholder
    return None


def _fitting(space: Space, placeholder: Placeholder) -> Mapping[str, Input]:
    """The first shapes that the default fits."""
    misfit: ShapeError | None = None
    for inputs in placeholder.inputs:
        try:
            space.interpret(DefaultDecider(), inputs=inputs, heads=placeholder.heads)
        except ShapeError as error:
            misfit = error
        else:
            return inputs
    assert misfit is not None
    raise misfit


def _deciders() -> Iterator[Decider]:
    yield from (_Corner(number) for number in range(_CORNERS))
    yield from (RandomDecider(np.random.default_rng(number)) for number in range(_RANDOM_POINTS))


@dataclass(frozen=True, slots=True)
class _Corner:
    """Every choice takes its option of this number, counted round; every range one of its ends or its default."""

    number: int

    def decide(self, name: str, domain: Domain) -> Scalar:  # noqa: ARG002
        values = domain.choices if isinstance(domain, Categorical) else domain.corners()
        return values[self.number % len(values)]


@dataclass(frozen=True, slots=True)
class _Seed:
    """A seed, where it stands, and which of its names were asked for."""

    number: int
    values: Mapping[str, Scalar]
    marks: Mapping[str, Mark]
    asked: set[str] = field(default_factory=set)

    def decide(self, name: str, domain: Domain) -> Scalar:
        self.asked.add(name)
        try:
            return ReplayDecider(self.values).decide(name, domain)
        except SpaceError as error:
            raise self.error(f"{name}: {error.message}", name) from None

    def error(self, message: str, name: str) -> SpaceError:
        return located(SpaceError(message), self.marks[name], f"seeds.{self.number}")


def _check_seed(space: Space, placeholder: Placeholder, seed: _Seed, known: set[str]) -> None:
    _interpret_seed(space, placeholder, seed)
    for name in seed.values:
        if name in seed.asked:
            continue
        if name in known:
            raise seed.error(f"{name!r} is not asked for with the other values of this seed; leave it out", name)
        raise seed.error(f"unknown name {name!r}; {did_you_mean(name, known | seed.asked)}", name)


def _interpret_seed(space: Space, placeholder: Placeholder, seed: _Seed) -> Candidate:
    misfit: ShapeError | None = None
    for inputs in placeholder.inputs:
        try:
            return space.interpret(seed, inputs=inputs, heads=placeholder.heads)
        except ShapeError as error:
            misfit = error
    assert misfit is not None
    raise misfit


def made_up_data(space: Space) -> tuple[Mapping[str, Input], Mapping[str, Mapping[str, Any]]]:
    """Inputs and heads that the default of a space fits, for looking at it without data.

    Raises:
        SpaceError: Nothing is known of what goes into it; name its ``inputs`` or its ``task``.
    """
    placeholder = _placeholder(space)
    if placeholder is None:
        raise SpaceError("nothing is known of its data; give it 'inputs' and 'outputs', or a 'task'", file=space.file)
    return _fitting(space, placeholder), placeholder.heads
