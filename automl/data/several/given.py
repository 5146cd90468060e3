"""Rows with several inputs and answers, wherever they come from: a table that names files, or arrays by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.config import Arrays, Columns, Port
from automl.data.folder import Part
from automl.data.several.answers import answer_columns
from automl.data.tables import cells
from automl.data.tables.beside import checked_weights, group_numbers, joined, listed_names
from automl.data.tables.encode import as_floats
from automl.data.tables.source import Table, open_table, table_part
from automl.errors import DataError, did_you_mean


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """Rows as they were given, apart by input and output.

    Attributes:
        name: What to call the source.
        rows: How many.
        inputs: By name what the reader of the input's kind takes in memory: (n, ...) arrays, data frames, lists.
        answers: By output the columns of its answers; empty where nobody asks for them.
        read: Whether the answers are cells of a table.
        weights: How much each row counts, (n,) float64; None when all count alike.
        groups: Number of the group of each row, (n,) int64; None when rows are of no groups.
    """

    name: str
    rows: int
    inputs: Mapping[str, Any]
    answers: Mapping[str, Sequence[pd.Series]] = field(default_factory=dict)
    read: bool = False
    weights: NDArray[np.float64] | None = None
    groups: NDArray[np.int64] | None = None

    def only(self, kept: NDArray[np.bool_]) -> Given:
        """The rows that are kept, (n,) booleans."""
        if kept.all():
            return self
        index = np.flatnonzero(kept)
        return replace(
            self,
            rows=len(index),
            inputs={name: _taken(values, index) for name, values in self.inputs.items()},
            answers={
                name: [column.iloc[index].reset_index(drop=True) for column in columns]
                for name, columns in self.answers.items()
            },
            weights=None if self.weights is None else self.weights[index],
            groups=None if self.groups is None else self.groups[index],
        )


def open_given(
    source: Any, columns: Columns, inputs: Sequence[Port], outputs: Sequence[Port], *, part: Part = "train"
) -> Given:
    """Rows from wherever they are.

    Args:
        source: A CSV or Parquet file whose columns hold numbers, text and paths of pictures relative to its folder; a
            folder with one for each part; a data frame, whose paths are relative to the current folder; a mapping of
            inputs to what is in memory; or ``Arrays`` with one of these, and with answers by output.
        columns: Weights, groups, columns to leave out, and how to read a file.
        inputs: What is wanted, with their columns.
        outputs: Likewise; none where no answers are needed.
        part: Which part is meant of a folder.

    Raises:
        DataError: Something is missing, or of another length.
    """
    arrays = source if isinstance(source, Arrays) else Arrays(source)
    if isinstance(arrays.x, Mapping):
        given = _from_mapping(arrays.x, inputs)
    else:
        given = _from_table(arrays.x, columns, inputs, outputs if arrays.y is None else (), part)
    if arrays.y is not None and outputs:
        given = replace(given, answers=_by_output(arrays.y, outputs, given.rows), read=False)
    lacking = [port.name for port in outputs if port.name not in given.answers]
    if lacking:
        raise DataError(f"there are no answers for the output {lacking[0]!r}; give y with one entry an output")
    if arrays.weights is not None:
        given = replace(given, weights=checked_weights(arrays.weights, given.rows))
    if arrays.groups is not None:
        given = replace(given, groups=group_numbers(arrays.groups, given.rows))
    return given


def _from_mapping(x: Mapping[str, Any], inputs: Sequence[Port]) -> Given:
    names = [port.name for port in inputs]
    for name in names:
        if name not in x:
            raise DataError(f"there is no input {name!r} in X; it has {', '.join(map(str, x)) or 'nothing'}")
    unknown = [name for name in x if name not in names]
    if unknown:
        raise DataError(f"X has {unknown[0]!r}, which is no input; {did_you_mean(str(unknown[0]), names)}")
    lengths = {name: _rows_of(x[name], name) for name in names}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"the inputs have different numbers of rows: {said}")
    return Given("arrays", next(iter(lengths.values())), {name: x[name] for name in names})


def _rows_of(values: Any, name: str) -> int:
    try:
        return len(values)
    except TypeError:
        raise DataError(
            f"the input {name!r} is {type(values).__name__}; give an array, a list or a data frame"
        ) from None


def _by_output(y: Any, outputs: Sequence[Port], rows: int) -> dict[str, list[pd.Series]]:
    if not isinstance(y, Mapping):
        if len(outputs) != 1:
            names = ", ".join(port.name for port in outputs)
            raise DataError(
                f"y is one array, and there are {len(outputs)} outputs: give a mapping of {names} to answers"
            )
        y = {outputs[0].name: y}
    unknown = [name for name in y if name not in [port.name for port in outputs]]
    if unknown:
        raise DataError(f"y has {unknown[0]!r}, which is no output; {did_you_mean(str(unknown[0]), list(y))}")
    return {port.name: answer_columns(port, y[port.name], rows) for port in outputs if port.name in y}


def _from_table(source: Any, columns: Columns, inputs: Sequence[Port], outputs: Sequence[Port], part: Part) -> Given:
    if isinstance(source, str | Path):
        source = Path(source)
        source = (table_part(source, part) or source) if source.is_dir() else source
    table = open_table(source, encoding=columns.encoding)
    base = table_folder(source)
    wanted = {port.name: columns_of(port, table) for port in (*inputs, *outputs) if not _takes_the_rest(port)}
    beside = [name for name in (columns.weight, columns.group) if name is not None] if outputs else []
    spoken = {*columns.ignore, *beside, *(name for names in wanted.values() for name in names)}
    rest = tuple(name for name in table.names if name not in spoken)
    wanted |= {port.name: rest for port in inputs if _takes_the_rest(port)}
    for name in (*beside, *(name for names in wanted.values() for name in names)):
        if name not in table.names:
            raise DataError(f"there is no column {name!r} in {table.name}; {did_you_mean(name, table.names)}")
    frames = list(table.frames())
    if not sum(map(len, frames)):
        raise DataError(f"{table.name} has 0 rows; at least two are needed")
    frame = pd.DataFrame({name: joined([piece[name] for piece in frames]) for name in table.names})
    weights = None if columns.weight not in beside else as_floats(frame[columns.weight], name=columns.weight, start=0)
    groups = None if columns.group not in beside else frame[columns.group]
    return Given(
        name=table.name,
        rows=len(frame),
        inputs={port.name: _in_memory(port, frame[list(wanted[port.name])], base) for port in inputs},
        answers={port.name: [frame[name] for name in wanted[port.name]] for port in outputs},
        read=True,
        weights=None if weights is None else checked_weights(weights, len(frame)),
        groups=None if groups is None else group_numbers(groups, len(frame)),
    )


def table_folder(source: Any) -> Path:
    """The folder that paths in a table are relative to."""
    return Path(source).absolute().parent if isinstance(source, str | Path) else Path.cwd()


def columns_of(port: Port, table: Table) -> tuple[str, ...]:
    """The columns that hold a port: those that are said, else the one with its name.

    Raises:
        DataError: There is none.
    """
    if port.columns:
        return port.columns
    if port.name not in table.names:
        raise DataError(f"which column holds {port.name!r}? say {port.name}={port.kind}:COLUMN; {listed_names(table)}")
    return (port.name,)


def _takes_the_rest(port: Port) -> bool:
    return port.kind == "tabular" and not port.columns


def _in_memory(port: Port, frame: pd.DataFrame, base: Path) -> Any:
    """What the reader of a kind takes, from the cells of its columns."""
    if port.kind == "tabular":
        if not len(frame.columns):
            raise DataError(f"no column of the table is left for the input {port.name!r}")
        return frame
    if port.kind == "series":
        steps = [as_floats(frame[name], name=str(name), start=0) for name in frame.columns]
        return np.stack(steps, axis=1)
    if len(frame.columns) != 1:
        raise DataError(
            f"the input {port.name!r} has {len(frame.columns)} columns, and one of kind {port.kind} has one; name each "
            "as an input of its own, and let them share a tower (--share)"
        )
    texts = cells.texts(frame.iloc[:, 0])
    if port.kind == "text":
        return [str(text) for text in texts]
    empty = np.flatnonzero(texts == "")
    if len(empty):
        raise DataError(f"the picture of {port.name!r} is missing in {len(empty)} rows: the first is row {empty[0]}")
    return [str(base / text) for text in texts]


def _taken(values: Any, index: NDArray[np.int64]) -> Any:
    if hasattr(values, "iloc"):
        return values.iloc[index].reset_index(drop=True)
    return values[index] if hasattr(values, "shape") else [values[row] for row in index]
