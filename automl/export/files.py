"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part of it.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    aside = _aside(path)
    try:
        with aside.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync(path.parent)


@contextmanager
def assembled(target: Path) -> Iterator[Path]:
    """A new folder to fill that takes ``target``'s place when the block ends well, and vanishes when it does not.

    A folder that stands at ``target`` is renamed away first and removed after, so that an older one is whole until
    the new one is.

    Raises:
        OSError: The disk says no.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    work = _aside(target)
    work.mkdir()
    try:
        yield work
        for path in (*work.rglob("*"), work):
            _sync(path)
        _put(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _sync(target.parent)


def _put(work: Path, target: Path) -> None:
    if not target.exists():
        work.rename(target)
        return
    retired = _aside(target)
    target.rename(retired)
    try:
        work.rename(target)
    except OSError:
        retired.rename(target)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}-{uuid.uuid4().hex[:12]}")


def _sync(path: Path) -> None:
    """Ask the system to put it on the disk; a rename is only safe after that."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
