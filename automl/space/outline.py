"""Walking through a space without building: every question is asked, nothing has a shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.arch import Input
from automl.arch import Node as Layer
from automl.errors import ShapeError
from automl.ops import Shape
from automl.space.assembly import Assembly, Decider, Flow, Place
from automl.space.document import Mark
from automl.space.formula import Formula
from automl.space.node import Node, emit_body
from automl.space.openness import compares, is_open
from automl.space.ports import sizes

if TYPE_CHECKING:
    from automl.space.space import Space

_ANY: Shape = (None, None, 8)  # what every tensor is said to be, so that everything fits everything


class Unknown:
    """A value that depends on data which is not there; whoever looks at it gets to know.

    Args:
        error: What is missing.
    """

    __slots__ = ("_error",)

    def __init__(self, error: ShapeError) -> None:
        self._error = error

    def _tell(self, *_: object) -> Any:
        raise self._error

    __repr__ = __str__ = __bool__ = __int__ = __index__ = __hash__ = _tell
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _tell


class Outline(Assembly):
    """An assembly that makes no layers: what is asked in a space hardly ever depends on shapes.

    Args:
        space: What is walked through.
        decider: Answers the questions.
        inputs: Data whose sizes formulas see; None where there is none.
    """

    def __init__(self, space: Space, decider: Decider, inputs: Mapping[str, Input] | None = None) -> None:
        names = list(space.inputs) or ["input"]
        super().__init__(decider, inputs or dict.fromkeys(names, Input(_ANY)), {}, space.blocks)
        self.globals.update(sizes(inputs) if inputs else {})
        self._made = 0
        self._space = space
        self._compares = compares(space)

    def emit(self, node: Node, x: Flow, at: Place) -> Flow:
        """Apply a node of a body; one in which nothing is asked is passed by, where that makes no difference."""
        if self._compares or is_open(node, self._space):
            return node.emit(x, at, self)
        return self.layer("", {}, x, here=at, mark=None)

    def compute(self, formula: Formula, names: Mapping[str, Any]) -> Any:
        """The value of a formula; where it depends on data that is not there, that matters only if the value does."""
        try:
            return formula.evaluate(names)
        except ShapeError as error:
            return Unknown(error)

    def shape(self, flow: Flow) -> Shape:  # noqa: ARG002
        """The one shape of all tensors."""
        return _ANY

    def layer(self, op: str, args: Mapping[str, Any], x: Flow, *, here: Place, mark: Mark | None) -> Flow:  # noqa: ARG002
        """A tensor of its own."""
        self._made += 1
        self.nodes.append(Layer(f"#{self._made}", op, {}, x))
        return (f"#{self._made}",)

    def head(self, x: Flow, *, here: Place, mark: Mark | None) -> Flow:
        """As a layer."""
        return self.layer("head", {}, x, here=here, mark=mark)

    def output(self, name: str, x: Flow, *, here: Place, mark: Mark | None) -> None:
        """Nothing is kept."""

    def finish(self, x: Flow, at: Place) -> None:
        """Nothing is missed."""


def unfold(space: Space, assembly: Assembly) -> dict[str, Any]:
    """Ask and apply everything in its order; the training settings by path."""
    for name, value in space.vars.items():
        assembly.globals[name] = value.answer(assembly, name, assembly.globals)
    start = Place("", "", None, assembly.globals)
    flow = emit_body(space.model, tuple(assembly.inputs) if len(assembly.inputs) == 1 else (), start, assembly)
    assembly.finish(flow, start)
    return {key: value.answer(assembly, f"train/{key}", assembly.globals) for key, value in space.train.items()}
