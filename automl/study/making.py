"""Making the folder of a new run."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from automl.errors import StudyError
from automl.study.manifest import MANIFEST


def make(folder: Path) -> tuple[Path, ...]:
    """Make the folder of a run; gives what was missing of it and its parents, outermost first.

    Raises:
        StudyError: There is something in it already.
        OSError: It cannot be made.
    """
    if (folder / MANIFEST).exists():
        raise StudyError(f"{folder} already holds a run; choose another folder with --out, or delete it first")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(f"{folder} exists and is neither empty nor a run; choose another folder with --out")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(reversed(missing)) or (folder / MANIFEST,)  # an empty folder that was there stays there


def make_dated(parent: Path, task: str, created: datetime) -> tuple[Path, ...]:
    """Make a folder ``<task>-<date>`` that nobody else has; gives what was missing, outermost first.

    Raises:
        OSError: It cannot be made.
    """
    outer = [place for place in (parent, *parent.parents) if not place.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    name = f"{task}-{created.astimezone():%Y-%m-%d}"
    for attempt in count(1):
        folder = parent / (name if attempt == 1 else f"{name}-{attempt}")
        with suppress(FileExistsError):  # two searches may start in the same moment
            folder.mkdir()
            break
    return (*reversed(outer), folder)
