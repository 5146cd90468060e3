"""Time stamps: which column has them, how they are written, and reading them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.forecast.contract import TimeAxis
from automl.data.tables import cells
from automl.errors import DataError

FORMATS = (*cells.DATE_FORMATS, "%Y-%m", "%Y/%m", "ISO8601")
"""How dates may be written; ISO 8601 with a time zone is the last."""

_LOOKED_AT = 1000  # cells of a column, to find out whether they are dates
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_SHOWN = 5
_MIDNIGHT = pd.Timedelta(0)


@dataclass(frozen=True, eq=False, slots=True)
class Stamps:
    """When each row is.

    Attributes:
        values: (n,) seconds since 1970-01-01 for dates, in UTC where they have a time zone; else numbers.
        axis: What they are; its step is not known yet.
    """

    values: NDArray[np.float64]
    axis: TimeAxis


def find_time(frame: pd.DataFrame, spoken: Sequence[str]) -> str:
    """The first column of dates that nobody has another use for; empty where there is none."""
    for name in frame.columns:
        if name in spoken:
            continue
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            return str(name)
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            continue
        if _format_of(column[:_LOOKED_AT]):
            return str(name)
    return ""


def read_times(column: pd.Series, like: TimeAxis | None = None) -> Stamps:
    """The time stamps of rows.

    Args:
        column: Dates, text or numbers.
        like: How a model reads them; None finds it out.

    Raises:
        DataError: One is missing, or they are no dates in a known form and no numbers.
    """
    name = str(column.name)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        index = pd.DatetimeIndex(column)
        _refuse_missing(np.asarray(index.isna()), name)
        return _dated(index, TimeAxis(column=name, kind="date", reason="its cells are dates"), like)
    texts = cells.texts(column)
    _refuse_missing(np.array([text == "" for text in texts], dtype=bool), name)
    if like is not None and like.kind == "date" and like.format:
        index = _parsed(texts, like.format)
        if not index.isna().any():
            return _dated(index, like, like)
    numbers, bad = cells.numbers(texts)
    if not bad.any() and (like is None or like.kind == "number"):
        return Stamps(numbers, TimeAxis(column=name, kind="number", reason="its cells are numbers"))
    format_ = _format_of(column)
    if not format_ or (like is not None and like.kind != "date"):
        raise DataError(
            f"the time column {name!r} has {str(texts[0])!r}, which is {_wanted(like)}; write dates as "
            "2026-11-20 or 2026-11-20 13:00, or choose another column with --time"
        )
    axis = TimeAxis(column=name, kind="date", format=format_, reason=f"every cell is a date as {format_}")
    return _dated(_parsed(texts, format_), axis, like)


def as_index(values: NDArray[np.float64]) -> pd.DatetimeIndex:
    """Seconds as dates."""
    return pd.DatetimeIndex(np.round(values * 1e6).astype("int64").astype("datetime64[us]"))


def seconds(index: pd.DatetimeIndex) -> NDArray[np.float64]:
    """Dates without a zone as seconds."""
    found: NDArray[np.float64] = index.to_numpy().astype("datetime64[us]").astype("int64") / 1e6
    return found


def _wanted(like: TimeAxis | None) -> str:
    if like is None:
        return "no date in a known form and no number"
    return f"no {like.kind} as in training" + (f" ({like.format})" if like.format else "")


def _dated(index: pd.DatetimeIndex, axis: TimeAxis, like: TimeAxis | None) -> Stamps:
    """Seconds in UTC; in the zone's own time where all rows are at midnight there: days, weeks, months."""
    if like is not None and like.kind == "date" and (index.tz is None) != (not like.zone):
        was, now = (f"had the time zone {like.zone}", "have none") if like.zone else ("had no time zone", "have one")
        raise DataError(f"the time stamps in {axis.column!r} {was} in training, and these {now}; write them alike")
    if index.tz is None:
        return Stamps(seconds(index), axis)
    zone = str(index.tz) if like is None else like.zone
    own = index.tz_convert(zone).tz_localize(None)
    wall = bool((own - own.normalize() == _MIDNIGHT).all()) if like is None else like.wall
    values = seconds(own if wall else index.tz_convert("UTC").tz_localize(None))
    return Stamps(values, axis.model_copy(update={"zone": zone, "wall": wall}))


def _format_of(column: pd.Series) -> str:
    """The form in which all cells are dates; empty where there is none, or where all are numbers."""
    texts = cells.texts(column)
    distinct = [text for text in dict.fromkeys(texts.tolist()) if text]
    if not distinct or not cells.numbers(np.array(distinct, dtype=object))[1].any():
        return ""
    for format_ in FORMATS:
        if not _parsed(distinct[:1], format_).isna().any() and not _parsed(distinct, format_).isna().any():
            return format_
    return ""


def _parsed(texts: Sequence[str] | NDArray[np.object_], format_: str) -> pd.DatetimeIndex:
    """Dates, NaT where there is none; those with an offset are in UTC and say so."""
    column = pd.Series(list(texts), dtype=object)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = pd.DatetimeIndex(pd.to_datetime(column, format=format_, errors="coerce", utc=True))
    offset = format_ == "ISO8601" and bool(_OFFSET.search(str(column.iloc[0])[10:])) if len(column) else False
    return found if offset else found.tz_localize(None)


def _refuse_missing(missing: NDArray[np.bool_], name: str) -> None:
    rows = np.flatnonzero(missing)
    if len(rows):
        shown = ", ".join(map(str, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")
        raise DataError(
            f"the time column {name!r} is empty in {len(rows)} of {len(missing)} rows: rows {shown} (counted from 0); "
            "fill it in, or leave these rows out"
        )
