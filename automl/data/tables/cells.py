"""Cells: what counts as missing, as a number, as yes or no, as a date. The one way from a column to values."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

MISSING_WORDS = frozenset(
    {"", "?", "-", "--", ".", "NA", "N/A", "n/a", "na", "#N/A", "#NA", "NaN", "nan", "-nan", "NAN", "NULL", "null"}
    | {"<NA>", "NaT"}
)
"""Text that stands for a missing cell. "None" does not: "no other debtors" is an answer."""

BOOLEANS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M",
)
"""How dates are written. Where 03/04/2020 could be read both ways in all of a column, the month comes first."""

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?(?:[eE][+-]?\d+)?")


def texts(column: pd.Series) -> Texts:
    """Cells as text without white space around it; a missing one is empty.

    >>> texts(pd.Series([" a", "?", None, 7])).tolist()
    ['a', '', '', '7']
    """
    codes, values = pd.factorize(column, use_na_sentinel=True)
    plain = np.array([_text(value) for value in values] + [""], dtype=object)
    found: Texts = plain[codes]  # -1, what is missing, is the last
    return found


def numbers(cells: Texts, *, comma: bool = False) -> tuple[Floats, Flags]:
    """Text as numbers, NaN where there is none, and which cells hold something that is no number.

    Args:
        cells: The texts, (n,).
        comma: Whether a comma stands before the decimals, and points between thousands; else it is the other way round.

    >>> values, bad = numbers(np.array(["1", "", "2,000.5", "x"], dtype=object))
    >>> values.tolist()[2], bad.tolist()
    (2000.5, [False, False, False, True])
    >>> numbers(np.array(["2.000,5", "0,25"], dtype=object), comma=True)[0].tolist()
    [2000.5, 0.25]
    """
    codes, distinct = pd.factorize(cells)
    if comma:
        plain = [text.replace(".", "").replace(",", ".") if has_comma(text) else None for text in distinct]
        values = np.array([np.nan if text is None else float(text) for text in plain], dtype=np.float64)
    else:
        values = pd.to_numeric(pd.Series(distinct, dtype=object), errors="coerce").to_numpy(np.float64, copy=True)
        for place in np.flatnonzero(np.isnan(values)):
            if _THOUSANDS.fullmatch(distinct[place]):
                values[place] = float(distinct[place].replace(",", ""))
    bad = np.isnan(values) & np.array([value != "" for value in distinct], dtype=bool)
    return values[codes], bad[codes]


def has_comma(text: str) -> bool:
    """Whether a text is a number when a comma stands before its decimals.

    >>> has_comma("1.234,5"), has_comma("3"), has_comma("3.5")
    (True, True, False)
    """
    return _COMMA.fullmatch(text) is not None


def booleans(cells: Texts) -> tuple[Floats, Flags]:
    """Text as 0 and 1, NaN where there is none, and which cells are neither."""
    codes, distinct = pd.factorize(cells)
    values = np.array([BOOLEANS.get(value.lower(), np.nan) for value in distinct], dtype=np.float64)
    bad = np.isnan(values) & np.array([value != "" for value in distinct], dtype=bool)
    return values[codes], bad[codes]


def dates(cells: Texts, format_: str) -> tuple[pd.DatetimeIndex, Flags]:
    """Text as dates, NaT where there is none, and which cells are none in this format."""
    codes, distinct = pd.factorize(cells)
    values = pd.DatetimeIndex(pd.to_datetime(pd.Series(distinct, dtype=object), format=format_, errors="coerce"))
    bad = np.asarray(values.isna()) & np.array([value != "" for value in distinct], dtype=bool)
    return values[codes], bad[codes]


def fitting_formats(distinct: Iterable[str], among: Iterable[str]) -> tuple[str, ...]:
    """The date formats in which every one of these texts is a date."""
    values = pd.Series(list(distinct), dtype=object)
    if values.empty:
        return tuple(among)
    fitting = []
    for format_ in among:
        if all(pd.to_datetime(part, format=format_, errors="coerce").notna().all() for part in (values[:1], values)):
            fitting.append(format_)
    return tuple(fitting)


def date_part(values: pd.DatetimeIndex, part: str) -> Floats:
    """One number of each date; NaN where it is missing."""
    if part == "days":
        days = (values - pd.Timestamp(0)) / pd.Timedelta(days=1)
        return np.asarray(days, dtype=np.float64)
    found = getattr(values, {"weekday": "day_of_week"}.get(part, part))
    return np.asarray(found, dtype=np.float64)


def plain_dates(column: pd.Series) -> pd.DatetimeIndex:
    """A column of dates without its time zone (in that zone's own time)."""
    index = pd.DatetimeIndex(column)
    return index.tz_localize(None) if index.tz is not None else index


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)  # a category of whole numbers with a missing cell comes as 7.0
    text = str(value).strip()
    return "" if text in MISSING_WORDS else text
