"""Database URLs: where a SQLite file is, and how to show a URL without what must stay secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HIDDEN = "***"
_IN_AUTHORITY = re.compile(r"([A-Za-z][\w+.-]*://[^\s:/@]*):[^\s@]*@")
_IN_QUERY = re.compile(r"([?&](?:password|passwd|pwd|sslpassword)=)[^\s&'\"]+", re.IGNORECASE)


def hide_passwords(text: str) -> str:
    """The text with the password of every URL in it replaced by ``***``.

    >>> hide_passwords("cannot reach postgresql://me:geheim@host/db?x=1")
    'cannot reach postgresql://me:***@host/db?x=1'
    >>> hide_passwords("postgresql://host/db?user=me&password=geheim")
    'postgresql://host/db?user=me&password=***'
    """
    if "://" not in text:
        return text
    return _IN_QUERY.sub(rf"\g<1>{HIDDEN}", _IN_AUTHORITY.sub(rf"\g<1>:{HIDDEN}@", text))


def without_passwords(document: Any) -> Any:
    """A JSON document in which no text has a password; what has no JSON form, such as a path, becomes its text.

    >>> without_passwords({"storage": "postgresql://me:geheim@host/db", "trials": 3})
    {'storage': 'postgresql://me:***@host/db', 'trials': 3}
    """
    if isinstance(document, Mapping):
        return {hide_passwords(str(name)): without_passwords(value) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [without_passwords(value) for value in document]
    return document if document is None or isinstance(document, bool | int | float) else hide_passwords(str(document))


def shown_url(url: str) -> str:
    """The URL without its password, whatever the password is made of.

    >>> shown_url("postgresql://me:two words@host/db")
    'postgresql://me:***@host/db'
    """
    if sqlite_path(url) is not None:
        return url
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return hide_passwords(make_url(url).render_as_string(hide_password=True))
    except ArgumentError:
        return f"{url.partition(':')[0]}:{HIDDEN}" if ":" in url else url


def lost_password(url: str) -> bool:
    """Whether the URL once had a password and was kept without it."""
    return f":{HIDDEN}@" in url or f"={HIDDEN}" in url


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file; the path is made absolute."""
    return f"sqlite:///{path.resolve().as_posix().replace('?', '%3F')}"


def sqlite_path(url: str) -> Path | None:
    """The file behind a ``sqlite:///`` URL, or None for every other URL and for databases in memory.

    >>> sqlite_path("sqlite:///runs/study.db").as_posix()
    'runs/study.db'
    >>> sqlite_path("postgresql://host/db") is None
    True
    """
    scheme, found, rest = url.partition(":///")
    file = rest.partition("?")[0].replace("%3F", "?")
    plain = found and file and not file.startswith((":memory:", "file:"))
    return Path(file) if plain and scheme.split("+")[0] == "sqlite" else None
