"""Whether the disk has room for another trial."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

# With less than this left on the disk, not even a small model and the study's next pages are sure to fit.
LEAST_FREE = 10_000_000
# Looking through a folder of many files takes a while: seconds between two looks.
_EVERY = 2.0


class Disk:
    """Watches the run's folder.

    Args:
        folder: The run's.
        limit: Bytes it may hold, or None.
    """

    def __init__(self, folder: Path, limit: int | None) -> None:
        self._folder, self._limit = folder, limit
        self._looked, self._answer = -_EVERY, ""

    def full(self) -> str:
        """Why nothing more should be written, or an empty text."""
        if time.monotonic() - self._looked >= _EVERY:
            self._answer, self._looked = self._look(), time.monotonic()
        return self._answer

    def _look(self) -> str:
        if (free := shutil.disk_usage(self._folder).free) < LEAST_FREE:
            return f"the disk of {self._folder} is full: {free / 1e6:.1f} MB are left"
        if self._limit is not None and (held := _size(self._folder)) > self._limit:
            return (
                f"the run's folder holds {held / 1e6:,.1f} MB, the limit is {self._limit / 1e6:,.1f} MB (--disk-limit)"
            )
        return ""


def _size(folder: Path) -> int:
    """Bytes of the files below a folder in which others write and remove at the same time."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(place, name).lstat().st_size
    return total
