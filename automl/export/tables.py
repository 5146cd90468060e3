"""Where a model's rows of a table come from, and how they are fed to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl.data import TableContract
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.encode import RawTable, raw
from automl.data.tables.read import given_columns, joined
from automl.data.tables.source import FrameTable, Table, open_table, table_part
from automl.errors import DataError
from automl.export.manifest import Output


class TableSource:
    """Rows of a table, read piece by piece; a row's name is its number.

    Args:
        table: Where they come from.
        contract: What the model takes.
        output: What it answers.
        y: The right answers, (n,) or (n, k); None when they are columns of the table, or not known.
        labelled: Whether the right answers are needed.
        drop: Whether rows without a right answer are left out.

    Attributes:
        truth: Codes (n,) or numbers (n, k) when ``labelled``.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(
        self,
        table: Table,
        contract: TableContract,
        output: Output,
        *,
        y: Any = None,
        labelled: bool = False,
        drop: bool = False,
    ) -> None:
        self._table = table
        self._contract = contract
        self._kept: np.ndarray | None = None
        self._rows = 0
        self.truth: np.ndarray | None = None
        if labelled:
            self._read_truth(output, y, drop)

    def _read_truth(self, output: Output, y: Any, drop: bool) -> None:
        if y is None:
            if not output.columns:
                raise DataError("evaluation needs answers: give y beside the table")
            missing = [name for name in output.columns if name not in self._table.names]
            if missing:
                raise DataError(f"there is no column {missing[0]!r} in {self._table.name} to compare the answers with")
            frames = [frame[list(output.columns)] for frame in self._table.frames()]
            columns = [joined([frame[name] for frame in frames]) for name in output.columns]
        else:
            rows = sum(len(frame) for frame in self._table.frames())
            columns = given_columns(y, rows, several=output.type == "number")
        lacking = missing_answers(columns)
        if not drop:
            refuse_missing(lacking, ", ".join(output.columns) or "y")
        self._kept = ~lacking
        columns = [column[self._kept] for column in columns]
        kind = "numbers" if output.type == "number" else "classes"
        _, self.truth = answers(columns, kind, output.target(), read=y is None)

    def batches(self, size: int) -> Iterator[RawTable]:
        """Some rows at a time."""
        start = 0
        for frame in self._table.frames():
            rows = raw(frame, self._contract, start=start, source=self._table.name)
            kept = slice(None) if self._kept is None else self._kept[start : start + len(frame)]
            numbers, categories = rows.numbers[kept], rows.categories[kept]
            for first in range(0, len(numbers), size):
                yield RawTable(numbers[first : first + size], categories[first : first + size])
            start += len(frame)
            self._rows = start

    def kept(self) -> np.ndarray:
        """Numbers of the rows with an answer; known after ``batches``."""
        return np.arange(self._rows) if self._kept is None else np.flatnonzero(self._kept)

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(self.kept().tolist())


def open_rows(x: Any, contract: TableContract, *, encoding: str | None = None) -> Table:
    """A table as the model takes it: of a folder the test part, of an array as many columns as were learned from.

    Raises:
        DataError: It is no table, or has another number of columns than the array that was learned from.
    """
    if isinstance(x, str | Path):
        found = table_part(Path(x), "test") if Path(x).is_dir() else Path(x)
        if found is None:
            raise DataError(f"{x} is a folder without a test.csv in it; name the file")
        return open_table(found, encoding=encoding)
    table = open_table(x)
    if isinstance(table, FrameTable) and (not contract.named or not table.named):
        if len(table.names) != contract.width:
            raise DataError(
                f"X has {len(table.names)} features, but the model was trained with {contract.width} features as input"
            )
        names = [column.name for column in contract.columns] + [column.name for column in contract.left_out]
        if not table.named and contract.named:
            raise DataError(f"X is an array; the model was trained with named columns ({', '.join(names[:5])}, ...)")
        return FrameTable(table.frame.set_axis(names, axis=1), named=False, name=table.name)
    return table


def fed(rows: RawTable) -> dict[str, Any]:
    """Rows as a Keras model takes them; text as a tensor, because ``predict_on_batch`` takes no NumPy strings."""
    given: dict[str, Any] = {}
    if rows.numbers.shape[1]:
        given["numbers"] = rows.numbers
    if rows.categories.shape[1]:
        import tensorflow as tf

        given["categories"] = tf.constant(rows.categories.tolist(), tf.string)
    return given
