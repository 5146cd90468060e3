"""Texts: from a raw text to numbers of its tokens, and from those to what stands in it, wherever."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from automl.errors import ShapeError
from automl.ops.base import Built, Count, Rate, UnaryOp, keras_layer, keras_op
from automl.ops.registry import op
from automl.ops.shapes import Shape, size

Spellings = Annotated[tuple[str, ...], Field(strict=False, min_length=1)]
Numbers = Annotated[tuple[Annotated[int, Field(ge=2)], ...], Field(strict=False)]

_SPREAD = 40009  # a prime whose square an int32 holds
_SMALL = 0.01  # standard deviation of the first vectors
_TINY = 1e-12


@op("tokens")
class Tokens(UnaryOp):
    """Text to the numbers of its first tokens: 0 behind its end, 1 for a token that is not in the vocabulary.

    The letters A to Z become small, ASCII punctuation vanishes, and ASCII white space parts words. A text without any
    token is one unknown token.

    Args:
        spellings: The vocabulary.
        numbers: Of each spelling, from 2 on.
        length: Tokens that are kept.
        unit: What a token is.
    """

    takes_integers: ClassVar[bool] = True  # and text: nothing is to be cast

    spellings: Spellings
    numbers: Numbers
    length: Annotated[int, Field(ge=2)]
    unit: Literal["words", "characters"] = "words"

    def output(self, x: Shape) -> Shape:
        """The length."""
        if x != () or len(self.numbers) != len(self.spellings):
            raise ShapeError(
                f"{self.name!r} reads one text a row, and has {len(self.spellings)} spellings with "
                f"{len(self.numbers)} numbers"
            )
        return (self.length,)

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """The numbers, before and after the empty text is told."""
        return 2 * self.length

    def layer(self, x: Shape, name: str) -> Built:  # noqa: ARG002
        """Keras' ``TextVectorization``."""
        vectorize = keras_layer(
            "TextVectorization",
            standardize="lower_and_strip_punctuation",
            split="whitespace" if self.unit == "words" else "character",
            output_mode="int",
            output_sequence_length=self.length,
            vocabulary=list(self.spellings),
            name=f"{name}__spellings",
        )
        join = keras_layer("Concatenate", name=name)
        spelt_alike = list(self.numbers) != list(range(2, 2 + len(self.numbers)))

        def tokens(tensor: Any) -> Any:
            found = vectorize(tensor)
            if spelt_alike:
                found = keras_op("take")(np.array([0, 1, *self.numbers]), found)
            return join([keras_op("maximum")(found[:, :1], 1), found[:, 1:]])

        return tokens


@op("bag")
class Bag(UnaryOp):
    """One vector for a text: the weighted sum of the vectors of its words, and of its short phrases.

    It stands right behind an input of token numbers. Words go by their rank: with ``rare`` a word counts log(1 + its
    number), which grows with its rarity as the inverse document frequency does (Zipf's law). Phrases have no numbers of
    their own: they share ``buckets`` (Joulin et al., 2017: "Bag of Tricks for Efficient Text Classification"). Vectors
    begin close to 0, so that what was hardly seen in training says hardly anything.

    Args:
        dim: Size of the vectors.
        vocabulary: How many token numbers there are; the data completes it.
        phrases: Words of the longest phrase; 1 for words alone.
        share: What a phrase counts, where a word counts 1.
        buckets: Numbers that phrases share.
        rare: Whether rare words count more.
        reduce: ``norm`` divides the sum by the length of the vector of weights, ``mean`` by their sum.
        drop: Share of words and phrases that are left out in training.
    """

    shorthand: ClassVar[str | None] = "dim"
    weighted: ClassVar[bool] = True
    takes_integers: ClassVar[bool] = True

    dim: Count = 16
    vocabulary: Count
    phrases: Annotated[int, Field(ge=1, le=5)] = 1
    share: Annotated[float, Field(gt=0, le=1)] = 0.4
    buckets: Count = 32768
    rare: bool = True
    reduce: Literal["norm", "mean"] = "norm"
    drop: Rate = 0.0

    @classmethod
    def completed(cls, args: Mapping[str, Any], codes: tuple[int, ...]) -> Mapping[str, Any]:
        """See ``Op.completed``."""
        return {"vocabulary": max(codes), **args} if codes else args

    def _longest(self, x: Shape) -> int:
        """Words of the longest phrase that fits."""
        return self.phrases if x[0] is None else min(self.phrases, x[0])

    def _grams(self, x: Shape) -> int:
        """Words and phrases of a text."""
        return 1 if x[0] is None else sum(x[0] - words for words in range(self._longest(x)))

    def _table(self, x: Shape) -> int:
        return self.vocabulary + (self.buckets if self._longest(x) > 1 else 0)

    def output(self, x: Shape) -> Shape:
        """The vector."""
        if len(x) != 1:
            raise ShapeError(f"{self.name!r} reads a row of token numbers")
        return (self.dim,)

    def parameters(self, x: Shape) -> int:
        """A vector for each token and bucket."""
        return self._table(x) * self.dim

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """A multiply-add for each number of the vectors."""
        return 2 * self._grams(x) * self.dim

    def activations(self, x: Shape, y: Shape) -> int:
        """The vectors and the sum; the weights where some are dropped."""
        grams = self._grams(x)
        return grams * self.dim + size(y) + (grams if self.drop else 0)

    def layer(self, x: Shape, name: str) -> Built:
        """``Embedding`` and ``Dot``, numbers and weights by functions of ``keras.ops``."""
        small = {"class_name": "RandomNormal", "config": {"stddev": _SMALL}}
        embed = keras_layer(
            "Embedding", self._table(x), self.dim, embeddings_initializer=small, name=f"{name}__vectors"
        )
        drop = keras_layer("Dropout", self.drop, dtype="float32", name=f"{name}__drop") if self.drop else None
        add = keras_layer("Dot", axes=1, name=name)
        sizes = range(2, self._longest(x) + 1)

        def bag(tensor: Any) -> Any:
            words = keras_op("cast")(tensor, "int32")
            weights = self._weights(words)
            numbers, counted, phrase = [words], [weights], words
            for words_in in sizes:
                last = words[:, words_in - 1 :]
                phrase = self._phrases(phrase[:, :-1], last)
                numbers.append(phrase + self.vocabulary)
                there = keras_op("cast")(last > 0, "float32")
                counted.append(there * (weights[:, : 1 - words_in] + weights[:, words_in - 1 :]) * (self.share / 2))
            found = self._reduced(_joined(counted))
            return add([drop(found) if drop else found, embed(_joined(numbers))])

        return bag

    def _weights(self, words: Any) -> Any:
        """What each word counts; padding counts 0."""
        if not self.rare:
            return keras_op("cast")(words > 0, "float32")
        return keras_op("log1p")(keras_op("cast")(words, "float32")) * (1.0 / math.log1p(self.vocabulary))

    def _phrases(self, before: Any, last: Any) -> Any:
        """Numbers of phrases, from those of all words but the last, and of the last."""
        return (before % _SPREAD * _SPREAD + last) % self.buckets

    def _reduced(self, weights: Any) -> Any:
        squared = keras_op("square")(weights) if self.reduce == "norm" else weights
        whole = keras_op("sum")(squared, axis=1, keepdims=True) + _TINY
        return weights * keras_op("rsqrt")(whole) if self.reduce == "norm" else weights / whole


def _joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else keras_op("concatenate")(parts, axis=1)
