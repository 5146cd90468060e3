"""A network in words: a table, and one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from automl import ops
from automl.arch.architecture import Architecture
from automl.arch.summary import LayerSummary, summarize
from automl.ops import show

_CONVOLUTIONS = ("conv", "sepconv", "dwconv", "convtranspose")
_WORDS = {
    "dense": "dense{units}",
    "attention": "attention{heads}",
    "bag": "bag{dim}",
    "backbone": "{network}",
    "head": "{activation}{units}",
    "forecast": "forecast{steps}",
} | {name: name for name in ("gap", "gmp", "flatten", "last", "to_sequence", "repeatvector", "dot", "cosine")}
_WIDEST = 60
_SHORTEST = 24  # letters of a path in a table


def describe(architecture: Architecture, *, columns: int | None = None) -> str:
    """A table for a terminal: layer, operation, output shape, parameters and FLOPs of every node, and the totals.

    Args:
        architecture: What to describe.
        columns: Width to keep to by shortening the paths of layers, as far as they can be; None does not.
    """
    summary = summarize(architecture)
    rows: list[tuple[str, ...]] = [("layer", "operation", "output", "parameters", "FLOPs")]
    rows += [(name, f"input ({x.dtype})", show(x.shape), "", "") for name, x in architecture.inputs.items()]
    rows += [_row(layer) for layer in summary.layers]
    rows.append(("total", f"depth {summary.depth}", "", f"{summary.parameters:,}", f"{summary.flops:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    if columns is not None and sum(widths) + 8 > columns:
        widest = max(columns - sum(widths[1:]) - 8, _SHORTEST)
        rows = [(short_path(row[0], widest), *row[1:]) for row in rows]
        widths[0] = max(len(row[0]) for row in rows)
    lines = [_line(row, widths) for row in rows]
    rule = "-" * max(len(line) for line in lines)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def sketch(architecture: Architecture) -> str:
    """The network in a few words for one line of a log, at most 60 characters.

    Convolutions that follow each other are told as stages, one for each size of the map, with their last widths.

    >>> from automl.arch import Architecture, Input, Node
    >>> sketch(Architecture.assemble(
    ...     {"image": Input((28, 28, 1))},
    ...     [
    ...         Node("a", "conv", {"filters": 24}, ("image",)),
    ...         Node("b", "relu", {}, ("a",)),
    ...         Node("c", "gap", {}, ("b",)),
    ...         Node("d", "head", {"units": 10, "activation": "softmax"}, ("c",)),
    ...     ],
    ...     {"label": "d"},
    ... ))
    'conv24 > gap > softmax10'
    """
    words: list[str] = [f"{len(architecture.inputs)} inputs"] if len(architecture.inputs) > 1 else []
    told = [layer for layer in summarize(architecture).layers if _word(layer)]
    for kind, run in groupby(told, key=lambda layer: layer.op in _CONVOLUTIONS):
        layers = list(run)
        words += _stages(layers) if kind else [_word(layer) for layer in layers]
    text = " > ".join(words)
    if len(text) <= _WIDEST:
        return text
    end = " > ... > " + words[-1]
    return (text[: _WIDEST - len(end)] + end)[:_WIDEST]


def short_path(path: str, widest: int) -> str:
    """A path by its beginning and its end, where it is long.

    >>> short_path("stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/conv", 30)
    'stage.0/…/conv_bn/conv'
    """
    if len(path) <= widest:
        return path
    first = path.partition("/")[0]
    end = path[-max(widest - len(first) - 2, 1) :]
    short = f"{first}/…{end[end.find('/') :]}" if "/" in end else f"…{path[1 - widest :]}"
    return short if len(short) <= widest else f"…{path[1 - widest :]}"


def _row(layer: LayerSummary) -> tuple[str, ...]:
    parameters = f"{layer.cost.parameters:,}"
    if layer.weights is not None:
        parameters += f" ({layer.weights})"
    return (
        layer.name or layer.id,
        call(layer.op, layer.args),
        show(layer.output_shape),
        parameters,
        f"{layer.cost.flops:,}",
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join(left + right).rstrip()


def call(op: str, args: Mapping[str, Any]) -> str:
    """The operation with the arguments that are not its defaults: ``conv 24, stride=2``; of ``each`` what it does."""
    if op == "each":
        return f"each {_inside(args['network'], all_of=True)}"
    cls = ops.get(op)
    defaults = {name: field.default for name, field in cls.model_fields.items()}
    said = [
        f"{value}" if name == cls.shorthand else f"{name}={value}"
        for name, value in sorted(args.items(), key=lambda item: item[0] != cls.shorthand)
        if name == cls.shorthand or value != defaults[name]
    ]
    return f"{op} {', '.join(said)}".rstrip()


def _word(layer: LayerSummary) -> str:
    """A layer in a word; nothing for what only decorates (normalisation, activation, merges)."""
    return _said(layer.op, layer.args, layer.output_shape[-1] if layer.output_shape else None)


def _said(op: str, args: Mapping[str, Any], width: int | None) -> str:
    if op in (*_CONVOLUTIONS, "embed", "patchify"):
        return op if width is None else f"{op}{width}"
    if op == "rnn":
        return f"{'bi' * args['bidirectional']}{args['cell']}{args['units']}"
    if op == "each":
        return f"each({_inside(args['network'])})"
    return _WORDS.get(op, "").format_map(args)


def _inside(network: Sequence[Mapping[str, Any]], *, all_of: bool = False) -> str:
    """The layers of a network inside a layer: those worth a word, or all."""
    said = []
    for layer in network:
        args = layer["args"]
        word = _said(layer["op"], args, args.get("filters", args.get("dim")))
        said.append(word or layer["op"] * all_of)
    return " > ".join(word for word in said if word) or "..."


def _stages(run: Sequence[LayerSummary]) -> list[str]:
    """A run of convolutions: up to three one by one; more as a stem and stages by the size of the map."""
    if len(run) <= 3:
        return [_word(layer) for layer in run]
    sizes = [list(stage) for _, stage in groupby(run[1:], key=lambda layer: layer.output_shape[:-1])]
    widths = "-".join(str(stage[-1].output_shape[-1]) for stage in sizes)
    return [_word(run[0]), f"{len(sizes)} stage{'s' * (len(sizes) > 1)} ({widths})"]
