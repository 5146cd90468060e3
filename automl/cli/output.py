"""Results on stdout: JSON documents and plain tables."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import typer


def show_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document; what JSON cannot say (NaN) is null."""
    typer.echo(json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False))


def plain(value: Any) -> Any:
    """``value`` as JSON can say it.

    >>> plain({"kind": (1, 2), "loss": float("nan")})
    {'kind': [1, 2], 'loss': None}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return plain(value.item()) if hasattr(value, "item") else str(value)


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Lines of a plain table that fits the terminal (80 columns in a pipe); the last column is cut when it must be.

    Args:
        header: Names of the columns.
        rows: Cells, one a column.
        right: Columns whose cells end at the same place, such as numbers.

    >>> table(["n", "what"], [["1", "a"], ["10", "b"]], right=[0])
    [' n  what', ' 1  a', '10  b']
    """
    from automl.progress.words import clip

    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    room = shutil.get_terminal_size((80, 24)).columns
    lines = []
    for row in (header, *rows):
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        before = "  ".join(cells[:-1])
        last = cells[-1] if len(header) - 1 in right else clip(row[-1], max(room - len(before) - 2, 8))
        lines.append(f"{before}  {last}".rstrip())
    return lines
