"""``conv: {filters: 32}``: one layer; and ``head``, the layer that the task completes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from automl import ops
from automl.errors import SpaceError, did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlMap, YamlScalar, YamlTree, kind_of
from automl.space.node import OPERATION, Node, Said, node
from automl.space.reading import is_searched, read_value
from automl.space.site import Site
from automl.space.values import Value, corners

_SOME_CODES = (2,)  # what the data will complete is no mistake of the space
_STAND_INS = (8, 0.5)  # for arguments that must be given and are a formula: their value is not known yet


@node(OPERATION)
@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Node):
    """One layer from the registry.

    Attributes:
        op: Its name there.
        args: Arguments by name.
    """

    op: str
    args: Mapping[str, Value]

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """Arguments as a mapping, the one of a shorthand, or none."""
        if ops.get(said.keyword).min_inputs > 1:
            message = f"{said.keyword!r} merges several inputs and here is one; use 'parallel', 'residual' or 'graph'"
            raise said.around.error(message, said.mark)
        return cls.taking(said, site)

    @classmethod
    def taking(cls, said: Said, site: Site) -> Self:
        """The operation wherever its number of inputs fits."""
        written = _arguments(said, ops.get(said.keyword))
        args = {key: read_value(tree, site.child(key)) for key, tree in written.items()}
        marks = {key: tree.mark for key, tree in written.items()}
        _check(said, args, marks)
        return cls(name=said.name, mark=said.mark, op=said.keyword, args=args)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Add the layer."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        return self.apply(assembly.one(x, here=here, mark=self.mark), here, assembly)

    def apply(self, x: Flow, here: Place, assembly: Assembly) -> Flow:
        """Add the layer on all of ``x``, which for a merge is several tensors."""
        path = here.decisions
        args = {key: value.answer(assembly, f"{path}/{key}", here.names) for key, value in self.args.items()}
        return assembly.layer(self.op, args, x, here=here, mark=self.mark)


@node("head")
@dataclass(frozen=True, slots=True, kw_only=True)
class Head(Node):
    """The last layer; the task says how many units and which activation."""

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:  # noqa: ARG003
        """Nothing may stand behind the word."""
        content = said.content
        empty = content is None or (isinstance(content, YamlScalar) and content.value is None)
        if not empty and content != YamlMap({}, {}, said.mark):
            raise said.around.error("'head' takes no arguments; the task and the data complete it", said.mark)
        return cls(name=said.name, mark=said.mark)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Add the task's layer."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        return assembly.head(assembly.one(x, here=here, mark=self.mark), here=here, mark=self.mark)


def _arguments(said: Said, kind: type[ops.Op]) -> Mapping[str, YamlTree]:
    content = said.content
    if content is None or (isinstance(content, YamlScalar) and content.value is None):
        return {}
    if isinstance(content, YamlMap) and not is_searched(content):
        for key, mark in content.marks.items():
            if key not in kind.model_fields:
                hint = did_you_mean(key, kind.model_fields)
                raise said.around.error(f"unknown argument {key!r} of {said.keyword!r}; {hint}", mark)
        return content.entries
    if kind.shorthand is None:
        wanted = f"a mapping of {', '.join(kind.model_fields)}" if kind.model_fields else "no arguments"
        raise said.around.error(f"{said.keyword!r} takes {wanted}, got {kind_of(content)}", content.mark)
    return {kind.shorthand: content}


def _check(said: Said, args: Mapping[str, Value], marks: Mapping[str, Mark]) -> None:
    """Try the operation with all that is known of its arguments: every choice, both ends of every range."""
    known = {key: values for key, value in args.items() if (values := corners(value)) is not None}
    computed = [key for key in args if key not in known and ops.get(said.keyword).model_fields[key].is_required()]
    base = {key: values[0] for key, values in known.items()}
    _try(said, base, computed, marks)
    for key, values in known.items():
        for value in values:
            _try(said, base | {key: value}, computed, marks)


def _try(said: Said, args: Mapping[str, Any], computed: list[str], marks: Mapping[str, Mark]) -> None:
    wrong: SpaceError | None = None
    for stand_in in _STAND_INS:
        try:
            known = ops.get(said.keyword).completed({**args, **dict.fromkeys(computed, stand_in)}, _SOME_CODES)
            ops.create(said.keyword, known)
        except SpaceError as error:
            if wrong is None and not any(_is_about(error, key) for key in computed):
                wrong = error
        else:
            return
    if wrong is not None:
        raise said.around.locate(wrong, next((marks[key] for key in args if _is_about(wrong, key)), said.mark))


def _is_about(error: SpaceError, argument: str) -> bool:
    return f"argument {argument!r} of" in error.message
