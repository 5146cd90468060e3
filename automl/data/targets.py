"""What a network is to answer: the classes of an output, or the columns of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from automl.errors import DataError

Label = str | int | bool


class _Target(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> dict[str, Any]:
        """The contract as plain JSON values."""
        return self.model_dump(mode="json")


class ClassTarget(_Target):
    """One of several classes; kept as codes, (n,) int64.

    Attributes:
        classes: Sorted; what the codes stand for.
        column: Where a table has them; empty where they are no column.

    >>> ClassTarget(classes=("cat", "dog")).shape
    ()
    """

    kind: Literal["classes"] = "classes"
    classes: tuple[bool | int | str, ...]
    column: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""
        return ()

    @property
    def dtype(self) -> str:
        """Of the codes."""
        return "int64"


class NumberTarget(_Target):
    """One number or several; kept as they are, (n, k) float64.

    Attributes:
        columns: What people call them, one name a number.
    """

    kind: Literal["numbers"] = "numbers"
    columns: tuple[str, ...] = Field(min_length=1)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""
        return (len(self.columns),)

    @property
    def dtype(self) -> str:
        """Of the numbers."""
        return "float64"


TargetContract = ClassTarget | NumberTarget

_TARGET: TypeAdapter[TargetContract] = TypeAdapter(Annotated[TargetContract, Field(discriminator="kind")])


def read_target(document: Mapping[str, Any]) -> TargetContract:
    """The opposite of ``to_json``.

    Raises:
        pydantic.ValidationError: A field is unknown, missing or out of range.
    """
    return _TARGET.validate_python(document)


def classes_of(target: TargetContract) -> tuple[Label, ...]:
    """The classes of a target that has some.

    Raises:
        DataError: It is numbers.
    """
    if not isinstance(target, ClassTarget):
        raise DataError(f"the target {', '.join(target.columns)} is numbers and has no classes")
    return target.classes
