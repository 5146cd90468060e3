"""Networks that others found and trained: ``keras.applications`` without their tops."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from automl.errors import ShapeError, SpaceError, did_you_mean
from automl.ops import backbones
from automl.ops.base import Built, Cost, UnaryOp, keras_layer
from automl.ops.registry import op
from automl.ops.shapes import Shape, channels, size, spatial

# ImageNet's channels in grey values, red first: what brings standardised pixels back to 0..255.
_MEAN = (123.675, 116.28, 103.53)
_DEVIATION = (58.395, 57.12, 57.375)


@op("backbone")
class Backbone(UnaryOp):
    """A network of ``keras.applications`` without its top: a picture becomes a small map of many channels.

    It reads pixels of mean 0 and deviation 1, as tasks prepare them, and brings them to the range that the network was
    trained on. One channel is repeated to three. Parameters are known exactly without Keras, FLOPs to about 1 %,
    activations to a few.

    Args:
        network: Its name in Keras, such as ``MobileNetV2`` or ``EfficientNetB0``.
        weights: ``none`` for random ones, ``imagenet`` for those that Keras downloads, or a file that the
            ``save_weights`` of such a network without top wrote, which read what its ``preprocess_input`` gives.
        trainable: Whether training changes it; otherwise its batch normalisation keeps its statistics too.
    """

    shorthand: ClassVar[str | None] = "network"
    weighted: ClassVar[bool] = True
    sized: ClassVar[bool] = True

    network: str
    weights: str = "none"
    trainable: bool = True

    @field_validator("network")
    @classmethod
    def _known(cls, network: str) -> str:
        if network not in backbones.table():
            told = {"name": repr(network), "hint": did_you_mean(network, backbones.table())}
            raise PydanticCustomError("unknown_name", "unknown network {name}; {hint}", told)
        return network

    def output(self, x: Shape) -> Shape:
        """The last map."""
        known = self._known_network
        height, width = spatial(self.name, x, ranks=(2,))
        if channels(self.name, x) not in (1, 3):
            raise ShapeError(f"{self.name!r} needs 1 or 3 channels, the input has {x[-1]}; bring it to 3 by a 'conv'")
        if height is None or width is None:
            raise ShapeError(f"{self.name!r} needs a map of known size; bring it to one by 'resize'")
        if min(height, width) < known.smallest:
            raise ShapeError(
                f"{self.network} needs pictures of at least {known.smallest}x{known.smallest}; enlarge them by 'resize'"
            )
        return (*known.sizes(height, width)[-1], known.channels)

    def parameters(self, x: Shape) -> int:
        """Of the table."""
        return self._cost(x).parameters

    def flops(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Of the table, and two for each number that is brought to the network's range."""
        return self._cost(x).flops + 2 * self._scaled * 3 * size(x[:-1])

    def activations(self, x: Shape, y: Shape) -> int:  # noqa: ARG002
        """Of the table, and the picture once for each layer before the network."""
        pictures = (x[-1] == 1) + self._scaled + 4 * self._turned(x)
        return self._cost(x).activations + pictures * 3 * size(x[:-1])

    def layer(self, x: Shape, name: str) -> Built:
        """One channel repeated, the range, blue first where it must be, then the network: a layer of its own."""
        steps: list[Built] = []
        if x[-1] == 1:
            steps.append(_three_of_one(name))
        if self._scaled:
            scale, offset = _range(self._known_network.expects)
            steps.append(keras_layer("Rescaling", scale, offset=offset, name=f"{name}__range"))
        if self._turned(x):
            steps.append(_blue_first(name))
        steps.append(self._network((*x[:-1], 3), name))

        def backbone(tensor: Any) -> Any:
            for step in steps:
                tensor = step(tensor)
            return tensor

        return backbone

    @property
    def _known_network(self) -> backbones.Backbone:
        return backbones.table()[self.network]

    @property
    def _scaled(self) -> bool:
        return self._known_network.expects != "standard"

    def _turned(self, x: Shape) -> bool:
        return self._known_network.expects == "caffe" and self.weights != "none" and x[-1] == 3

    def _cost(self, x: Shape) -> Cost:
        return self._known_network.cost(x[0] or 1, x[1] or 1)

    def _network(self, shape: Shape, name: str) -> Any:
        import keras

        if self.weights not in ("none", "imagenet") and not Path(self.weights).is_file():
            raise SpaceError(f"the weights {self.weights!r} of {self.name!r} are no file; give one, none or imagenet")
        make = getattr(keras.applications, self.network)
        if self.weights == "imagenet":
            network = self._downloaded(make, shape, name)
        else:
            network = make(include_top=False, weights=None, input_shape=shape, name=name)
        if self.weights not in ("none", "imagenet"):
            network.load_weights(self.weights)
        network.trainable = self.trainable
        return network

    def _downloaded(self, make: Any, shape: Shape, name: str) -> Any:
        try:
            return make(include_top=False, weights="imagenet", input_shape=shape, name=name)
        except Exception as error:  # what Keras raises when a download fails is no more than that
            raise SpaceError(
                f"the imagenet weights of {self.network} cannot be had: {error}; download them where there is a "
                "connection and give the file, or use weights none"
            ) from error


def _three_of_one(name: str) -> Built:
    concat = keras_layer("Concatenate", name=f"{name}__colour")

    def repeat(tensor: Any) -> Any:
        return concat([tensor] * 3)

    return repeat


def _blue_first(name: str) -> Built:
    """The channels in the other order. Keras has no layer for it: they become rows, are cut out and put together."""
    to_rows = keras_layer("Permute", (3, 1, 2), name=f"{name}__rows")
    cuts = [
        keras_layer("Cropping2D", ((row, 2 - row), (0, 0)), name=f"{name}__{colour}")
        for row, colour in enumerate(("red", "green", "blue"))
    ]
    concat = keras_layer("Concatenate", axis=1, name=f"{name}__bgr")
    to_channels = keras_layer("Permute", (2, 3, 1), name=f"{name}__channels")

    def turn(tensor: Any) -> Any:
        rows = to_rows(tensor)
        return to_channels(concat([cut(rows) for cut in reversed(cuts)]))

    return turn


def _range(expects: str) -> tuple[list[float], list[float]]:
    """Scale and offset of each channel from standardised pixels to what a network expects."""
    if expects == "signed":
        return [one / 127.5 for one in _DEVIATION], [one / 127.5 - 1 for one in _MEAN]
    return list(_DEVIATION), list(_MEAN) if expects == "pixels" else [0.0] * 3
