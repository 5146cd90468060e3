"""Measure the networks of ``keras.applications`` and write what is found to ``automl/ops/backbones.json``.

    python benchmarks/backbones.py [NETWORK ...]

Each is built once, without a top and without trained weights. FLOPs and activations are kept by the size of the map
that they are done on, so that they are known for pictures of every size. The way through the sizes is read from the
table: a new network needs a row with ``expects``, ``way`` and ``smallest`` first.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Callable
from typing import Any

from automl.ops.backbones import TABLE, Backbone, Work

SIDE = 224


def main() -> None:
    """Measure the networks named, else all, and write the table."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    for name in sys.argv[1:] or rows:
        rows[name] = dataclasses.asdict(measure(name, Backbone.read(rows[name])))
        print(name, rows[name]["parameters"], flush=True)
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(rows.items()))
    TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def build(name: str, height: int, width: int) -> Any:
    """A network without a top, with random weights."""
    import keras

    make = getattr(keras.applications, name)
    return make(include_top=False, weights=None, input_shape=(height, width, 3))


def measure(name: str, known: Backbone) -> Backbone:
    """The network's row, its way through the sizes as in ``known``."""
    network = build(name, SIDE, SIDE)
    levels = [height for height, _ in known.sizes(SIDE, SIDE)]
    work = [[0.0, 0.0] for _ in levels]
    once = [0.0, 0.0]
    for layer in network.operations:
        for kind, amount, height in zip((0, 1), amounts(layer), heights(layer), strict=True):
            level = place(levels, height)
            if level is None:
                once[kind] += amount
            else:
                work[level][kind] += amount / levels[level] ** 2
    return dataclasses.replace(
        known,
        parameters=network.count_params(),
        channels=network.output_shape[-1],
        work=tuple(Work(round(flops), round(written)) for flops, written in work),
        once=Work(round(once[0]), round(once[1])),
    )


def place(levels: list[int], height: int) -> int | None:
    """The step of the way whose map is that high, or was before it was padded; None for what is no map."""
    if height == 1:
        return None
    if height in levels:
        return levels.index(height)
    return max(level for level, size in enumerate(levels) if size >= height - 8)


def heights(layer: Any) -> tuple[int, int]:
    """Height of the map that a layer computes on, and of the one it writes; a vector is a map of one position."""
    shape = layer.output.shape
    written: int = shape[1] if len(shape) == 4 else 1
    pooled = type(layer).__name__ == "GlobalAveragePooling2D"
    return (layer.input.shape[1] if pooled else written), written


def amounts(layer: Any) -> tuple[int, int]:
    """FLOPs of a layer as ``docs/flops.md`` counts them, and numbers written."""
    kind, made = type(layer).__name__, math.prod(layer.output.shape[1:])
    if kind == "InputLayer":
        return 0, 0
    bias = made if getattr(layer, "use_bias", False) else 0
    count = COUNTS.get(kind)
    return bias + (count(layer, made) if count else EACH.get(kind, 0) * made), made


def conv(layer: Any, made: int) -> int:
    """FLOPs of a convolution and its activation."""
    active = made if layer.activation.__name__ != "linear" else 0
    return 2 * made * math.prod(layer.kernel.shape[:-1]) + active


def sepconv(layer: Any, made: int) -> int:  # noqa: ARG001  all counts take the same
    """FLOPs of both convolutions."""
    weights = math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)
    return 2 * math.prod(layer.output.shape[1:3]) * weights


EACH = {
    "BatchNormalization": 2,
    "Rescaling": 2,
    "Normalization": 2,
    "Activation": 1,
    "ReLU": 1,
    "Add": 1,
    "Multiply": 1,
}
COUNTS: dict[str, Callable[[Any, int], int]] = {
    "Conv2D": conv,
    "SeparableConv2D": sepconv,
    "DepthwiseConv2D": lambda layer, made: 2 * made * math.prod(layer.kernel.shape[:2]),
    "MaxPooling2D": lambda layer, made: made * math.prod(layer.pool_size),
    "AveragePooling2D": lambda layer, made: made * math.prod(layer.pool_size),
    "GlobalAveragePooling2D": lambda layer, _: math.prod(layer.input.shape[1:]),
}

if __name__ == "__main__":
    main()
