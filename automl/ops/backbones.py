"""What is known of the networks of ``keras.applications`` without building them.

The numbers stand in ``backbones.json``, measured by ``benchmarks/backbones.py``; tests compare some of them with Keras.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from automl.ops.base import Cost

TABLE = Path(__file__).with_name("backbones.json")

_STEPS: Mapping[str, Callable[[int], int]] = {
    "c": lambda n: -(-n // 2),
    "f": lambda n: n // 2,
    "v": lambda n: (n - 3) // 2 + 1,
    "-": lambda n: n - 2,
}


class Work(NamedTuple):
    """Floating-point operations, and numbers written."""

    flops: int = 0
    activations: int = 0


@dataclass(frozen=True, slots=True)
class Backbone:
    """One network without its top.

    Attributes:
        parameters: Weights, moving statistics included.
        channels: Of the last map.
        expects: The range of its input: ``standard`` (mean 0, deviation 1), ``signed`` (-1..1), ``pixels`` (0..255) or
            ``caffe`` (0..255 less the mean, blue first).
        way: How the map shrinks, step by step: ``c`` halves and rounds up, ``f`` halves and rounds down, ``v`` halves
            by a window of 3 without padding, ``-`` is such a window that steps by one.
        smallest: Shortest side of a picture that Keras takes.
        work: For each position of the map, before the first step and after each.
        once: For each picture.
    """

    parameters: int
    channels: int
    expects: str
    way: str
    smallest: int
    work: tuple[Work, ...]
    once: Work

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Backbone:
        """From a row of the table."""
        work = tuple(Work(*both) for both in row["work"])
        return cls(**{**row, "work": work, "once": Work(*row["once"])})

    def sizes(self, height: int, width: int) -> list[tuple[int, int]]:
        """The map's sizes: the picture's, and after every step."""
        sizes = [(height, width)]
        for step in self.way:
            shrink = _STEPS[step]
            sizes.append((shrink(sizes[-1][0]), shrink(sizes[-1][1])))
        return sizes

    def cost(self, height: int, width: int) -> Cost:
        """Of one picture of three channels."""
        flops, activations = self.once
        for (high, wide), work in zip(self.sizes(height, width), self.work, strict=True):
            flops += high * wide * work.flops
            activations += high * wide * work.activations
        return Cost(self.parameters, flops, activations)


@cache
def table() -> Mapping[str, Backbone]:
    """Every known network by its name in ``keras.applications``."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return {name: Backbone.read(row) for name, row in rows.items()}
