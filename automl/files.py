"""Files and folders that appear whole or not at all, and what identifies their content."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_log = logging.getLogger("automl.files")

# What a study may be called: its name is part of a folder's, too.
STUDY_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")

_ASIDE = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{12}(?P<suffix>\.[^.]*)?")
_RETIRED = ".old"  # instead of a suffix: what stood at the target while a new folder takes its place


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_size(folder: Path, *, without: tuple[str, ...] = ()) -> int:
    """Bytes of all files below a folder, in which others may write and remove at the same time.

    Args:
        folder: It need not be there.
        without: Endings of names that do not count.
    """
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += 0 if name.endswith(without) else Path(place, name).stat().st_size
    return total


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part of it.

    Args:
        path: The file; its folder is there.
        content: Text is written as UTF-8.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    with whole_file(path) as aside:
        aside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A name to write to, with ``target``'s suffix; it takes ``target``'s place when the block ends well.

    Raises:
        OSError: The disk says no; what was there stays, and nothing else is left.
    """
    aside = _aside(target)
    try:
        yield aside
        _sync(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(target.parent)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A new folder to fill that takes ``target``'s place when the block ends well, and vanishes when it does not.

    A folder that stands at ``target`` is renamed away first and removed after, so that an older one is whole until the
    new one is. What a killed process leaves behind, :func:`sweep` removes.

    Raises:
        OSError: The disk says no; what was there stays, and nothing else is left.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(target)
    aside.mkdir()
    try:
        yield aside
        for path in aside.rglob("*"):
            if path.is_file():
                _sync(path)
        _sync_folder(aside)
        _put(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    _sync_folder(target.parent)


def sweep(folder: Path) -> None:
    """Remove what killed writers of this module left in a folder and below it: names like ``.model.<12 digits>``.

    A folder that was renamed away, when its writer died before the new one was in place, is put back. Nothing else is
    touched, links are not followed, and what cannot be removed stays, with a line in the log. Nobody may be writing
    there at the same time.

    Args:
        folder: It need not be there.
    """
    for place, folders, files in os.walk(folder):
        for name in [*files, *folders]:
            target = _target_of(name)
            if target is not None:
                _clear(Path(place, name), Path(place, target))
        folders[:] = [name for name in folders if _target_of(name) is None]


def _target_of(name: str) -> str | None:
    """The name that something was written aside for, or None when ``name`` is nothing of that kind."""
    match = _ASIDE.fullmatch(name)
    if match is None or (match["suffix"] or "") not in (Path(match["name"]).suffix, _RETIRED):
        return None
    return match["name"]


def _clear(aside: Path, target: Path) -> None:
    try:
        if aside.suffix == _RETIRED and aside.is_dir() and not target.exists():
            aside.rename(target)
        elif aside.is_dir() and not aside.is_symlink():
            shutil.rmtree(aside)
        else:
            aside.unlink()
    except OSError as error:
        _log.warning("a killed writer's %s stays: %s", aside, error)


def _put(aside: Path, target: Path) -> None:
    if not target.exists():
        aside.rename(target)
        return
    retired = _aside(target, _RETIRED)
    target.rename(retired)
    try:
        aside.rename(target)
    except OSError:
        retired.rename(target)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _aside(path: Path, suffix: str | None = None) -> Path:
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}{path.suffix if suffix is None else suffix}")


def _sync(path: Path) -> None:
    """Ask the system to put a file on the disk; a rename is only safe after that."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    with suppress(OSError, AttributeError):  # Windows has neither the flag nor the need; some file systems refuse
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
