"""Networks of dense layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def linear_regression(facts: Any) -> Any:
    from keras.layers import Dense

    return Dense(1)(facts)


def mlp(facts: Any) -> Any:
    from keras.layers import Dense, Dropout

    x = Dense(64, activation="relu")(facts)
    x = Dropout(0.5)(x)
    x = Dense(64, activation="relu")(x)
    x = Dropout(0.5)(x)
    return Dense(1, activation="sigmoid")(x)


def softmax_mlp(image: Any) -> Any:
    from keras.layers import Dense, Flatten

    x = Flatten()(image)
    x = Dense(500, activation="relu")(x)
    x = Dense(500, activation="relu")(x)
    return Dense(10, activation="softmax")(x)


@pytest.mark.parametrize(
    ("by_hand", "shapes"),
    [
        (linear_regression, {"facts": (7,)}),
        (mlp, {"facts": (20,)}),
        (softmax_mlp, {"image": (28, 28, 1)}),
    ],
)
def test_the_space_is_the_network_written_by_hand(
    by_hand: Callable[..., Any], shapes: Any, compare: Callable[..., None]
) -> None:
    compare(by_hand, shapes)
