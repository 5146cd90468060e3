"""Two spaces in which the truth is known, for ``proposers.py``: no training, and noise as a training has it."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from automl.space import Scalar, Space

Answers = Mapping[str, Scalar]

LAYERS = 8
KINDS = ("skip", "mb3", "mb6")
STARTS = (0, 2, 5)  # layers that halve the map

MOBILE = """
  mobile:
    args: {filters: null, expand: null, kernel: null, stride: null}
    do:
      residual:
        - conv: {filters: =filters // 2 * expand, kernel: 1}
        - [bn, relu]
        - dwconv: {kernel: =kernel, stride: =stride}
        - [bn, relu]
        - conv: {filters: =filters, kernel: 1}
        - bn
"""

CONDITIONAL = f"""
version: 1
name: conditional
task: image-classify
vars:
  width: {{choice: [16, 24, 32, 48, 64], default: 24}}
blocks: {MOBILE}
model:
  - conv: {{filters: =width, kernel: 3}}
  - name: stage
    repeat:
      times: {{int: [2, 3]}}
      index: i
      do:
        - name: block
          repeat:
            times: {{int: [1, 2]}}
            index: j
            do:
              - name: kind
                choice:
                  conv: {{conv: {{filters: =width * 2**i, kernel: {{choice: [3, 5, 7]}}}}}}
                  mobile:
                    - mobile:
                        filters: =width * 2**i
                        expand: {{int: [2, 6]}}
                        kernel: {{choice: [3, 5, 7]}}
                        stride: 1
                    - name: gate
                      optional: {{se: {{ratio: 8}}}}
        - maxpool
  - gap
  - name: drop
    optional: {{dropout: {{rate: {{float: [0.05, 0.6], default: 0.3}}}}}}
  - head
train:
  lr: {{float: [1.0e-4, 1.0e-1], log: true, default: 1.0e-3}}
"""


@dataclass(frozen=True)
class Problem:
    """A space whose truth is known.

    Attributes:
        name: What it is called.
        space: Where points come from.
        truth: The value of a point; larger is better.
        signal: What run r of a search sees of it.
        best: The largest truth there is.
    """

    name: str
    space: Space
    truth: Callable[[Answers], float]
    signal: Callable[[Answers, int], float]
    best: float


def macro(folder: Path, signals: tuple[int, ...]) -> Problem:
    """NAS-Bench-Macro (Su et al., 2021) as a space; run r sees the training ``signals[r % len(signals)]``."""
    with (folder / "nas_bench_macro.csv").open(encoding="utf-8") as file:
        table = {row["arch"]: [float(row[f"acc{each}"]) for each in (1, 2, 3)] for row in csv.DictReader(file)}

    def trained(answers: Answers) -> list[float]:
        return table["".join(str(KINDS.index(str(answers[f"layer{i}"]))) for i in range(LAYERS))]

    return Problem(
        name="macro",
        space=Space.parse(macro_text()),
        truth=lambda answers: float(np.mean(trained(answers))),
        signal=lambda answers, run: trained(answers)[signals[run % len(signals)]],
        best=max(float(np.mean(each)) for each in table.values()),
    )


def macro_text() -> str:
    """The space of NAS-Bench-Macro: eight layers, each passed by, or a mobile block of one of two sizes."""
    lines = ["version: 1", "name: macro", "task: image-classify", f"blocks: {MOBILE}", "model:"]
    lines.append("  - conv: {filters: 32, kernel: 3}")
    for layer in range(LAYERS):
        starts = layer in STARTS
        size = f"filters: {32 * 2 ** sum(layer >= each for each in STARTS)}, stride: {2 if starts else 1}"
        lines += [
            f"  - name: layer{layer}",
            "    choice:",
            f"      skip: {f'{{conv: {{kernel: 1, {size}}}}}' if starts else '[]'}",
            f"      mb3: {{mobile: {{expand: 3, kernel: 3, {size}}}}}",
            f"      mb6: {{mobile: {{expand: 6, kernel: 5, {size}}}}}",
        ]
    return "\n".join([*lines, "  - gap", "  - head"])


def conditional(noise: float = 0.15) -> Problem:
    """The made-up space: 30 of its 38 names are asked for only sometimes."""

    def signal(answers: Answers, run: int) -> float:
        digest = hashlib.sha256(repr((run, sorted(answers.items()))).encode()).digest()
        return made_up(answers) + noise * float(
            np.random.default_rng(int.from_bytes(digest[:8], "big")).standard_normal()
        )

    return Problem("conditional", Space.parse(CONDITIONAL), made_up, signal, _largest())


def made_up(answers: Answers) -> float:
    """A value like an accuracy: blocks count each by where it stands, and width, depth, rate and dropout together."""
    stages = range(int(answers["stage/times"]))
    blocks = [(i, j) for i in stages for j in range(int(answers[f"stage.{i}/block/times"]))]
    width, rate = float(answers["width"]), float(answers["train/lr"])
    drop = float(answers["drop=on/dropout/rate"]) if answers["drop"] else None
    value = _whole(width, len(blocks)) + sum(_block(answers, i, j) for i, j in blocks)
    return value + _dropout(drop, len(blocks)) - 0.9 * (math.log10(rate) - _usual_rate(width)) ** 2


def _whole(width: float, blocks: int) -> float:
    octaves = math.log2(width / 16)
    return 88.0 + 0.9 * octaves - 0.3 * octaves**2 - 0.12 * (blocks - 4.5) ** 2 - 0.08 * octaves * (blocks - 4)


def _usual_rate(width: float) -> float:
    return -2.4 - 0.3 * math.log2(width / 32)


def _dropout(rate: float | None, blocks: int) -> float:
    if rate is None:
        return 0.0
    return (0.4 if blocks >= 4 else -0.2) - 8.0 * (rate - 0.1 * (blocks - 2)) ** 2


def _block(answers: Answers, i: int, j: int) -> float:
    path = f"stage.{i}/block.{j}/kind"
    if answers[path] == "conv":
        return _conv(i, int(answers[f"{path}=conv/conv/kernel"]))
    inside = f"{path}=mobile/mobile"
    expand, kernel = int(answers[f"{inside}/expand"]), int(answers[f"{inside}/kernel"])
    return _mobile(i, j, expand, kernel, bool(answers[f"{path}=mobile/gate"]))


def _conv(i: int, kernel: int) -> float:
    return 0.55 - 0.25 * i - 0.12 * abs((kernel - 3) / 2 - (1 if i == 0 else 0))


def _mobile(i: int, j: int, expand: int, kernel: int, gate: bool) -> float:
    squeezed = 0.2 if (i == 2 or j == 1) else -0.15
    return 0.1 + 0.3 * i - 0.06 * (expand - 3 - i) ** 2 - 0.12 * abs((kernel - 3) / 2 - (i - 0.5)) + squeezed * gate


def _largest() -> float:
    """The largest value: blocks are independent of each other, and rate and dropout have their best for any of them."""
    found = -math.inf
    for width, times in product((16, 24, 32, 48, 64), [*product((1, 2), repeat=2), *product((1, 2), repeat=3)]):
        blocks = [(i, j) for i, count in enumerate(times) for j in range(count)]
        each = sum(_best_block(i, j) for i, j in blocks)
        rate = min(max(0.1 * (len(blocks) - 2), 0.05), 0.6)
        found = max(found, _whole(width, len(blocks)) + each + max(0.0, _dropout(rate, len(blocks))))
    return found


def _best_block(i: int, j: int) -> float:
    sizes = product(range(2, 7), (3, 5, 7), (False, True))
    mobile = max(_mobile(i, j, expand, kernel, gate) for expand, kernel, gate in sizes)
    return max(mobile, *(_conv(i, kernel) for kernel in (3, 5, 7)))
