"""Networks with several inputs or several outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def siamese(left: Any, right: Any) -> Any:
    import keras
    from keras.layers import Concatenate, Conv2D, Dense, Flatten, MaxPooling2D

    tower = keras.Sequential(
        [
            Conv2D(64, 3, padding="same", activation="relu"),
            Conv2D(64, 3, padding="same", activation="relu"),
            MaxPooling2D(padding="same"),
            Flatten(),
        ]
    )
    x = Concatenate()([tower(left), tower(right)])
    return Dense(1, activation="sigmoid")(x)


def two_encoders(left: Any, right: Any) -> Any:
    from keras.layers import LSTM, Concatenate, Dense

    x = Concatenate()([LSTM(32)(left), LSTM(32)(right)])
    x = Dense(32, activation="relu")(x)
    return Dense(10, activation="softmax")(x)


def news(headline: Any, facts: Any) -> Any:
    from keras.layers import LSTM, Concatenate, Dense, Embedding

    words = LSTM(32)(Embedding(10000, 512)(headline))
    auxiliary = Dense(1, activation="sigmoid", name="auxiliary")(words)
    x = Concatenate()([words, facts])
    for _ in range(3):
        x = Dense(64, activation="relu")(x)
    return {"main": Dense(1, activation="sigmoid", name="main")(x), "auxiliary": auxiliary}


def two_heads(image: Any) -> Any:
    from keras.layers import Activation, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, MaxPooling2D

    x = image
    for filters in (16, 32, 64):
        x = Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = Activation("relu")(BatchNormalization()(x))
        x = MaxPooling2D(padding="same")(x)
    x = GlobalAveragePooling2D()(x)
    tags = Dense(32, activation="relu")(x)
    return {"kind": Dense(4, activation="softmax")(x), "tags": Dense(13, activation="sigmoid")(tags)}


def _tower() -> Any:
    import keras
    from keras.layers import Conv2D, Flatten, MaxPooling2D

    tower = keras.Sequential()
    for filters, more in ((64, 1), (128, 1), (256, 2)):
        tower.add(Conv2D(filters, 3, padding="same", activation="relu"))
        for _ in range(more):
            tower.add(Conv2D(filters, 3, activation="relu"))
        tower.add(MaxPooling2D(2))
    tower.add(Flatten())
    return tower


def _asked(question: Any) -> Any:
    from keras.layers import LSTM, Embedding

    return LSTM(256)(Embedding(10000, 256)(question))


def visual_qa(image: Any, question: Any) -> Any:
    from keras.layers import Concatenate, Dense

    x = Concatenate()([_tower()(image), _asked(question)])
    return Dense(1000, activation="softmax")(x)


def video_qa(video: Any, question: Any) -> Any:
    from keras.layers import LSTM, Concatenate, Dense, TimeDistributed

    seen = LSTM(256)(TimeDistributed(_tower())(video))
    x = Concatenate()([seen, _asked(question)])
    return Dense(1000, activation="softmax")(x)


def recommender(person: Any, film: Any) -> Any:
    from keras.layers import Activation, Add, Dot, Embedding, Flatten

    taste, style = Flatten()(Embedding(1000, 32)(person)), Flatten()(Embedding(5000, 32)(film))
    kind, good = Flatten()(Embedding(1000, 1)(person)), Flatten()(Embedding(5000, 1)(film))
    return Activation("sigmoid")(Add()([Dot(-1)([taste, style]), kind, good]))


@pytest.mark.parametrize(
    ("by_hand", "shapes"),
    [
        (siamese, {"left": (12, 12, 1), "right": (12, 12, 1)}),
        (two_encoders, {"left": (6, 5), "right": (6, 5)}),
        (news, {"headline": (8,), "facts": (5,)}),
        (two_heads, {"image": (16, 16, 3)}),
        (visual_qa, {"image": (32, 32, 3), "question": (6,)}),
        (video_qa, {"video": (6, 32, 32, 3), "question": (6,)}),
        (recommender, {"person": (1,), "film": (1,)}),
    ],
)
def test_the_space_is_the_network_written_by_hand(
    by_hand: Callable[..., Any], shapes: Any, compare: Callable[..., None]
) -> None:
    compare(by_hand, shapes)
