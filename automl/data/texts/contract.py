"""What a text is by the time a network sees it: a row of token numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Unit = Literal["words", "characters"]

PADDING, UNKNOWN = 0, 1
"""Numbers of what stands behind the end of a text, and of a token that is not in the vocabulary."""
FIRST = 2
"""Number of the most frequent token."""
_SMALL = 1 << 16


class TextContract(BaseModel):
    """A text as the numbers of its first tokens, 0 behind its end; a text without any is one unknown token.

    Attributes:
        column: Where a table has it; empty where it is no column.
        reason: Why that column is taken for the text, for people.
        unit: What a token is.
        length: Tokens that are kept of a text.
        html: Whether tags are taken out of a text, and entities read as what they stand for, before it has tokens.
        tokens: What the numbers from 2 on stand for, in lower case, the most frequent one first.

    >>> contract = TextContract(length=10, tokens=("the", "rock"))
    >>> contract.kinds, contract.shape, contract.dtype
    (4, (10,), 'uint16')
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["text"] = "text"
    column: str = ""
    reason: str = ""
    unit: Unit = "words"
    html: bool = False
    length: Annotated[int, Field(ge=2)]
    tokens: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _different(self) -> TextContract:
        if "" in self.tokens or len(set(self.tokens)) < len(self.tokens) or any("\0" in each for each in self.tokens):
            raise ValueError("tokens must be different, not empty, and without NUL")
        return self

    @property
    def kinds(self) -> int:
        """How many numbers there are, those for padding and unknown tokens among them."""
        return FIRST + len(self.tokens)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""
        return (self.length,)

    @property
    def dtype(self) -> str:
        """The smallest that holds every number."""
        return "uint16" if self.kinds <= _SMALL else "int32"

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TextContract:
        """The opposite of ``to_json``.

        Raises:
            pydantic.ValidationError: A field is unknown, missing or out of range.
        """
        return cls.model_validate(document)
