"""``parallel: {merge, do: {a: ..., b: ...}}``: branches on the same input, merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from automl import ops
from automl.errors import did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import YamlMap, YamlTree, kind_of
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.reading import read_body, read_value
from automl.space.site import Site
from automl.space.values import Literal, Value, corners

_CONCAT = Literal("concat")


@node("parallel")
@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(Node):
    """Branches on the same input, merged in the order in which they are written.

    Attributes:
        branches: Sequences by name; an empty one is the input as it is.
        merge: The operation that merges them.
    """

    branches: Mapping[str, Body]
    merge: Value = _CONCAT

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From ``{do: {name: node}, merge}``."""
        entries = site.mapping(said.content, "'parallel'", ("do", "merge"), needs=("do",), mark=said.mark)
        do = entries["do"]
        if not isinstance(do, YamlMap) or len(do.entries) < 2:
            given = kind_of(do) if not isinstance(do, YamlMap) else f"{len(do.entries)}"
            raise site.error(f"'do' of 'parallel' is a mapping of two branches or more, got {given}", do.mark)
        branches = {}
        for key, tree in do.entries.items():
            site.segment(key, "the branch", do.marks[key])
            if key == "merge":
                raise site.error("a branch cannot be named 'merge'; use another name", do.marks[key])
            branches[key] = read_body(tree, site.child(key), mark=do.marks[key])
        merge = read_merge(entries, site, default="concat")
        return cls(name=said.name, mark=said.mark, branches=branches, merge=merge)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Every branch on ``x``, then the merge."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        merge = str(self.merge.answer(assembly, f"{here.decisions}/merge", at.names))
        outputs: Flow = ()
        for name, body in self.branches.items():
            outputs += emit_body(body, x, here.child(name), assembly)
        return assembly.layer(merge, {}, outputs, here=here.child(merge), mark=self.mark)

    def bodies(self) -> Iterator[Body]:
        """The branches."""
        yield from self.branches.values()


def read_merge(entries: Mapping[str, YamlTree], site: Site, default: str = "add") -> Value:
    """The value of ``merge``, every one of its literals a merging operation."""
    if "merge" not in entries:
        return Literal(default)
    tree = entries["merge"]
    value = read_value(tree, site.child("merge"))
    merges = [name for name in ops.names() if ops.get(name).min_inputs > 1]
    for word in corners(value) or ():
        if word not in merges:
            raise site.error(f"'merge' is {word!r}, no merging operation; {did_you_mean(str(word), merges)}", tree.mark)
    return value
