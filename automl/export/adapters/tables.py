"""Tables: files, data frames and arrays, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl.data import TableContract
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import checked_weights, given_columns, joined
from automl.data.tables.encode import RawTable, as_floats, raw
from automl.data.tables.source import FrameTable, Table, open_table, table_part
from automl.errors import ConfigError, DataError, did_you_mean
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth
from automl.export.manifest import Output

_LARGEST_BATCH = 4096
_VECTOR = 16  # of float32: 64 bytes, the longest there is


class TableAdapter(Adapter):
    """Rows of a table with the columns that were learned from, in any order."""

    def __init__(self, contract: TableContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """A file, a folder with a ``test.csv``, a data frame, or an array (n, columns)."""
        return TableSource(open_rows(x, self._contract, encoding=reading.encoding), self._contract)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """The answers are columns of the table, or stand beside it."""
        table = open_rows(x, self._contract, encoding=reading.encoding)
        source = TableSource(table, self._contract)
        truth = source.read_truth(output, y, drop=reading.drop_missing_labels)
        return source, lambda: truth

    def given(self, rows: Any) -> dict[str, Any]:
        """``numbers`` and ``categories``, the last row repeated up to a multiple of 16.

        Text is a tensor, because ``predict_on_batch`` takes no NumPy strings.
        """
        given: dict[str, Any] = {}
        # What is left of the vectors of a processor is computed by other instructions: with full ones alone the answer
        # to a row does not depend, by its last bit, on where the row stands.
        index = np.minimum(np.arange(-(-len(rows) // _VECTOR) * _VECTOR), len(rows) - 1)
        if rows.numbers.shape[1]:
            given["numbers"] = rows.numbers[index]
        if rows.categories.shape[1]:
            import tensorflow as tf

            given["categories"] = tf.constant(rows.categories[index].tolist(), tf.string)
        return given

    def shapes(self) -> set[Shape]:
        """Of numbers and categories, as far as there are any."""
        return {shape for shape, _ in self.signature().values()}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """Raw cells."""
        widths = {"numbers": len(self._contract.numbers), "categories": len(self._contract.categories)}
        dtypes = {"numbers": "float32", "categories": "string"}
        return {name: ((None, width), dtypes[name]) for name, width in widths.items() if width}

    def probe(self, seed: int = 0) -> RawTable:
        """See ``probe_table``."""
        return probe_table(self._contract, seed=seed)

    def batch_size(self) -> int:
        """Rows are small."""
        return _LARGEST_BATCH


class TableSource:
    """Rows of a table, read piece by piece; a row's name is its number.

    Args:
        table: Where they come from.
        contract: What the model takes.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, table: Table, contract: TableContract) -> None:
        self._table = table
        self._contract = contract
        self._kept: np.ndarray | None = None
        self._rows = 0

    def read_truth(self, output: Output, y: Any, *, drop: bool) -> np.ndarray:
        """The right answers, codes (n,) or numbers (n, k).

        Args:
            output: What is answered.
            y: The right answers, (n,) or (n, k); None when they are columns of the table.
            drop: Whether rows without one are left out, here and by ``batches``, rather than refused.

        Raises:
            DataError: There are none, one is missing, or one is not what the model answers.
        """
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
            columns = given_columns(y, rows, several=output.kind == "numbers", labels=output.kind == "labels")
        lacking = missing_answers(columns, output.kind)
        if not drop:
            refuse_missing(lacking, ", ".join(output.columns) or "y")
        self._kept = ~lacking
        columns = [column[self._kept] for column in columns]
        return answers(columns, output.kind, output.target(), read=y is None)[1]

    def column_of(self, name: str) -> np.ndarray:
        """A column of numbers, (n,) of all rows.

        Raises:
            DataError: There is none of that name, or it holds something else.
        """
        if name not in self._table.names:
            hint = did_you_mean(name, self._table.names)
            raise DataError(f"there is no column {name!r} in {self._table.name}; {hint}")
        return as_floats(joined([frame[name] for frame in self._table.frames()]), name=name, start=0)

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


def counted(weights: Any, source: Source) -> np.ndarray:
    """How much each kept row counts, (m,).

    Args:
        weights: (n,), or the name of a column.
        source: Where the rows came from, after its ``batches``.

    Raises:
        DataError: They are of another length, no numbers, or negative.
        ConfigError: A column is named, and there are none.
    """
    if isinstance(weights, str):
        if not isinstance(source, TableSource):
            raise ConfigError(f"weights are in a column of a table ({weights!r}), and this is none")
        weights = source.column_of(weights)
    kept = source.kept()
    found = np.asarray(weights, np.float64)
    if found.ndim == 1 and len(found) < kept.max(initial=-1) + 1:
        raise DataError(f"there are {len(found)} weights for {kept.max() + 1} rows; give one for each row")
    return np.asarray(checked_weights(found, len(found))[kept])


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


def probe_table(contract: TableContract, *, fitted: Sequence[tuple[float, float]] = (), seed: int = 0) -> RawTable:
    """Rows to compare answers on: ordinary and extreme numbers, missing cells, values that training did not have.

    Args:
        contract: What the model takes.
        fitted: Center and scale of each number, where they are known; else 0 and 1.
        seed: Seeds all of it.
    """
    rng = np.random.default_rng(seed)
    rows, count = 24, len(contract.numbers)
    spread = rng.normal(size=(rows, count)) * np.resize([1.0, 10.0, 1000.0], (rows, 1))
    places = np.array(fitted or [(0.0, 1.0)] * count, dtype=np.float64).reshape(count, 2)
    numbers = (places[:, 0] + spread * places[:, 1]).astype(np.float32)
    numbers[rng.random(numbers.shape) < 0.2] = np.nan
    categories = np.empty((rows, len(contract.categories)), object)
    for place, column in enumerate(contract.categories):
        categories[:, place] = rng.choice(np.array([*column.values, "", "never seen \U0001f600"], object), rows)
    return RawTable(numbers, categories)
