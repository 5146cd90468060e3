"""``bottleneck: {f: 64}``: a call of a block, a macro with arguments from ``blocks:``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from automl.errors import did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Scalar, YamlMap, YamlScalar, YamlTree
from automl.space.node import BLOCK, Body, Node, Said, emit_body, node
from automl.space.reading import is_searched, read_value
from automl.space.site import Site
from automl.space.values import Value


@dataclass(frozen=True, slots=True)
class Block:
    """A named body with arguments.

    Attributes:
        args: Defaults by name; None for an argument that every call gives. A default may use earlier arguments.
        do: The body; it sees the arguments and the space's variables, not the caller's.
    """

    args: Mapping[str, Value | None]
    do: Body


@node(BLOCK)
@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A block with values for its arguments.

    Attributes:
        block: Its name.
        args: Values by name; the others take their defaults.
    """

    block: str
    args: Mapping[str, Value] = field(default_factory=dict)

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """Arguments as a mapping, a scalar for the first one, or none."""
        signature = site.blocks[said.keyword]
        written = _arguments(said, signature)
        for key, needed in signature.items():
            if needed and key not in written:
                raise said.around.error(f"the block {said.keyword!r} needs the argument {key!r}", said.mark)
        args = {key: read_value(tree, site.child(key)) for key, tree in written.items()}
        return cls(name=said.name, mark=said.mark, block=said.keyword, args=args)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Decide the arguments, then apply the body."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        block = assembly.blocks[self.block]
        inside: dict[str, Scalar] = dict(assembly.globals)
        for key, default in block.args.items():
            name = f"{here.decisions}/{key}"
            if key in self.args:
                inside[key] = self.args[key].answer(assembly, name, at.names)
            elif default is not None:
                inside[key] = default.answer(assembly, name, dict(inside))
        return emit_body(block.do, x, here._replace(names=inside).scoped(), assembly)


def _arguments(said: Said, signature: Mapping[str, bool]) -> Mapping[str, YamlTree]:
    content = said.content
    if content is None or (isinstance(content, YamlScalar) and content.value is None):
        return {}
    if not isinstance(content, YamlMap) or is_searched(content):
        if not signature:
            raise said.around.error(f"the block {said.keyword!r} takes no arguments", content.mark)
        return {next(iter(signature)): content}
    for key, mark in content.marks.items():
        if key not in signature:
            hint = did_you_mean(key, signature)
            raise said.around.error(f"unknown argument {key!r} of the block {said.keyword!r}; {hint}", mark)
    return content.entries
