"""The prepared-data cache: datasets by the key of what they were made from."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock

from automl.data.dataset import CACHE_FORMAT, Dataset
from automl.errors import DataError
from automl.files import folder_size, whole_folder

logger = logging.getLogger("automl.data")


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One dataset in the cache.

    Attributes:
        directory: Its folder.
        source: What it was read from.
        rows: Pictures in it; 0 when it is damaged.
        size: Bytes on the disk.
        last_used: Seconds since the epoch.
    """

    directory: Path
    source: str
    rows: int
    size: int
    last_used: float


def cache_root(cache_dir: Path | None = None) -> Path:
    """Where prepared data is kept: below ``cache_dir``, or below the user's cache folder."""
    return Path(cache_dir or platformdirs.user_cache_dir("automl")) / "prepared"


def cached(key: str, write: Callable[[Path], None], *, cache_dir: Path | None = None) -> Dataset:
    """The dataset with this key; ``write`` fills a new folder when there is none, or a damaged one.

    Of several processes that want the same dataset one writes and the others wait for it.

    Args:
        key: Names the dataset: equal keys, equal datasets.
        write: Writes the files of a dataset into the folder it is given; what it raises leaves no trace.
        cache_dir: See ``cache_root``.

    Raises:
        DataError: The cache cannot be written.
    """
    root = cache_root(cache_dir)
    directory = root / key
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / f"{key}.lock"):
            found = _found(directory)
            if found is not None:
                return found
            _clear_aside(root, key)
            with whole_folder(directory) as aside:
                write(aside)
            return Dataset.load(directory)
    except OSError as error:
        raise DataError(f"cannot write prepared data to {root}: {error}; choose another cache folder") from error


def list_cache(cache_dir: Path | None = None) -> tuple[CacheEntry, ...]:
    """Every dataset in the cache, the last used first."""
    entries = [_entry(directory) for directory in _directories(cache_root(cache_dir)) if directory.is_dir()]
    return tuple(sorted(entries, key=lambda entry: (-entry.last_used, entry.directory)))


def clear_cache(cache_dir: Path | None = None) -> int:
    """Delete every dataset in the cache and give the bytes that were freed.

    A dataset that is being written is waited for. Runs whose data is deleted cannot be resumed without their original
    data.
    """
    root = cache_root(cache_dir)
    freed = 0
    for directory in _directories(root):
        with FileLock(root / f"{directory.name}.lock"):  # the lock's empty file stays: another process may hold it
            freed += folder_size(directory) + _clear_aside(root, directory.name)
            shutil.rmtree(directory, ignore_errors=True)
    return freed


def _found(directory: Path) -> Dataset | None:
    if not directory.exists():
        return None
    try:
        dataset = Dataset.load(directory, reused=True)
    except DataError as error:
        logger.warning("%s; it is made anew", error)
        return None
    with contextlib.suppress(OSError):
        os.utime(directory)  # when it was last used
    return dataset


def _clear_aside(root: Path, key: str) -> int:
    """Delete what a process that was killed left of this dataset; its lock must be held."""
    freed = 0
    for left in root.glob(f".{key}.*"):
        freed += folder_size(left)
        shutil.rmtree(left, ignore_errors=True)
    return freed


def _directories(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    keys = {path.name.strip(".").split(".")[0] for path in root.iterdir() if path.is_dir()}
    return [root / key for key in sorted(keys)]


def _entry(directory: Path) -> CacheEntry:
    try:
        document = json.loads((directory / "dataset.json").read_text("utf-8"))
        source, rows = str(document["source"]), int(document["rows"])
        whole = document["cache_format"] == CACHE_FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        source, rows, whole = "", 0, False
    return CacheEntry(directory, source, rows if whole else 0, folder_size(directory), directory.stat().st_mtime)
