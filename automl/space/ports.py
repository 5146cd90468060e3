"""What goes into a network and comes out of it: the sections ``inputs`` and ``outputs``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automl import ops
from automl.arch import Input
from automl.arch.graph import check_input, check_port
from automl.errors import SpaceError, did_you_mean
from automl.ops import Shape, show
from automl.space.document import Mark, Scalar, YamlList, YamlMap, YamlScalar, YamlTree, kind_of, plain
from automl.space.site import INPUT_NAMES, Site

FLOWING = "input"
"""What a graph calls the tensor that comes into it."""

_IMAGES = (Input((32, 32, 3), "uint8"), Input((96, 96, 3), "uint8"), Input((224, 224, 3), "uint8"))
SAMPLES: Mapping[str, tuple[Input, ...]] = {
    "image": _IMAGES,
    "text": tuple(Input((length,), "int32", codes=(20_000,)) for length in (64, 256, 1024)),
    "tabular": (Input((16,)), Input((128,)), Input((24,), codes=(2, 4, 12, 200))),
    "categories": (Input((8,), "int32"), Input((32,), "int32")),
    "series": (Input((48, 4)), Input((256, 4)), Input((1024, 4))),
}
"""Kinds of inputs, and the shapes that a space with such an input is tried with."""

HEADS: Mapping[str, Mapping[str, Any]] = {
    "regression": {"units": 1, "activation": "linear"},
    "classification": {"units": 10, "activation": "softmax"},
    "multilabel": {"units": 10, "activation": "sigmoid"},
}
"""Kinds of outputs that have a head, and the head that a space with such an output is tried with."""

TENSOR = "tensor"  # the kind of an output that is a tensor of the network as it is

_OUTPUT_KEYS = ("kind", "units", "activation", "loss", "loss_weight")
_AXES = {3: ("height", "width", "channels"), 2: ("length", "channels")}


@dataclass(frozen=True, slots=True)
class InputPort:
    """One input of a space.

    Attributes:
        kind: ``image``, ``text`` (a row of token numbers), ``tabular`` (a row of numbers, and maybe
            codes behind them, see ``columns``), ``categories`` (a row of
            codes) or ``series`` (steps of several numbers each); None where the shape is given.
        shape: Of one row, without the batch axis.
        dtype: Of the data, where the shape is given.
    """

    kind: str | None = None
    shape: Shape | None = None
    dtype: str = "float32"

    def samples(self) -> Sequence[Input]:
        """What to try the space with."""
        return SAMPLES[self.kind] if self.kind is not None else (Input(self.shape or (), self.dtype),)

    def misfit(self, given: Input) -> str | None:
        """Why data does not fit; None if it does."""
        if self.kind is not None and len(given.shape) != len(SAMPLES[self.kind][0].shape):
            axes = len(SAMPLES[self.kind][0].shape)
            return f"{show(given.shape)} is no {self.kind!r}, which has {axes} ax{'es' if axes > 1 else 'is'}"
        if self.shape is not None and not _fits(given.shape, self.shape):
            return f"{show(given.shape)} is not the {show(self.shape)} that the space says"
        return None


@dataclass(frozen=True, slots=True)
class OutputPort:
    """One output of a space.

    Attributes:
        kind: ``regression``, ``classification``, ``multilabel``: the task completes the head; ``tensor``: the
            output is what the network computes, without a head; None where the head is given.
        units: Of the head, where it is given.
        activation: Of the head, where it is given.
        loss: Keras' name of the loss; None leaves it to the task.
        loss_weight: How much the loss counts beside those of other outputs.
    """

    kind: str | None = None
    units: int | None = None
    activation: str = "linear"
    loss: str | None = None
    loss_weight: float = 1.0

    @property
    def sample(self) -> Mapping[str, Any]:
        """Arguments of a head to try the space with."""
        return HEADS[self.kind] if self.kind is not None else {"units": self.units, "activation": self.activation}


def read_inputs(tree: YamlTree | None, site: Site) -> dict[str, InputPort]:
    """Inputs by name."""
    return {name: _input(value, here) for name, value, here in _ports(tree, "inputs", site)}


def read_outputs(tree: YamlTree | None, site: Site, inputs: Mapping[str, InputPort]) -> dict[str, OutputPort]:
    """Outputs by name."""
    read = {}
    for name, value, here in _ports(tree, "outputs", site):
        if name in inputs:
            raise here.error(f"the output {name!r} has the name of an input; use another", value.mark)
        read[name] = _output(value, here)
    return read


def size_names(inputs: Mapping[str, InputPort]) -> tuple[str, ...]:
    """What formulas call the sizes of the inputs."""
    if len(inputs) < 2:
        return INPUT_NAMES
    return tuple(name.replace(FLOWING, port, 1) for port in inputs for name in INPUT_NAMES)


def sizes(inputs: Mapping[str, Input]) -> dict[str, Scalar]:
    """The sizes of pictures and sequences, as formulas see them, where they are fixed."""
    found: dict[str, Scalar] = {}
    for name, given in inputs.items():
        prefix = FLOWING if len(inputs) == 1 else name
        axes = zip(_AXES.get(len(given.shape), ()), given.shape, strict=False)
        found.update({f"{prefix}_{axis}": size for axis, size in axes if size is not None})
    return found


def check_ports(
    inputs: Mapping[str, InputPort],
    outputs: Mapping[str, OutputPort],
    given: Mapping[str, Input],
    heads: Mapping[str, Mapping[str, Any]],
) -> None:
    """Refuse data that is not what a space says, or not one input and output where it says nothing.

    Raises:
        SpaceError: Names or shapes differ.
    """
    if (not inputs and len(given) != 1) or (not outputs and len(heads) != 1):
        message = f"a space has one input and one output, got {len(given)} and {len(heads)}"
        raise SpaceError(f"{message}; name them in 'inputs' and 'outputs'")
    wanted = {name for name, port in outputs.items() if port.kind != TENSOR}
    if inputs and given.keys() != inputs.keys():
        raise SpaceError(f"the space has the inputs {_names(inputs)}; the data has {_names(given)}")
    if outputs and not wanted <= heads.keys() <= outputs.keys():
        raise SpaceError(f"the space has the outputs {_names(outputs)}; there are heads for {_names(heads)}")
    for name, port in inputs.items():
        if misfit := port.misfit(given[name]):
            raise SpaceError(f"the input {name!r}: {misfit}")


def _names(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "none"


def _fits(given: Shape, wanted: Shape) -> bool:
    pairs = zip(given, wanted, strict=False)
    return len(given) == len(wanted) and all(size is None or axis == size for axis, size in pairs)


def _ports(tree: YamlTree | None, section: str, site: Site) -> Iterator[tuple[str, YamlTree, Site]]:
    if tree is None or (isinstance(tree, YamlScalar) and tree.value is None):
        return
    here = site.child(section)
    if not isinstance(tree, YamlMap):
        raise here.error(f"{section!r} is a mapping of names to kinds, got {kind_of(tree)}", tree.mark)
    for name, value in tree.entries.items():
        try:
            check_port(section[:-1], name)
        except SpaceError as error:
            raise here.locate(error, tree.marks[name]) from None
        if name == FLOWING:
            message = f"{FLOWING!r} is what graphs call the tensor that comes into them; use another name"
            raise here.error(message, tree.marks[name])
        yield name, value, here.child(name)


def _input(tree: YamlTree, site: Site) -> InputPort:
    if not isinstance(tree, YamlMap):
        return InputPort(_kind(tree, SAMPLES, "input", site))
    entries = site.mapping(tree, "an input", ("shape", "dtype"), needs=("shape",))
    axes = entries["shape"]
    shape = plain(axes)
    dtype = site.word(entries["dtype"], "'dtype'") if "dtype" in entries else "float32"
    if not isinstance(axes, YamlList):
        raise site.error(f"'shape' is a list of sizes, without the rows, got {kind_of(axes)}", axes.mark)
    try:
        check_input(site.path.rpartition("/")[-1], Input(tuple(shape), dtype))
    except SpaceError as error:
        raise site.locate(error, tree.mark) from None
    return InputPort(shape=tuple(shape), dtype=dtype)


def _output(tree: YamlTree, site: Site) -> OutputPort:
    kinds = (*HEADS, TENSOR)
    if not isinstance(tree, YamlMap):
        return OutputPort(_kind(tree, kinds, "output", site))
    entries = site.mapping(tree, "an output", _OUTPUT_KEYS)
    values = {key: site.scalar(value, f"{key!r}") for key, value in entries.items()}
    if ("kind" in entries) == ("units" in entries):
        raise site.error("an output needs 'kind' or 'units', and not both", tree.mark)
    if "kind" in entries:
        _kind(entries["kind"], kinds, "output", site)
        if "activation" in entries:
            raise site.error("'activation' belongs to 'units'; a 'kind' has its own", entries["activation"].mark)
    else:
        _check_head(entries, values, site)
    _check_loss(entries, values, site)
    return OutputPort(**values)  # type: ignore[arg-type]


def _kind(tree: YamlTree, known: Sequence[str] | Mapping[str, object], what: str, site: Site) -> str:
    kind = site.word(tree, f"the kind of {what}")
    if kind not in known:
        raise site.error(f"unknown kind of {what} {kind!r}; {did_you_mean(kind, known)}", tree.mark)
    return kind


def _check_head(entries: Mapping[str, YamlTree], values: Mapping[str, Scalar], site: Site) -> None:
    try:
        ops.create("head", {key: values[key] for key in ("units", "activation") if key in values})
    except SpaceError as error:
        raise site.locate(error, entries["units"].mark) from None


def _check_loss(entries: Mapping[str, YamlTree], values: Mapping[str, Scalar], site: Site) -> None:
    loss, weight = values.get("loss"), values.get("loss_weight", 1.0)
    if loss is not None and not isinstance(loss, str):
        raise site.error(f"'loss' is the name of a loss, got {loss!r}", entries["loss"].mark)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
        mark: Mark = entries["loss_weight"].mark
        raise site.error(f"'loss_weight' must be a number of at least 0, got {weight!r}", mark)
