"""Database URLs: where a SQLite file is, and how to show a URL without what must stay secret."""

from __future__ import annotations

import re
from pathlib import Path

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
