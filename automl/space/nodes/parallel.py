"""``parallel: {merge, do: {a: ..., b: ...}}``: branches on the same input, merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import YamlMap, kind_of
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.nodes.merge import Merge, merge, read_merging
from automl.space.reading import read_body
from automl.space.site import Site
from automl.space.values import Literal

_CONCAT = Literal("concat")


@node("parallel")
@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(Node):
    """Branches on the same input, merged in the order in which they are written.

    Attributes:
        branches: Sequences by name; an empty one is the input as it is.
        merge: The operation that merges them; decided after what is in the branches.
    """

    branches: Mapping[str, Body]
    merge: Merge = _CONCAT

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
        how = read_merging(entries, site, "concat")
        return cls(name=said.name, mark=said.mark, branches=branches, merge=how)

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Every branch on ``x``, then the merge."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        x = assembly.one(x, here=here, mark=self.mark)
        outputs: Flow = ()
        for name, body in self.branches.items():
            outputs += emit_body(body, x, here.child(name), assembly)[-1:]
        return merge(self.merge, outputs, here, assembly, self.mark)

    def bodies(self) -> Iterator[Body]:
        """The branches."""
        yield from self.branches.values()
