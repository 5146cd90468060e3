"""NASNet-A: the wiring that the paper found, in a space that holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

NORMAL = [
    ("sep3 last", "skip last"),
    ("sep3 before", "sep5 last"),
    ("avg3 last", "skip before"),
    ("avg3 before", "avg3 before"),
    ("sep5 before", "sep3 before"),
]
REDUCTION = [
    ("sep7 before", "sep5 last"),
    ("max3 last", "sep7 before"),
    ("avg3 last", "sep5 before"),
    ("max3 last", "sep3 0"),
    ("avg3 0", "skip 1"),
]


def nasnet(image: Any, width: int, cells: int, **_: str) -> Any:
    from keras.layers import (
        Activation,
        Add,
        AveragePooling2D,
        BatchNormalization,
        Concatenate,
        Conv2D,
        Dense,
        GlobalAveragePooling2D,
        MaxPooling2D,
        SeparableConv2D,
    )

    def conv_bn(x: Any, filters: int, kernel: int = 1) -> Any:
        x = Conv2D(filters, kernel, padding="same", use_bias=False)(x)
        return BatchNormalization()(x)

    def edge(x: Any, op: str, filters: int, stride: int) -> Any:
        match op:
            case "skip":
                return x
            case "avg3":
                return AveragePooling2D(3, strides=stride, padding="same")(x)
            case "max3":
                return MaxPooling2D(3, strides=stride, padding="same")(x)
        for step in (stride, 1):
            x = Activation("relu")(x)
            x = SeparableConv2D(filters, int(op[-1]), strides=step, padding="same", use_bias=False)(x)
            x = BatchNormalization()(x)
        return x

    def fit(x: Any, filters: int, size: int, always: bool = False) -> Any:
        if x.shape[1] > size:
            x = AveragePooling2D(x.shape[1] // size, padding="same")(x)
            always = True
        return conv_bn(x, filters) if always or x.shape[-1] != filters else x

    def cell(before: Any, last: Any, filters: int, stride: int, wiring: list[tuple[str, str]]) -> Any:
        size = last.shape[1]
        known = {
            "last": fit(last, filters, size),
            "before": fit(before, filters, size, always=before is last),
        }
        for number, edges in enumerate(wiring):
            ends = []
            for op, source in (each.split() for each in edges):
                step = stride if source in ("last", "before") else 1
                ends.append(fit(edge(known[source], op, filters, step), filters, size // stride))
            known[str(number)] = Add()(ends)
        read = {each.split()[1] for edges in wiring for each in edges}
        return Concatenate()([known[str(number)] for number in range(5) if str(number) not in read])

    before = last = conv_bn(image, 32, 3)
    for stage in range(3):
        filters = width * 2**stage
        if stage:
            before, last = last, cell(before, last, filters, 2, REDUCTION)
        for _number in range(cells):
            before, last = last, cell(before, last, filters, 1, NORMAL)
    x = GlobalAveragePooling2D()(Activation("relu")(last))
    return Dense(10, activation="softmax")(x)


@pytest.mark.slow
def test_the_seed_is_the_network_written_by_hand(load: Callable[..., Any], compare: Callable[..., None]) -> None:
    (seed,) = load("nasnet").seeds
    compare(nasnet, {"image": (16, 16, 3)}, {**seed, "width": 32, "cells": 1})
