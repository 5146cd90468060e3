"""The processes of a worker: how much memory they hold, and their end."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

import psutil

# In the environment of a worker, and so of all it starts, what tells them from others'.
MARK = "AUTOML_WORKER"

# Between looks at who belongs to it: they read about every process of the machine, and may take so much of the time.
_LOOK_SECONDS = 1.0
_LOOK_SHARE = 0.01


class Tree:
    """A worker and all it has started.

    Args:
        root: Process number of the guard, or of the worker where there is none.
        mark: Value of :data:`MARK` in their environment.
        guarded: Whether it is the guard, which counts for nothing.
    """

    def __init__(self, root: int, *, mark: str = "", guarded: bool) -> None:
        self._root, self._mark = psutil.Process(root), mark
        self._counted = [] if guarded else [self._root]
        self._below: list[psutil.Process] = []
        self._next_look = 0.0

    def resident(self) -> int:
        """Bytes of memory that all its processes hold and the system could not take back at once.

        Files that are mapped do not count: the prepared data is, in every worker, and libraries are.
        """
        if time.monotonic() >= self._next_look:
            self._look()
        return sum(_resident(process) for process in (*self._counted, *self._below))

    def others(self, worker: int | None) -> list[int]:
        """Process numbers of those that are alive beside the worker itself."""
        self._look()
        return [p.pid for p in self._below if p.pid != worker and _lives(p)]

    def kill(self) -> None:
        """End all of it without the guard, those too that have lost their parents."""
        self._look()
        marked = (process for process in psutil.process_iter() if self._mark and _mark(process) == self._mark)
        for process in {self._root, *self._below, *marked}:
            with contextlib.suppress(psutil.Error):  # gone, or one with more rights than we
                process.kill()

    def _look(self) -> None:
        begin = time.monotonic()
        with contextlib.suppress(psutil.Error):  # it has ended: what was below it may not have
            self._below = self._root.children(recursive=True)
        now = time.monotonic()
        self._next_look = now + max(_LOOK_SECONDS, (now - begin) / _LOOK_SHARE)


def _resident(process: psutil.Process) -> int:
    try:
        if sys.platform != "linux":
            return process.memory_info().rss
        status = Path(f"/proc/{process.pid}/status").read_text()
    except (psutil.Error, OSError):  # it has ended
        return 0
    kilobytes = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Rss"))
    return sum(1024 * int(kilobytes.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except psutil.Error:  # somebody else's, or it has just ended
        return None
