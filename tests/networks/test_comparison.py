"""The comparison of networks notices when they are not the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def test_a_tower_that_is_not_shared_is_another_network(compare: Callable[..., None]) -> None:
    from keras.layers import Concatenate, Conv2D, Dense, Flatten, MaxPooling2D

    def siamese(left: Any, right: Any) -> Any:
        towers = []
        for image in (left, right):
            x = Conv2D(64, 3, padding="same", activation="relu")(image)
            x = Conv2D(64, 3, padding="same", activation="relu")(x)
            towers.append(Flatten()(MaxPooling2D(padding="same")(x)))
        return Dense(1, activation="sigmoid")(Concatenate()(towers))

    with pytest.raises(AssertionError):
        compare(siamese, {"left": (12, 12, 1), "right": (12, 12, 1)})


@pytest.mark.parametrize("changed", [{"activation": "tanh"}, {"units": 400}, {"use_bias": False}])
def test_another_argument_is_another_network(changed: dict[str, Any], compare: Callable[..., None]) -> None:
    from keras.layers import Dense, Flatten

    def softmax_mlp(image: Any) -> Any:
        x = Dense(500, activation="relu")(Flatten()(image))
        x = Dense(**{"units": 500, "activation": "relu", **changed})(x)
        return Dense(10, activation="softmax")(x)

    with pytest.raises(AssertionError):
        compare(softmax_mlp, {"image": (8, 8, 1)})


def test_inputs_put_together_in_another_order_are_another_network(compare: Callable[..., None]) -> None:
    from keras.layers import LSTM, Concatenate, Dense

    def two_encoders(left: Any, right: Any) -> Any:
        x = Concatenate()([LSTM(32)(right), LSTM(32)(left)])
        x = Dense(32, activation="relu")(x)
        return Dense(10, activation="softmax")(x)

    with pytest.raises(AssertionError):
        compare(two_encoders, {"left": (6, 5), "right": (6, 5)})
