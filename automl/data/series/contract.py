"""What a time series is by the time a network sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SeriesContract(BaseModel):
    """Steps of one or several numbers; NaN where one is missing, and after the end of a series that is shorter.

    Attributes:
        length: Steps of the longest series that was learned from.
        channels: Numbers of a step.
        shortest: Steps of the shortest one. Where it is shorter than the longest, series of any length are answered,
            of longer ones the first ``length`` steps; where all were of one length, a longer one is refused.

    >>> SeriesContract(length=29, channels=12, shortest=7).shape
    (29, 12)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["series"] = "series"
    length: int = Field(ge=1)
    channels: int = Field(ge=1)
    shortest: int = Field(ge=0)

    @model_validator(mode="after")
    def _consistent(self) -> SeriesContract:
        if self.shortest > self.length:
            raise ValueError(f"the shortest series has {self.shortest} steps and the longest {self.length}")
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""
        return (self.length, self.channels)

    @property
    def dtype(self) -> str:
        """float32 has NaN."""
        return "float32"

    @property
    def equal(self) -> bool:
        """Whether all series that were learned from have one length."""
        return self.shortest == self.length

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SeriesContract:
        """The opposite of ``to_json``.

        Raises:
            pydantic.ValidationError: A field is unknown, missing or out of range.
        """
        return cls.model_validate(document)
