"""Tables with a column of picture paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from automl.config import Columns
from automl.data.folder import Part
from automl.data.images.asked import Answer
from automl.data.images.listed import Listed
from automl.data.images.pictures import ENDINGS
from automl.data.tables import cells
from automl.data.tables.answers import missing_answers, refuse_missing
from automl.data.tables.beside import checked_weights, group_numbers, joined, listed_names
from automl.data.tables.encode import as_floats
from automl.data.tables.source import Table, open_table, table_part
from automl.errors import ConfigError, DataError, did_you_mean

_LOOKED_AT = 50  # rows to find the column of paths by
_SHOWN = 5


def list_table(
    source: Any,
    columns: Columns,
    *,
    kind: Answer | None,
    column: str = "",
    y: Sequence[pd.Series] | None = None,
) -> Listed:
    """The pictures that a table names, and their answers.

    Args:
        source: A CSV or Parquet file, whose paths are relative to its folder, or a data frame, whose paths are relative
            to the current folder.
        columns: Which columns have the paths, the answers and weights.
        kind: What is asked of a picture; None when no answers are needed.
        column: That had the paths of the training data.
        y: Answers beside the table, one Series a column; None when they are columns of it.

    Raises:
        DataError: A column or a cell is missing, or no column has paths of pictures.
        ConfigError: No answers are named.
    """
    table = open_table(source, encoding=columns.encoding)
    base = Path(source).parent if isinstance(source, str | Path) else Path()
    target = columns.target if kind is not None and y is None else ()
    if kind is not None and y is None and not target:
        raise ConfigError(f"which column is to be predicted? say --target NAME; {listed_names(table)}")
    beside = _beside(columns) if kind is not None else ()
    for name in (*target, *beside, *([columns.path] if columns.path else [])):
        if name not in table.names:
            raise DataError(f"there is no column {name!r} in {table.name}; {did_you_mean(name, table.names)}")
    spoken = {*columns.target, *columns.ignore, *beside}
    if columns.path is None and column in table.names and column not in spoken:
        path = column
    else:
        path = columns.path or path_column(table, base, [name for name in table.names if name not in spoken])
    return _listed(table, base, path, columns, kind, target, y)


def list_paths(paths: Sequence[Any], y: Sequence[pd.Series] = ()) -> Listed:
    """Pictures named one by one, relative to the current folder, and the answers beside them."""
    files = tuple(Path(path) for path in paths)
    names = tuple(str(file) for file in files)
    if y and len(y[0]) != len(files):
        raise DataError(f"x has {len(files)} rows and y has {len(y[0])}; give one answer for each row")
    places = tuple(f"{name} (row {row})" for row, name in enumerate(names))
    return Listed("the paths", files, names, places, tuple(y))


def are_paths(x: Any) -> bool:
    """Whether these are paths of files, and no pixels.

    >>> are_paths(["a.png", "b.png"]), are_paths([[0, 1], [1, 0]])
    (True, False)
    """
    if isinstance(x, str | bytes) or hasattr(x, "columns"):
        return False
    if hasattr(x, "dtype"):
        if getattr(x, "ndim", 0) != 1 or len(x) == 0:
            return False
        x = list(x)
    return isinstance(x, list | tuple) and len(x) > 0 and all(isinstance(path, str | Path) for path in x)


def table_folder(folder: Path, part: Part = "train") -> Path | None:
    """The table of a part, such as ``train.csv``, of a folder that holds tables; None where it does not."""
    found = table_part(folder, part) if folder.is_dir() else None
    return found if found is not None and found.suffix.lower() != ".txt" else None


def path_column(table: Table, base: Path, among: Sequence[str]) -> str:
    """The column whose first cells are files, or at least look like pictures' names.

    Raises:
        DataError: There is none, or several.
    """
    frame = next(iter(table.frames()), pd.DataFrame(columns=list(table.names)))[:_LOOKED_AT]
    texts = {name: [text for text in cells.texts(frame[name]) if text] for name in among}
    files = [name for name, found in texts.items() if any(_is_file(base / text) for text in found)]
    if not files:
        files = [name for name, found in texts.items() if any(text.lower().endswith(ENDINGS) for text in found)]
    if len(files) == 1:
        return files[0]
    if files:
        raise DataError(f"several columns of {table.name} have paths of files: {', '.join(files)}; say --path NAME")
    raise DataError(
        f"no column of {table.name} has paths of pictures, relative to {base.absolute()}; {listed_names(table)}; "
        "name it with --path NAME"
    )


def _listed(
    table: Table,
    base: Path,
    path: str,
    columns: Columns,
    kind: Answer | None,
    target: Sequence[str],
    y: Sequence[pd.Series] | None,
) -> Listed:
    wanted = list(dict.fromkeys([path, *target, *(_beside(columns) if kind is not None else ())]))
    frames = [frame[wanted] for frame in table.frames()]
    if not sum(map(len, frames)):
        raise DataError(f"{table.name} has 0 rows; at least two are needed")
    found = {name: joined([frame[name] for frame in frames]) for name in wanted}
    texts = cells.texts(found[path])
    _refuse_blank(texts, path, table)
    answered = tuple(found[name] for name in target) if y is None else tuple(y)
    listed = Listed(
        where=table.name,
        files=tuple(base / text for text in texts),
        names=tuple(texts),
        places=tuple(f"{base / text} (row {row} of {table.name})" for row, text in enumerate(texts)),
        columns=answered,
        read=y is None,
        weights=_weights(found, columns.weight, len(texts)),
        groups=None if columns.group not in found else group_numbers(found[columns.group], len(texts)),
        column=path,
    )
    if kind is None:
        return listed
    if len(answered[0]) != len(texts):
        raise DataError(f"x has {len(texts)} rows and y has {len(answered[0])}; give one answer for each row")
    return _answered(listed, columns, kind)


def _answered(listed: Listed, columns: Columns, kind: Answer) -> Listed:
    """Without the rows that lack an answer, where that is allowed."""
    lacking = missing_answers(listed.columns, kind)
    if not lacking.any():
        return listed
    if not columns.drop_missing_labels:
        refuse_missing(lacking, ", ".join(columns.target) or "y")
    if lacking.all():
        raise DataError("no row has an answer to learn from: all labels are missing")
    note = f"{int(lacking.sum())} of {len(lacking)} rows are left out: their answer is missing"
    return replace(listed.only((~lacking).tolist()), notes=(note,))


def _beside(columns: Columns) -> tuple[str, ...]:
    return tuple(name for name in (columns.weight, columns.group) if name is not None)


def _weights(found: dict[str, pd.Series], name: str | None, rows: int) -> Any:
    if name not in found:
        return None
    return checked_weights(as_floats(found[name], name=name, start=0), rows)


def _refuse_blank(texts: Any, path: str, table: Table) -> None:
    rows = [row for row, text in enumerate(texts) if not text]
    if rows:
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")
        raise DataError(f"column {path!r} of {table.name} names no picture in {len(rows)} rows: rows {shown}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text longer than a path may be, or with a zero byte
        return False
