"""Results as people, programs and spreadsheets read them: plain tables, one JSON document, CSV."""

from __future__ import annotations

import csv
import io
import json
import shutil
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import typer

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def present(
    lines: Callable[[], Iterable[str]],
    *,
    document: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str] = (),
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print a result in the one way that was asked for.

    Args:
        lines: For people.
        document: For ``--json``.
        rows: For ``--csv``; what is nested becomes columns with dotted names.
        columns: The first columns of ``rows``, also where there are no rows.
        as_json: Whether ``--json`` was given.
        as_csv: Whether ``--csv`` was given.

    Raises:
        ConfigError: Both were.
    """
    from automl.cli.output import show_json
    from automl.errors import ConfigError

    if as_json and as_csv:
        raise ConfigError("--json and --csv are two ways to write the result; choose one")
    if as_json:
        show_json(document)
    elif as_csv:
        typer.echo(csv_text(rows, columns).encode("utf-8"), nl=False)  # bytes: no system makes its own line ends of it
    else:
        for line in lines():
            typer.echo(line)


def fitting(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), spare: Sequence[str] = ()
) -> list[str]:
    """A plain table that leaves out what it can spare, one column after the other, until it fits the terminal.

    Args:
        header: Names of the columns.
        rows: Cells, one a column.
        right: Columns whose cells end at the same place.
        spare: Names of columns that may be left out, the first one first.
    """
    from automl.cli.output import table

    room = shutil.get_terminal_size((80, 24)).columns
    kept = list(range(len(header)))
    for name in spare:
        widths = (max(len(row[place]) for row in (header, *rows)) for place in kept)
        if sum(widths) + 2 * (len(kept) - 1) <= room:
            break
        kept.remove(header.index(name))
    cells = [[row[place] for place in kept] for row in rows]
    return table(
        [header[place] for place in kept], cells, right=[kept.index(place) for place in right if place in kept]
    )


def byte_size(count: int) -> str:
    """Bytes as a person reads them.

    >>> byte_size(950), byte_size(1_250_000)
    ('950 bytes', '1.2 MB')
    """
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}" if count >= 100 * size else f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def wrapped(text: str, lead: str) -> list[str]:
    """A text in as many lines as it needs to fit the terminal, the further ones indented as far as the first."""
    room = max(shutil.get_terminal_size((80, 24)).columns, 40)
    return textwrap.wrap(text, room, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False)


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> str:
    r"""Rows as RFC 4180 says: a header, CRLF, quotes where they are needed; no text in it is a formula.

    >>> csv_text([{"number": 3, "params": {"lr": 0.1}, "reason": "=1+1"}, {"number": 4, "reason": "a,b"}])
    'number,params.lr,reason\r\n3,0.1,\'=1+1\r\n4,,"a,b"\r\n'

    Args:
        rows: One mapping a row; nested mappings become columns with dotted names, lists become JSON.
        columns: The first columns.
    """
    flat_rows = [flat(row) for row in rows]
    header = list(dict.fromkeys([*columns, *(name for row in flat_rows for name in row)]))
    with io.StringIO(newline="") as text:
        writer = csv.writer(text)
        writer.writerow([safe(name) for name in header])
        writer.writerows([[_cell(row.get(name)) for name in header] for row in flat_rows])
        return text.getvalue()


def flat(record: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A nested record as one level with dotted names.

    >>> flat({"number": 1, "seconds": {"build": 0.5, "train": 2.0}})
    {'number': 1, 'seconds.build': 0.5, 'seconds.train': 2.0}
    """
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = value
    return found


def safe(text: str) -> str:
    """A text that no spreadsheet runs as a formula: an apostrophe goes before what begins like one.

    >>> safe("@SUM(A1)"), safe("conv24 > gap")
    ("'@SUM(A1)", 'conv24 > gap')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: Any) -> Any:
    """A number stays what it is, also a negative one."""
    if isinstance(value, list | tuple):
        return safe(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe(value) if isinstance(value, str) else value
