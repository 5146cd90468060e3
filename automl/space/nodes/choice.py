"""``choice: {a: ..., b: ...}``: one of several branches; and ``optional``: one or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from automl.errors import SpaceError, did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import YamlMap, kind_of, located
from automl.space.domains import Categorical
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.reading import read_body, read_value
from automl.space.site import Site
from automl.space.values import Computed


@node("choice")
@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Node):
    """Exactly one of the branches.

    Attributes:
        branches: Sequences by name.
        default: The branch taken unless something else is decided; not set when a formula takes it.
        by: A formula that takes the branch, which then is no decision.
    """

    options: ClassVar[tuple[str, ...]] = ("default", "by")
    asks: ClassVar[bool] = True

    branches: Mapping[str, Body]
    default: str
    by: Computed | None = None

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """Branches from a mapping; the first is the default unless ``default`` says another."""
        content = said.content
        if not isinstance(content, YamlMap):
            said_kind = "nothing" if content is None else kind_of(content)
            message = f"a choice of nodes is a mapping of names to nodes, got {said_kind}"
            raise site.error(message, content.mark if content else said.mark)
        if not content.entries:
            raise site.error("an empty choice; give at least one branch", said.mark)
        branches = {}
        for key, tree in content.entries.items():
            mark = content.marks[key]
            site.segment(key, "the branch", mark)
            branches[key] = read_body(tree, site.branch(f"={key}"), mark=mark)
        default = _default(said, site, branches)
        return cls(name=said.name, mark=said.mark, branches=branches, default=default, by=_by(said, site))

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Decide, then apply the branch."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        taken = self._taken(here, assembly)
        return emit_body(self.branches[taken], x, here.branch(f"={taken}"), assembly)

    def _taken(self, here: Place, assembly: Assembly) -> str:
        if self.by is None:
            domain = Categorical(tuple(self.branches), self.default)
            return str(assembly.decide(here.decisions, domain, self.mark))
        taken = str(self.by.answer(assembly, here.path, here.names))
        if taken not in self.branches:
            message = f"'by' gives {taken!r}, which is no branch; {did_you_mean(taken, self.branches)}"
            raise located(SpaceError(message), self.by.mark, here.path)
        return taken

    def bodies(self) -> Iterator[Body]:
        """The branches."""
        yield from self.branches.values()


@node("optional")
@dataclass(frozen=True, slots=True, kw_only=True)
class Optional(Node):
    """A sequence, or nothing.

    Attributes:
        do: The sequence.
        default: Whether it is there unless something else is decided.
    """

    options: ClassVar[tuple[str, ...]] = ("default",)
    asks: ClassVar[bool] = True

    do: Body
    default: bool = False

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """The sequence; off unless ``default: true`` stands beside it."""
        default = site.scalar(said.options["default"], "'default'") if "default" in said.options else False
        if not isinstance(default, bool):
            message = f"the default of 'optional' is true or false, got {default!r}"
            raise site.error(message, said.options["default"].mark)
        do = read_body(said.content, site.branch("=on"), mark=said.mark)
        return cls(name=said.name, mark=said.mark, do=do, default=default)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Decide, then apply it or not."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        domain = Categorical((False, True), self.default)
        if not assembly.decide(here.decisions, domain, self.mark):
            return x
        return emit_body(self.do, x, here.branch("=on"), assembly)

    def bodies(self) -> Iterator[Body]:
        """The sequence."""
        yield self.do


def _default(said: Said, site: Site, branches: Mapping[str, Body]) -> str:
    if "default" not in said.options:
        return next(iter(branches))
    if "by" in said.options:
        raise site.error("'default' and 'by' exclude each other; leave one out", said.options["default"].mark)
    default = site.word(said.options["default"], "'default'")
    if default not in branches:
        message = f"the default {default!r} is no branch; {did_you_mean(default, branches)}"
        raise site.error(message, said.options["default"].mark)
    return default


def _by(said: Said, site: Site) -> Computed | None:
    if "by" not in said.options:
        return None
    value = read_value(said.options["by"], site)
    if not isinstance(value, Computed):
        raise site.error(
            "'by' takes a formula, such as =kind; without it the branch is searched", said.options["by"].mark
        )
    return value
