"""Making the folder of a new run."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from automl.errors import StudyError
from automl.study.holding import HOLDER, LOCK
from automl.study.manifest import MANIFEST

FOLDERS = ("checkpoints", "model", "logs", "prepared")


def make(folder: Path) -> tuple[Path, ...]:
    """Make the folder of a run; gives what was missing of it and its parents, outermost first.

    A folder in which a process was killed while it made a run, or took one away, is as good as an empty one.

    Raises:
        StudyError: There is something in it already.
        OSError: It cannot be made.
    """
    if (folder / MANIFEST).exists():
        raise StudyError(f"{folder} already holds a run; choose another folder with --out, or delete it first")
    if folder.exists() and not _free(folder):
        raise StudyError(f"{folder} exists and is neither empty nor a run; choose another folder with --out")
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(reversed(missing)) or (folder / MANIFEST,)  # an empty folder that was there stays there


def furnish(folder: Path) -> None:
    """Make the folders in a run's folder.

    Raises:
        OSError: They cannot be made.
    """
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)  # of two searches that begin in one moment the lock lets one go on


def undo(folder: Path, made: tuple[Path, ...]) -> None:
    """Remove the folders that were made, as far as they are empty."""
    for place in (*(folder / name for name in FOLDERS), *reversed(made)):
        with suppress(OSError):
            place.rmdir()


def _free(folder: Path) -> bool:
    """Whether a folder is empty, or holds no more than what a killed process leaves of a run without a manifest."""
    return folder.is_dir() and all(_nothing(path) for path in folder.iterdir())


def _nothing(path: Path) -> bool:
    if path.name in FOLDERS:
        return path.is_dir() and not any(path.iterdir())
    return path.is_file() and (path.name in (LOCK, HOLDER) or path.name.startswith((f".{MANIFEST}.", f".{HOLDER}.")))


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
