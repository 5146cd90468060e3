"""Folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """A new folder to write into; it becomes ``target`` when the block ends well and vanishes when it does not.

    What stood at ``target`` before is replaced. Everything is on the disk before it gets its name, so a power cut
    leaves the old folder, the new one, or none, but never half of one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
    try:
        yield aside
        aside.chmod(0o777 & ~_umask())  # mkdtemp makes private folders; a shared cache is readable like any other
        _sync(aside)
        _replace(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _replace(aside: Path, target: Path) -> None:
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.old.", dir=target.parent))
        target.rename(old / "old")
        aside.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        aside.rename(target)


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    with contextlib.suppress(OSError):  # folders cannot be synced everywhere
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
