"""One network applied to every step of a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from automl.errors import ShapeError, SpaceError
from automl.ops.base import Built, Cost, Op, UnaryOp, keras_layer
from automl.ops.registry import create, op
from automl.ops.shapes import Shape, size

STEP = "step"
"""What the layers of the network call its input."""


class Layer(BaseModel):
    """One layer of the network, as in the JSON of an architecture."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    op: str
    args: dict[str, Any] = Field(default_factory=dict)
    inputs: tuple[str, ...] = Field(strict=False)
    weights: str | None = None


@dataclass(frozen=True, slots=True)
class _Use:
    """A layer on shapes that are known."""

    layer: Layer
    op: Op
    inputs: tuple[Shape, ...]


@op("each")
class Each(UnaryOp):
    """A network applied to every step of a sequence: to every picture of a film, every sentence of a text.

    All steps share the weights. In training ``bn`` normalises the rows of one step together.

    Args:
        network: Its layers, each after all that it reads, with ``id``, ``op``, ``args``, ``inputs`` and ``weights``
            as in the JSON of an architecture; they read the step as ``step``. The last layer is the output.
    """

    sized: ClassVar[bool] = True

    network: Annotated[tuple[Layer, ...], Field(strict=False)]

    _ops: dict[str, Op] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ARG002
        """Check the layers and what they read."""
        known = {STEP}
        for layer in self.network:
            unknown = [name for name in layer.inputs if name not in known]
            if unknown or layer.id in known:
                problem = f"reads {unknown[0]!r}, which is no earlier layer" if unknown else "has the id of another"
                raise SpaceError(f"the layer {layer.id!r} of 'each' {problem}")
            self._ops[layer.id] = create(layer.op, layer.args)
            known.add(layer.id)

    @property
    def reads_integers(self) -> bool:
        """Whether every layer that reads the step does."""
        readers = [self._ops[layer.id] for layer in self.network if STEP in layer.inputs]
        return bool(readers) and all(reader.reads_integers for reader in readers)

    def arguments(self) -> dict[str, Any]:
        """The layers with all their arguments."""
        layers = [
            {**layer.model_dump(mode="json"), "args": dict(sorted(self._ops[layer.id].arguments().items()))}
            for layer in self.network
        ]
        return {"network": layers}

    def is_identity(self, *inputs: Shape) -> bool:  # noqa: ARG002
        """A network of no layers."""
        return not self.network

    def output(self, x: Shape) -> Shape:
        """As many steps, each as the network makes it."""
        if len(x) < 2:
            raise ShapeError(f"{self.name!r} needs a sequence of steps, each of one axis or more")
        shapes, _ = self._trace(x[1:])
        return (x[0], *shapes[self.network[-1].id if self.network else STEP])

    def cost(self, *inputs: Shape) -> Cost:
        """The weights once, everything else for every step."""
        self.infer(*inputs)
        (x,) = inputs
        _, uses = self._trace(x[1:])
        parameters, flops, activations, counted = 0, 0, 0, set()
        for use in uses:
            cost = use.op.cost(*use.inputs)
            parameters += 0 if use.layer.weights in counted else cost.parameters
            flops, activations = flops + cost.flops, activations + cost.activations
            counted |= {use.layer.weights} - {None}
        steps = size(x[:1])
        return Cost(parameters, steps * flops, steps * activations)

    @property
    def layers_of_depth(self) -> int:
        """Weighted layers on the longest way through the network."""
        depth = {STEP: 0}
        for layer in self.network:
            depth[layer.id] = max(depth[name] for name in layer.inputs) + self._ops[layer.id].layers_of_depth
        return max(depth.values())

    def layer(self, x: Shape, name: str) -> Built:
        """Keras' ``TimeDistributed`` around a functional model; it unrolls a sequence of known length."""
        return keras_layer("TimeDistributed", self._model(x[1:], f"{name}__step"), name=name)

    def _trace(self, step: Shape) -> tuple[dict[str, Shape], list[_Use]]:
        """The shape of every layer's output, and every layer with the shapes that it reads."""
        shapes, uses = {STEP: step}, []
        for layer in self.network:
            use = _Use(layer, self._ops[layer.id], tuple(shapes[name] for name in layer.inputs))
            shapes[layer.id] = use.op.infer(*use.inputs)
            uses.append(use)
        return shapes, uses

    def _model(self, step: Shape, name: str) -> Any:
        import keras

        x = keras.Input(step, dtype="int32" if self.reads_integers else "float32", name=f"{name}__input")
        tensors, shared = {STEP: x}, {}
        _, uses = self._trace(step)
        for number, use in enumerate(uses):
            key = use.layer.weights or use.layer.id
            if key not in shared:
                shared[key] = use.op.build(*use.inputs, name=f"{name}__{number}_{use.op.name}")
            tensors[use.layer.id] = shared[key](*(tensors[source] for source in use.layer.inputs))
        return keras.Model(x, tensors[self.network[-1].id if self.network else STEP], name=name)
