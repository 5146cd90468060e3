"""How one kind of raw data gets into a model that was handed over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from automl.data.tables.answers import answers
from automl.data.tables.beside import given_columns
from automl.export.manifest import Output

OnBadFile = Literal["error", "skip"]
Truth = Callable[[], NDArray[Any]]
Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How data to answer, or to be scored on, is read.

    Attributes:
        on_bad_file: What to do about a file that is no picture.
        encoding: Of a text file; None for UTF-8.
        drop_missing_labels: Whether rows without a right answer are left out.
    """

    on_bad_file: OnBadFile = "error"
    encoding: str | None = None
    drop_missing_labels: bool = False


class Source(Protocol):
    """Rows with names, to be run through once.

    Attributes:
        column: What the names are.
    """

    column: Literal["path", "row"]

    @property
    def skipped(self) -> Sequence[str]:
        """Files found to be unusable; complete after ``batches``."""

    def batches(self, size: int) -> Iterator[Any]:
        """The rows, at most ``size`` at a time, in order; each batch has a length and can be sliced."""

    def kept(self) -> np.ndarray:
        """Which rows the batches held, (m,) int64; known after ``batches``."""

    def names(self) -> tuple[str, ...] | tuple[int, ...]:
        """Names of the kept rows."""


class Adapter(ABC):
    """From raw data of one kind to what the model takes; made from the input's contract."""

    @abstractmethod
    def source(self, x: Any, reading: Reading) -> Source:
        """Rows to answer.

        Args:
            x: Rows in memory, or the path of a file or folder.
            reading: How to read it.

        Raises:
            DataError: They are not what the model was trained on, or cannot be read.
        """

    @abstractmethod
    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """Rows to score on, and the right answers to the kept ones: codes (n,) or numbers (n, k).

        Args:
            x: As for ``source``.
            y: The right answers; None where ``x`` holds them.
            output: What is answered.
            reading: How to read it.

        Raises:
            DataError: As for ``source``; or there are no answers, or one that the model cannot give.
        """

    @abstractmethod
    def given(self, rows: Any) -> dict[str, Any]:
        """A batch of rows as the model's raw inputs, by name: arrays, or tensors of text; more rows may follow."""

    @abstractmethod
    def shapes(self) -> set[Shape]:
        """Of the model's raw inputs, rows first as None."""

    @abstractmethod
    def signature(self) -> dict[str, tuple[Shape, str]]:
        """Shape and dtype of what a SavedModel takes, by name."""

    def serve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """In a SavedModel's graph: from what it takes to the model's raw inputs."""
        return dict(given)

    @abstractmethod
    def probe(self, seed: int = 0) -> Any:
        """Rows to compare answers on, the odd ones among them."""

    @abstractmethod
    def batch_size(self) -> int:
        """Rows that are answered at a time; it changes nothing but memory and time."""


def encode_truth(y: Any, output: Output, *, rows: int) -> NDArray[Any]:
    """Right answers that were handed over: codes (n,) of the output's classes, labels or numbers (n, k).

    Raises:
        DataError: They are of another length or kind, or of a class that the output does not have.
    """
    columns = given_columns(y, rows, several=output.kind == "numbers", labels=output.kind == "labels")
    return answers(columns, output.kind, output.target(), read=False)[1]
