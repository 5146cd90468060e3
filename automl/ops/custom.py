"""A person's own ``keras.Layer`` as an operation of the language."""

from __future__ import annotations

import importlib
import inspect
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar, get_origin

from pydantic import Field, JsonValue, TypeAdapter, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import PydanticSerializationError

from automl.errors import ShapeError, SpaceError
from automl.ops import registry
from automl.ops.base import Built, Cost, Op
from automl.ops.shapes import Shape, show, size

_LayerClass = TypeVar("_LayerClass", bound=type)
_OF_KERAS = ("self", "name", "dtype", "trainable")
_OF_CALL = ("self", "training", "mask")

Infer = Callable[..., Shape]
"""``infer(op, *shapes)``: the output's shape, arguments being attributes of ``op``."""
CostOf = Callable[..., Cost]
"""``cost(op, *shapes)``: what one row costs."""


class LayerOp(Op):
    """What ``register_layer`` makes a subclass of, with the constructor's arguments as its fields.

    Attributes:
        layer_class: The person's class.
        own_infer: Answers instead of Keras.
        own_cost: Answers instead of Keras.
        listed: Whether ``call`` takes its inputs as one list.
    """

    layer_class: ClassVar[type]
    own_infer: ClassVar[Infer | None] = None
    own_cost: ClassVar[CostOf | None] = None
    listed: ClassVar[bool] = False

    def infer(self, *inputs: Shape) -> Shape:
        """See ``Op.infer``."""
        self.check_inputs(inputs)
        own = type(self).own_infer
        return _symbolic(type(self), self._key(), inputs)[0] if own is None else tuple(own(self, *inputs))

    def cost(self, *inputs: Shape) -> Cost:
        """As said at the registration; else Keras' parameters, a multiply-add for each, and the output."""
        y = self.infer(*inputs)
        own = type(self).own_cost
        if own is not None:
            return own(self, *inputs)
        parameters = _symbolic(type(self), self._key(), inputs)[1]
        return Cost(parameters, 2 * parameters, size(y))

    def build(self, *inputs: Shape, name: str) -> Built:
        """See ``Op.build``."""
        self.check_inputs(inputs)
        given = {field: getattr(self, field) for field in type(self).model_fields}
        layer = self.layer_class(**given, name=name)
        listed = self.listed

        def call(*tensors: Any) -> Any:
            return layer(list(tensors)) if listed else layer(*tensors)

        return call

    def arguments(self) -> dict[str, Any]:
        """See ``Op.arguments``."""
        return self.model_dump(mode="json")

    def _key(self) -> str:
        return json.dumps(self.arguments(), sort_keys=True)


def register_layer(
    name: str, *, infer: Infer | None = None, cost: CostOf | None = None, inputs: int | None = None
) -> Callable[[_LayerClass], _LayerClass]:
    """Make a ``keras.Layer`` an operation of the language.

    Its arguments are those of its constructor, checked by their annotations; one without an annotation takes anything
    that YAML can say. Without ``infer`` and ``cost`` Keras builds the layer symbolically to answer, which imports Keras
    wherever a space is checked. The class is registered with Keras too, so that saved models find it once its module
    is imported.

        @register_layer("scale_by")
        class ScaleBy(keras.Layer):
            def __init__(self, factor: float = 2.0, **kwargs):
                super().__init__(**kwargs)
                self.factor = factor

            def call(self, x):
                return self.factor * x

    Args:
        name: In the language: small letters, digits and '_'.
        infer: ``infer(op, *shapes)`` gives the output's shape without the batch axis; it raises ``ShapeError``.
        cost: ``cost(op, *shapes)`` gives a ``Cost``.
        inputs: How many tensors it takes. None: as many as ``call`` has arguments without a default besides
            ``training`` and ``mask``. With more than one for a single argument, ``call`` gets a list.

    Raises:
        SpaceError: The name is taken or no name, or the constructor cannot be called from YAML.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SpaceError(f"{name!r} cannot name a layer; use small letters, digits and '_'")

    def register(layer: _LayerClass) -> _LayerClass:
        separate = _tensors(layer)
        count = inputs or separate
        made = create_model(f"{layer.__name__}Op", __base__=LayerOp, __doc__=layer.__doc__, **_fields(layer))
        made.layer_class, made.own_infer, made.own_cost = layer, infer, cost
        made.min_inputs = made.max_inputs = count
        made.listed = count > separate
        made.weighted = True
        made.origin = f"{layer.__module__}:{layer.__qualname__}"
        made.travels = layer.__module__ != "__main__" and "<locals>" not in layer.__qualname__
        try:
            registry.op(name)(made)
        except ValueError as error:
            raise SpaceError(f"{error}; give {layer.__qualname__} another name") from None
        _register_with_keras(layer)
        return layer

    return register


def origins(names: Iterable[str]) -> tuple[str, ...]:
    """``module:qualname`` of the registered layers among some operations: what another process must import."""
    found = (registry.get(name).origin for name in sorted({*names}))
    return tuple(origin for origin in found if origin is not None)


def own_layers() -> tuple[type[Op], ...]:
    """The operations that were registered from a person's layers, by name."""
    return tuple(op for op in map(registry.get, registry.names()) if op.origin is not None)


def import_layers(found_at: Iterable[str]) -> None:
    """Import the modules that register layers, from what ``origins`` gave.

    Raises:
        SpaceError: A module cannot be imported, or registers no such layer.
    """
    for origin in found_at:
        module = origin.partition(":")[0]
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise SpaceError(f"the layer {origin} cannot be imported: {error}") from error
        if origin not in {registry.get(name).origin for name in registry.names()}:
            raise SpaceError(f"importing {module!r} registers no layer {origin}; decorate it with register_layer")


def _fields(layer: type) -> dict[str, Any]:
    """Pydantic's fields from the constructor's signature."""
    try:
        signature = inspect.signature(layer.__init__, eval_str=True)  # type: ignore[misc]
    except NameError as error:
        raise SpaceError(f"an annotation of {layer.__qualname__}.__init__ cannot be read: {error}") from None
    parameters = signature.parameters.values()
    if "name" not in signature.parameters and all(one.kind is not one.VAR_KEYWORD for one in parameters):
        raise SpaceError(f"{layer.__qualname__}.__init__ must take **kwargs and hand them to super().__init__")
    taken = [one for one in parameters if one.name not in _OF_KERAS and one.kind is not one.VAR_KEYWORD]
    return {one.name: _field(layer, one) for one in taken}


def _field(layer: type, parameter: inspect.Parameter) -> tuple[Any, Any]:
    where = f"argument {parameter.name!r} of {layer.__qualname__}"
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
        raise SpaceError(f"{where} has no name to be called by; make it an ordinary argument")
    if hasattr(Op, parameter.name) or parameter.name.startswith("_"):
        raise SpaceError(f"{where} has a name that operations use themselves; call it otherwise")
    kind: Any = JsonValue if parameter.annotation is parameter.empty else parameter.annotation
    if get_origin(kind) is tuple:
        kind = Annotated[kind, Field(strict=False)]  # YAML has lists only
    try:
        TypeAdapter(kind).json_schema()
        TypeAdapter(Any).dump_python(None if parameter.default is parameter.empty else parameter.default, mode="json")
    except (PydanticUserError, PydanticSerializationError):
        raise SpaceError(
            f"{where} cannot be said in YAML; annotate it with int, float, bool, str, list, dict or Literal, and give "
            "it a default of that kind"
        ) from None
    return kind, ... if parameter.default is parameter.empty else parameter.default


def _tensors(layer: Any) -> int:
    """How many arguments of ``call`` are tensors."""
    parameters = inspect.signature(layer.call).parameters.values()
    plain = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    return sum(one.default is one.empty and one.name not in _OF_CALL for one in plain) or 1


def _register_with_keras(layer: type) -> None:
    import keras

    if keras.saving.get_registered_name(layer) == layer.__name__:  # else the person did
        keras.saving.register_keras_serializable(package=layer.__module__)(layer)


@cache
def _symbolic(cls: type[LayerOp], arguments: str, inputs: tuple[Shape, ...]) -> tuple[Shape, int]:
    """Output shape and parameters, from building the layer on symbolic tensors.

    Building draws seeds from Python's random state, which is put back: looking at a network must not change training.
    """
    import keras

    given: Mapping[str, Any] = json.loads(arguments)
    state = random.getstate()
    try:
        layer = registry.validated(cls, given).build(*inputs, name=cls.name)
        model = keras.Model(tensors := [keras.Input(shape) for shape in inputs], layer(*tensors))
        return tuple(model.output.shape[1:]), model.count_params()
    except Exception as error:  # a person's code may raise anything
        shapes = ", ".join(show(shape) for shape in inputs)
        raise ShapeError(f"{cls.name!r} cannot be built on {shapes}: {_first_line(error)}") from error
    finally:
        random.setstate(state)


def _first_line(error: Exception) -> str:
    """The error in a line. Keras says more before what ``call`` raised, which it writes in bold."""
    bold = re.findall(r"\x1b\[1m(.*?)\x1b\[0m", str(error), flags=re.DOTALL)
    text = (bold[-1] if bold else str(error)).rpartition("Error encountered:")[-1]
    return f"{type(error).__name__}: {text.strip().partition(chr(10))[0]}"
