"""What every kind of node is: a word of the language, how it is read, what is inside, what it does to a tensor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self, TypeAlias, TypeVar

from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlTree
from automl.space.site import Site

Body: TypeAlias = tuple["Node", ...]
"""A sequence of nodes, each on the output of the one before; empty: the input as it is."""


@dataclass(frozen=True, slots=True)
class Said:
    """A node as it is written: ``{name: kind, choice: ..., default: ...}``.

    Attributes:
        keyword: The operation, kind of node or block.
        content: What stands behind the keyword; None for a bare word.
        options: What stands beside it, the name left out.
        name: Given, or made from the keyword; no two in a sequence are equal.
        mark: Where the keyword stands.
        around: Where an error about the node itself is told: the sequence around a node without a given name, because
            the message names the keyword anyway.
    """

    keyword: str
    content: YamlTree | None
    options: Mapping[str, YamlTree]
    name: str
    mark: Mark
    around: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Node(ABC):
    """A function from tensor to tensor, part of which may be open.

    Attributes:
        name: Its segment in paths.
        mark: Where it stands; None for one that was not read from a file. Not part of equality.
        options: Keys that may stand beside its keyword.
        asks: Whether its own path is the name of a decision.
        scopes: Whether the keys of ties in it hold inside only.
    """

    options: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[bool] = False
    scopes: ClassVar[bool] = False

    name: str
    mark: Mark | None = field(default=None, compare=False, repr=False)

    @classmethod
    @abstractmethod
    def read(cls, said: Said, site: Site) -> Self:
        """The node from what is written; ``site.path`` is its own path.

        Raises:
            SpaceError: Anything is wrong with it or with what is inside.
        """

    @abstractmethod
    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Apply it to ``x`` at the place around it.

        Raises:
            SpaceError: A value cannot be computed or used.
            ShapeError: The layers do not fit together.
        """

    def bodies(self) -> Iterator[Body]:
        """What is inside."""
        yield from ()

    def ties(self) -> Iterator[tuple[str, Body, Mark | None]]:
        """Keys of ties, and what has them."""
        yield from ()


_NodeClass = TypeVar("_NodeClass", bound=type[Node])
kinds: dict[str, type[Node]] = {}
"""The kinds of nodes by keyword; those of ``OPERATION``, ``BLOCK`` and ``TIE`` have many keywords."""

OPERATION, BLOCK, TIE = "<operation>", "<block>", "<tie>"


def node(keyword: str) -> Callable[[_NodeClass], _NodeClass]:
    """Register a kind of node under its word in the language."""

    def register(cls: _NodeClass) -> _NodeClass:
        kinds[keyword] = cls
        return cls

    return register


def emit_body(body: Body, x: Flow, at: Place, assembly: Assembly) -> Flow:
    """Apply a sequence."""
    for each in body:
        x = assembly.emit(each, x, at)
    return x


def below(body: Body) -> Iterator[Node]:
    """Every node of a sequence and inside it, blocks not entered.

    Nesting is bounded by the document's, so this needs no stack of its own.
    """
    for each in body:
        yield each
        for inner in each.bodies():
            yield from below(inner)
