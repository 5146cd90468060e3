"""What a picture looks like by the time a network sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

RESIZE: Literal["bilinear-antialias"] = "bilinear-antialias"


class ImageContract(BaseModel):
    """Shape and meaning of one picture's pixels; kept with the data and with every model made from it.

    Attributes:
        shape: (height, width, channels).
        mode: ``grey`` (1 channel), ``rgb`` (3), or ``channels`` for arrays with another number.
        dtype: ``uint8`` or ``float32``.
        value_range: Smallest and largest value that may be expected: 0 and 255 for picture files, what was seen in
            arrays.
        resize: How a picture of another size becomes ``shape``: bilinear, antialiased when it shrinks. There is one
            such resize, ``pictures.resize``; ``tf.image.resize(antialias=True)`` differs from it by 0.26 grey levels.
        column: Of the table of the training data that has the pictures' paths; empty where they did not come so.

    >>> ImageContract(shape=(28, 28, 1), mode="grey").dtype
    'uint8'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["image"] = "image"
    shape: tuple[int, int, int]
    mode: Literal["grey", "rgb", "channels"]
    dtype: Literal["uint8", "float32"] = "uint8"
    value_range: tuple[float, float] = (0.0, 255.0)
    resize: Literal["bilinear-antialias"] = RESIZE
    column: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> ImageContract:
        if min(self.shape) < 1:
            raise ValueError(f"every axis of a picture must be at least 1, got shape {self.shape}")
        if mode_of(self.shape[2]) != self.mode:
            raise ValueError(f"mode {self.mode!r} does not go with {self.shape[2]} channels")
        return self

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values; of no table nothing is said, as in the first version."""
        return self.model_dump(mode="json", exclude=None if self.column else {"column"})

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ImageContract:
        """The opposite of ``to_json``.

        Raises:
            pydantic.ValidationError: A field is unknown, missing or out of range.
        """
        return cls.model_validate(document)


def mode_of(channels: int) -> Literal["grey", "rgb", "channels"]:
    """The mode that goes with a number of channels."""
    if channels == 1:
        return "grey"
    return "rgb" if channels == 3 else "channels"
