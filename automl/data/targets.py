"""What a network is to answer: the class of a row, its labels, or numbers."""

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


class LabelTarget(_Target):
    """Any number of several labels; kept as 0 and 1, (n, k) uint8.

    Attributes:
        classes: The k labels: sorted, or in the order of the columns that have them.
        columns: Where a table has them: the one column with texts, or one column a label; empty where they are none.
        separator: Between the labels of a row where they are written as one text; empty where each has a column of 0
            and 1.

    >>> LabelTarget(classes=("cat", "dog", "fox"), separator="|").shape
    (3,)
    """

    kind: Literal["labels"] = "labels"
    classes: tuple[bool | int | str, ...] = Field(min_length=2)
    columns: tuple[str, ...] = ()
    separator: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row."""
        return (len(self.classes),)

    @property
    def dtype(self) -> str:
        """Of the zeros and ones."""
        return "uint8"


TargetContract = ClassTarget | NumberTarget | LabelTarget

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
    if isinstance(target, NumberTarget):
        raise DataError(f"the target {', '.join(target.columns)} is numbers and has no classes")
    return target.classes
