"""A network as a readable tree: its parts as the space names them, and in them the layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from automl.arch import Architecture, LayerSummary, summarize
from automl.arch.text import call
from automl.ops import show


@dataclass(slots=True)
class _Part:
    """A part of a network by name, with its parts and layers in order."""

    name: str
    inside: list[_Part | LayerSummary] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    branch: str
    what: str
    id: str = ""
    reads: str = ""
    output: str = ""
    parameters: str = ""


def tree(architecture: Architecture, *, columns: int = 80) -> list[str]:
    """Lines of a network as a tree: each layer with what it reads where that is not the line before, and its size.

    A part that holds one other part is told with it on one line, ``stage.0/block.0``.

    Args:
        architecture: What to show.
        columns: Width to keep to, by cutting names.

    >>> from automl.arch import Architecture, Input, Node
    >>> pixels = {"image": Input((8, 8, 1), "uint8")}
    >>> nodes = [
    ...     Node("a", "conv", {"filters": 4}, ("image",), name="stem/conv"),
    ...     Node("b", "bn", {}, ("a",), name="stem/bn"),
    ...     Node("c", "head", {"units": 2}, ("b",), name="head"),
    ... ]
    >>> for line in tree(Architecture.assemble(pixels, nodes, {"label": "c"}), columns=60):
    ...     print(line)
          image, uint8                         8x8x1
          stem
      n0  |- conv 4                            8x8x4          40
      n1  `- bn                                8x8x4          16
      n2  head 2                               2              10
                                               total          66
    """
    summary = summarize(architecture)
    lines = [_Line("", f"{name}, {x.dtype}", output=show(x.shape)) for name, x in architecture.inputs.items()]
    before = next(iter(architecture.inputs)) if len(architecture.inputs) == 1 else ""
    reads = _reads(summary.layers, before)
    lines += _drawn(_folded(_parts(summary.layers)).inside, "", reads, top=True)
    lines.append(_Line("", "", output="total", parameters=f"{summary.parameters:,}"))
    return _laid_out(lines, columns)


def _parts(layers: Sequence[LayerSummary]) -> _Part:
    """Layers below the parts that their paths name; a part that is left and entered again is told twice."""
    root = _Part("")
    for layer in layers:
        here = root
        for name in _named(layer.name.split("/")):
            last = here.inside[-1] if here.inside else None
            if not isinstance(last, _Part) or last.name != name:
                last = _Part(name)
                here.inside.append(last)
            here = last
        here.inside.append(layer)
    return root


def _named(path: Sequence[str]) -> Iterator[str]:
    """The parts of a layer's path; what was chosen is told by its own name, where it has one."""
    for name, following in pairwise(path):
        chosen = name.removeprefix("choice=")
        if chosen == name or chosen != following.partition("#")[0]:
            yield chosen


def _folded(part: _Part) -> _Part:
    """The part with every chain of single parts in it told as one."""
    inside = [_folded(each) if isinstance(each, _Part) else each for each in part.inside]
    only = inside[0] if len(inside) == 1 else None
    if part.name and isinstance(only, _Part):
        return _Part(f"{part.name}/{only.name}", only.inside)
    return _Part(part.name, inside)


def _reads(layers: Sequence[LayerSummary], before: str) -> dict[str, str]:
    """What each layer reads, where it is not just the one before."""
    found = {}
    for layer in layers:
        if layer.inputs != (before,):
            found[layer.id] = f"from {', '.join(layer.inputs)}"
        before = layer.id
    return found


def _drawn(
    inside: Sequence[_Part | LayerSummary], branch: str, reads: dict[str, str], *, top: bool = False
) -> Iterator[_Line]:
    for place, each in enumerate(inside):
        last = place == len(inside) - 1
        here, below = ("", "") if top else (("`- ", "   ") if last else ("|- ", "|  "))
        if isinstance(each, _Part) and len(each.inside) == 1 and isinstance(each.inside[0], LayerSummary):
            yield _leaf(each.inside[0], branch + here, reads, part=each.name)
        elif isinstance(each, _Part):
            yield _Line(branch + here, each.name)
            yield from _drawn(each.inside, branch + below, reads)
        else:
            yield _leaf(each, branch + here, reads)


def _leaf(layer: LayerSummary, branch: str, reads: dict[str, str], part: str = "") -> _Line:
    own = layer.name.rpartition("/")[2].partition("#")[0]
    said = "" if own in ("", layer.op) or own.startswith("choice=") else f"{own}: "
    shared = f" (shares {layer.weights})" if layer.weights is not None else ""
    what = f"{part}: {call(layer.op, layer.args)}" if part else f"{said}{call(layer.op, layer.args)}"
    count = f"{layer.cost.parameters:,}" if layer.cost.parameters or shared else ""
    return _Line(branch, what + shared, layer.id, reads.get(layer.id, ""), show(layer.output_shape), count)


def _laid_out(lines: Sequence[_Line], columns: int) -> list[str]:
    names = max(len(line.id) for line in lines) + 2
    output = max(len(line.output) for line in lines)
    count = max(10, *(len(line.parameters) for line in lines))
    room = max(columns - names - output - count - 6, 20)
    return [_one(line, names, room, output, count).rstrip() for line in lines]


def _one(line: _Line, names: int, room: int, output: int, count: int) -> str:
    text = f"{line.branch}{line.what}"
    if line.reads:
        kept = max(room - len(line.reads) - 2, 8)
        text = f"{_cut(text, kept)}  {line.reads}"
    end = line.output.rjust(output) if line.output == "total" else line.output.ljust(output)
    return f"{line.id:>{names}}  {_cut(text, room):<{room}}  {end}  {line.parameters:>{count}}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 3] + "..."
