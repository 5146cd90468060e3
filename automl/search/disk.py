"""Whether the disk has room for another trial."""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path

from automl.failures import POLICIES
from automl.files import folder_size

# With less than this left on the disk, not even a small model and the study's next pages are sure to fit.
LEAST_FREE = 10_000_000
# Looking through a folder of many files takes a while: seconds between two looks.
_EVERY = 2.0
# Of a database that is open: they go when the search ends.
_LOGS = ("-wal", "-shm")


class Disk:
    """Watches the run's folder.

    Args:
        folder: The run's.
        limit: Bytes it may hold, or None.

    Attributes:
        advice: What the person can do about what ``full`` said last.
    """

    def __init__(self, folder: Path, limit: int | None) -> None:
        self._folder, self._limit = folder, limit
        self._looked, self._answer = -math.inf, ""
        self.advice = ""

    def full(self) -> str:
        """Why nothing more should be written, or an empty text."""
        if time.monotonic() - self._looked >= _EVERY:
            self._answer, self._looked = self._look(), time.monotonic()
        return self._answer

    def look_again(self) -> None:
        """Something was removed: the next answer is a fresh one."""
        self._looked = -math.inf

    def _look(self) -> str:
        if (free := shutil.disk_usage(self._folder).free) < LEAST_FREE:
            self.advice = POLICIES["disk_full"].advice
            return f"the disk of {self._folder} is full: {free / 1e6:.1f} MB are left"
        if self._limit is not None and (held := folder_size(self._folder, without=_LOGS)) > self._limit:
            self.advice = "Raise --disk-limit."
            return (
                f"the run's folder holds {held / 1e6:,.1f} MB, the limit is {self._limit / 1e6:,.1f} MB (--disk-limit)"
            )
        return ""
