"""Column types that take what a search produces and keep only what every database can hold.

Text loses NUL and lone surrogates (PostgreSQL and UTF-8 refuse them) and the passwords of URLs; JSON turns numbers
that are not finite into null, because ``NaN`` is no JSON; times are stored and given back in UTC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from automl.study.urls import hide_passwords


class CleanText(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is written."""
        return None if value is None else clean_text(value)


class CleanJSON(TypeDecorator[Any]):
    """A JSON document; None is SQL's NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """What is written."""
        return clean_json(value)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment; aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is written; SQLite keeps no zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """What is read."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clean_text(text: str) -> str:
    r"""The text without what a database refuses and without passwords.

    >>> clean_text("a\x00b \udcff")
    'ab \\udcff'
    """
    return hide_passwords(text.replace("\x00", "").encode("utf-8", "backslashreplace").decode("utf-8"))


def clean_json(value: Any) -> Any:
    """The value as JSON that every database takes.

    >>> clean_json({"loss": float("nan"), "shape": (28, 28)})
    {'loss': None, 'shape': [28, 28]}

    Raises:
        TypeError: Something in it has no JSON form.
    """
    if isinstance(value, Mapping):
        return {clean_text(str(key)): clean_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    return _clean_scalar(value.item() if hasattr(value, "item") else value)  # NumPy's scalars have an item()


def _clean_scalar(value: Any) -> bool | int | float | str | None:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str | PurePath | datetime):
        return clean_text(str(value))
    raise TypeError(f"{value!r} of type {type(value).__name__} has no JSON form; pass numbers, text, lists or mappings")
