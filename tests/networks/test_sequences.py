"""Networks that read or write sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def embedding_lstm(review: Any) -> Any:
    from keras.layers import LSTM, Dense, Dropout, Embedding

    x = Embedding(20000, 128)(review)
    x = LSTM(128)(x)
    x = Dropout(0.5)(x)
    return Dense(1, activation="sigmoid")(x)


def stacked_lstm(series: Any) -> Any:
    from keras.layers import LSTM, Dense

    x = LSTM(32, return_sequences=True)(series)
    x = LSTM(32, return_sequences=True)(x)
    x = LSTM(32)(x)
    return Dense(10, activation="softmax")(x)


def bidirectional_gru(review: Any) -> Any:
    from keras.layers import GRU, Bidirectional, Dense, Embedding, GlobalMaxPooling1D

    x = Embedding(20000, 64)(review)
    x = Bidirectional(GRU(64, return_sequences=True))(x)
    x = GlobalMaxPooling1D()(x)
    return Dense(10, activation="softmax")(x)


def tcn(series: Any) -> Any:
    from keras.layers import Activation, Add, Conv1D, Cropping1D, Dense, Flatten, SpatialDropout1D

    x = series
    for level in range(4):
        y = x
        for _ in range(2):
            y = Conv1D(24, 3, padding="causal", dilation_rate=2**level, activation="relu")(y)
            y = SpatialDropout1D(0.1)(y)
        if level == 0:
            x = Conv1D(24, 1, padding="same")(x)
        x = Activation("relu")(Add()([x, y]))
    x = Flatten()(Cropping1D((series.shape[1] - 1, 0))(x))
    return Dense(10, activation="softmax")(x)


def cnn_rnn(line: Any, width: int) -> Any:
    from keras.layers import LSTM, BatchNormalization, Bidirectional, Conv2D, Dense, MaxPooling2D, Permute, Reshape

    x = Conv2D(width, 3, padding="same", activation="relu")(line)
    x = MaxPooling2D(2, padding="same")(x)
    x = Conv2D(width * 2, 3, padding="same", activation="relu")(x)
    x = MaxPooling2D(2, padding="same")(x)
    x = Conv2D(width * 4, 3, padding="same", activation="relu")(x)
    x = BatchNormalization()(x)
    x = MaxPooling2D((2, 1), padding="same")(x)
    x = Conv2D(width * 8, 3, padding="same", activation="relu")(x)
    x = BatchNormalization()(x)
    x = MaxPooling2D((2, 1), padding="same")(x)
    x = Permute((2, 1, 3))(x)
    x = Reshape((-1, width * 16))(x)
    x = Bidirectional(LSTM(width * 4, return_sequences=True))(x)
    x = Bidirectional(LSTM(width * 4, return_sequences=True))(x)
    return Dense(37)(x)


def transformer_encoder(review: Any, positions: Callable[[Any], Any]) -> Any:
    from keras.layers import (
        Add,
        Dense,
        Dropout,
        Embedding,
        GlobalAveragePooling1D,
        LayerNormalization,
        MultiHeadAttention,
    )

    x = positions(Embedding(20000, 64)(review))
    for _ in range(2):
        y = MultiHeadAttention(4, 16)(x, x)
        y = Dropout(0.1)(y)
        x = LayerNormalization()(Add()([x, y]))
        y = Dense(256, activation="relu")(x)
        y = Dense(64)(y)
        y = Dropout(0.1)(y)
        x = LayerNormalization()(Add()([x, y]))
    x = GlobalAveragePooling1D()(x)
    return Dense(10, activation="softmax")(x)


def seq2seq(question: Any) -> Any:
    from keras.layers import LSTM, Dense, RepeatVector

    x = LSTM(128)(question)
    x = RepeatVector(4)(x)
    x = LSTM(128, return_sequences=True)(x)
    return Dense(12, activation="softmax")(x)


@pytest.mark.parametrize(
    ("by_hand", "shapes", "params"),
    [
        (embedding_lstm, {"review": (8,)}, {}),
        (stacked_lstm, {"series": (6, 5)}, {}),
        (bidirectional_gru, {"review": (8,)}, {}),
        (tcn, {"series": (20, 5)}, {}),
        (cnn_rnn, {"line": (32, 40, 1)}, {"width": 16}),
        (seq2seq, {"question": (7, 12)}, {}),
    ],
)
def test_the_space_is_the_network_written_by_hand(
    by_hand: Callable[..., Any], shapes: Any, params: Any, compare: Callable[..., None]
) -> None:
    compare(by_hand, shapes, params)


def test_the_space_is_the_transformer_written_by_hand(
    compare: Callable[..., None], add_positions: Callable[[Any], Any]
) -> None:
    compare(transformer_encoder, {"review": (9,)}, positions=add_positions)
