"""From an architecture to a Keras model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl import ops
from automl.arch.architecture import Architecture
from automl.arch.graph import Node
from automl.errors import SpaceError, did_you_mean
from automl.ops import Built, Op, Shape, show

if TYPE_CHECKING:
    import keras


class LayerNames:
    """Names that Keras takes, each given out once.

    A name never has two underscores in a row or a digit in front, so the parts of a composite, ``<name>__<part>``,
    never meet another layer.

    >>> names = LayerNames()
    >>> names.take("stage.0/block.1/conv"), names.take("stage.0/block.1/conv")
    ('stage_0_block_1_conv', 'stage_0_block_1_conv_2')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, path: str, *, otherwise: str = "layer") -> str:
        """A name from a path for people; from ``otherwise`` where nothing of it is left."""
        plain = re.sub(r"[^A-Za-z0-9]+", "_", path).strip("_") or otherwise
        plain = plain if plain[0].isalpha() else f"{otherwise}_{plain}"
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name


def build_model(
    architecture: Architecture,
    *,
    preprocessing: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    name: str = "model",
) -> keras.Model:
    """A functional Keras model of plain Keras layers: raw inputs, preprocessing, network.

    One input or output is a tensor of its own; several are dicts by name. Layers are called after their node's path
    (``stage.0/conv`` becomes ``stage_0_conv``), else after their operation, and equal architectures with equal paths
    give equal names. Integer inputs are cast to float32 where an operation needs it. Weights come from Keras' global
    random state: call ``keras.utils.set_random_seed`` first where they must be the same again.

    Args:
        architecture: What to build.
        preprocessing: For each input the operations that stand before the network, in order:
            ``{"image": [{"op": "normalize", "args": {"mean": [33.3], "variance": [6000.0]}}]}``.
        shapes: Of the rows that come in, for inputs whose shape preprocessing changes; the architecture has the shape
            that comes out of it.
        name: Of the model.

    Raises:
        SpaceError: Preprocessing for an input that there is not, or that does not fit.
    """
    import keras

    preprocessing = preprocessing or {}
    for unknown in preprocessing.keys() - architecture.inputs.keys():
        hint = did_you_mean(unknown, architecture.inputs)
        raise SpaceError(f"preprocessing for the input {unknown!r}, which does not exist; {hint}")
    builder = _Builder(architecture)
    coming = {key: given.shape for key, given in architecture.inputs.items()} | dict(shapes or {})
    raw = {key: keras.Input(coming[key], dtype=given.dtype, name=key) for key, given in architecture.inputs.items()}
    for key, tensor in raw.items():
        builder.tensors[key] = builder.preprocess(key, tensor, preprocessing.get(key, ()))
        if (found := _shape(builder.tensors[key])) != architecture.inputs[key].shape:
            wanted = show(architecture.inputs[key].shape)
            raise SpaceError(f"preprocessing makes {show(found)} of the input {key!r}, and the network reads {wanted}")
    for node in architecture.nodes:
        builder.tensors[node.id] = builder.apply(node)
    outputs = {key: builder.tensors[source] for key, source in architecture.outputs.items()}
    return keras.Model(_alone(raw), _alone(outputs), name=name)


class _Builder:
    """Tensors made so far, and layers that may be used again."""

    def __init__(self, architecture: Architecture) -> None:
        self.tensors: dict[str, Any] = {}
        self._names = LayerNames(taken=architecture.inputs)
        self._shared: dict[str, Built] = {}
        self._cast: dict[str, Any] = {}

    def preprocess(self, key: str, tensor: Any, steps: Sequence[Mapping[str, Any]]) -> Any:
        for step in steps:
            op = ops.create(step["op"], step.get("args", {}))
            built = op.build(_shape(tensor), name=self._names.take(f"{key}_{op.name}"))
            tensor = built(self._as_float(op, key, tensor))
        return tensor

    def apply(self, node: Node) -> Any:
        op = ops.create(node.op, node.args)
        tensors = [self._as_float(op, name, self.tensors[name]) for name in node.inputs]
        return self._layer(op, node, [_shape(tensor) for tensor in tensors])(*tensors)

    def _layer(self, op: Op, node: Node, shapes: Sequence[Shape]) -> Built:
        if node.weights in self._shared:
            return self._shared[node.weights]
        built = op.build(*shapes, name=self._names.take(node.name, otherwise=node.op))
        if node.weights is not None:
            self._shared[node.weights] = built
        return built

    def _as_float(self, op: Op, source: str, tensor: Any) -> Any:
        import keras

        if op.reads_integers or keras.backend.is_float_dtype(tensor.dtype):
            return tensor
        if source not in self._cast:
            cast = ops.create("rescale", {"scale": 1.0})
            self._cast[source] = cast.build(_shape(tensor), name=self._names.take(f"{source}_cast"))(tensor)
        return self._cast[source]


def _shape(tensor: Any) -> Shape:
    return tuple(tensor.shape[1:])


def _alone(tensors: dict[str, Any]) -> Any:
    return next(iter(tensors.values())) if len(tensors) == 1 else tensors
