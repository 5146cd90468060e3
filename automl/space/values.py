"""Values: scalars of a space that are given, searched or computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from automl.errors import SpaceError
from automl.space.document import Mark, Scalar, located
from automl.space.domains import Domain
from automl.space.formula import Formula


class Decides(Protocol):
    """Who answers a value's open question while a space is interpreted."""

    def decide(self, name: str, domain: Domain, mark: Mark | None) -> Scalar:
        """The answer, a member of ``domain``; the same name gets the same answer."""

    def compute(self, formula: Formula, names: Mapping[str, Scalar]) -> Scalar:
        """The value of a formula."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is given."""

    value: Scalar

    def answer(self, asked: Decides, name: str, names: Mapping[str, Scalar]) -> Any:  # noqa: ARG002
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Searched:
    """An open question."""

    domain: Domain
    mark: Mark | None = field(default=None, compare=False, repr=False)

    def answer(self, asked: Decides, name: str, names: Mapping[str, Scalar]) -> Any:  # noqa: ARG002
        """What was decided under ``name``."""
        return asked.decide(name, self.domain, self.mark)


@dataclass(frozen=True, slots=True)
class Computed:
    """A formula over the names in scope."""

    formula: Formula
    mark: Mark | None = field(default=None, compare=False, repr=False)

    def answer(self, asked: Decides, name: str, names: Mapping[str, Scalar]) -> Any:
        """The formula's value; SpaceError with the formula's place if it has none."""
        try:
            return asked.compute(self.formula, names)
        except SpaceError as error:
            raise located(error, self.mark, name) from None


@dataclass(frozen=True, slots=True)
class Listed:
    """Several values, such as one stride for every axis."""

    items: tuple[Value, ...]

    def answer(self, asked: Decides, name: str, names: Mapping[str, Scalar]) -> Any:
        """The list; a searched item is decided under ``name.<position>``."""
        return [item.answer(asked, f"{name}.{position}", names) for position, item in enumerate(self.items)]


Value: TypeAlias = Literal | Searched | Computed | Listed


def corners(value: Value) -> tuple[Any, ...] | None:
    """Values that show whether all it can be are acceptable; the first is its default; None for a formula."""
    match value:
        case Literal(value=given):
            return (given,)
        case Searched(domain=domain):
            return (domain.default, *domain.corners())
        case Listed(items=items):
            inside = [corners(item) for item in items]
            return None if None in inside else ([some[0] for some in inside if some is not None],)
        case Computed():
            return None
