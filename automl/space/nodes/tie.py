"""``tie: key`` beside a node: all with the same key are one, in their decisions and in their weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlTree
from automl.space.node import TIE, Body, Node, Said, emit_body, node
from automl.space.reading import read_body
from automl.space.site import Site


@node(TIE)
@dataclass(frozen=True, slots=True, kw_only=True)
class Tied(Node):
    """A node that is the same as all others with its key.

    The key holds within the copy of a repeat, the call of a block or the ``each`` around it.

    Attributes:
        key: What they have in common.
        do: The node, under the name of its word, so that those with the same key are equal.
    """

    key: str
    do: Body

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """The node in ``said.content``, the key in ``said.options``."""
        key = read_key(said.options["tie"], site)
        return cls(name=said.name, mark=said.mark, key=key, do=read_body(said.content, site))

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Apply the node where all with its key decide and have their weights."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        return emit_body(self.do, x, here.tied(self.key), assembly)

    def bodies(self) -> Iterator[Body]:
        """The node."""
        yield self.do

    def ties(self) -> Iterator[tuple[str, Body, Mark | None]]:
        """The key with the node."""
        yield self.key, self.do, self.mark


def read_key(tree: YamlTree, site: Site) -> str:
    """What stands behind ``tie``."""
    return site.segment(site.word(tree, "'tie'"), "the key", tree.mark)
