"""``each: node``: a network applied to every step of a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from automl.arch.graph import live_order
from automl.errors import ShapeError
from automl.ops import show
from automl.ops.each import STEP
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import located
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.reading import read_body
from automl.space.site import Site


@node("each")
@dataclass(frozen=True, slots=True, kw_only=True)
class Each(Node):
    """A sequence of nodes on every step: on every picture of a film, every sentence of a text.

    The steps share decisions and weights. The network sees nothing but its step.

    Attributes:
        do: What is done to a step.
    """

    scopes: ClassVar[bool] = True

    do: Body

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From the nodes."""
        return cls(name=said.name, mark=said.mark, do=read_body(said.content, site.closed(), mark=said.mark))

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Assemble the network on one step, and add it as one layer."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        x = assembly.one(x, here=here, mark=self.mark)
        shape = assembly.shape(x)
        if len(shape) < 2:
            message = f"'each' needs a sequence of steps, each of one axis or more; here is {show(shape)}"
            raise located(ShapeError(message), self.mark, here.path)
        inner = assembly.inside(STEP, shape[1:])
        last = emit_body(self.do, (STEP,), here.scoped(), inner)[-1]
        assembly.leave(inner)
        layers = live_order({each.id: each for each in inner.nodes}, {"output": last})
        if not layers:
            return x
        network = {"network": [each.canonical() for each in layers]}
        return assembly.layer("each", network, x, here=here, mark=self.mark)

    def bodies(self) -> Iterator[Body]:
        """What is done to a step."""
        yield self.do
