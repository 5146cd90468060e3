"""Keeps running jobs to their limits of time and memory, whatever the coordinator's main thread is busy with."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from dataclasses import dataclass

from automl.execution.deaths import Memory, over_limit, timed_out
from automl.execution.handle import WorkerHandle
from automl.execution.machine import free_memory, oom_kills, total_memory
from automl.failures import Failure

_log = logging.getLogger("automl.execution")

_LOOK_SECONDS = 0.15
_DEAD_SECONDS = 1.0
# A look that comes so late was held up with the whole process, as by Ctrl-Z: no time of the trials.
_HELD_UP_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class Watched:
    """A worker that is looked at.

    Attributes:
        worker: Who.
        timeout: Wall seconds after ``since`` at which it is ended; None: never.
        memory: What was last seen.
        oom_kills: How many processes the system had ended for want of memory when the job began.
        since: When the job began, by ``time.monotonic()``; later by as long as it waited for this process.
        verdict: Why it was ended, once it was.
        dead_since: When its process was first seen to have ended.
    """

    worker: WorkerHandle
    timeout: float | None
    memory: Memory
    oom_kills: int
    since: float
    verdict: Failure | None = None
    dead_since: float | None = None


class Watch:
    """A thread that looks at every running job some times a second, and ends those that take too much.

    Args:
        memory: Bytes a worker with its children may hold.
    """

    def __init__(self, memory: int) -> None:
        self._limit, self._total = memory, total_memory()
        self._watched: list[Watched] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._mistake = ""
        self._thread = threading.Thread(target=self._run, name="automl-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def follow(self, worker: WorkerHandle, timeout: float | None) -> Watched:
        """Look at ``worker`` from now on, until ``leave``."""
        memory = Memory(limit=self._limit, total=self._total, free=self._total)
        watched = Watched(worker, timeout, memory, oom_kills(), time.monotonic())
        with self._lock:
            self._watched.append(watched)
        return watched

    def leave(self, watched: Watched) -> None:
        """Look no more: after this there is no verdict, or it has been carried out."""
        with self._lock:
            self._watched.remove(watched)
        watched.memory.system_killed = oom_kills() > watched.oom_kills

    def answered(self, watched: Watched) -> None:
        """Its worker is about to have the answer that it waited for, which was not the job's time."""
        with self._lock:
            if watched.worker.waiting_since is not None:
                watched.since += max(0.0, time.monotonic() - watched.worker.waiting_since)
                watched.worker.waiting_since = None

    def check(self) -> None:
        """Raise what went wrong in the thread.

        Raises:
            RuntimeError: A mistake of this package.
        """
        if self._mistake:
            raise RuntimeError(f"a mistake in this package, in the thread that watches workers:\n{self._mistake}")

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            looked = time.monotonic()
            while not self._stop.wait(_LOOK_SECONDS):
                free, now = free_memory(), time.monotonic()
                if now - looked > _HELD_UP_SECONDS:
                    self._forgive(looked, now)
                looked = now
                for watched in tuple(self._watched):
                    self._look(watched, free)
        except BaseException:  # a thread has nobody above it: poll() raises it
            self._mistake = traceback.format_exc()

    def _forgive(self, begin: float, end: float) -> None:
        """Let the time between two looks that are far apart count for no job; what it waits for now is added later."""
        with self._lock:
            for watched in self._watched:
                waiting = watched.worker.waiting_since
                watched.since += max(0.0, (end if waiting is None else min(waiting, end)) - max(begin, watched.since))

    def _look(self, watched: Watched, free: int) -> None:
        worker, memory = watched.worker, watched.memory
        if used := worker.tree.resident():  # nothing: it is just ending, and what counts is how it was before
            memory.used, memory.free = used, free
        if not worker.alive:
            self._look_after_the_dead(watched)
            return
        with self._lock:
            verdict = _verdict(watched)
            if verdict is None or watched.verdict is not None or watched not in self._watched:
                return
            watched.verdict = verdict
            worker.kill()
        _log.warning("%s: %s", worker, verdict.message)

    def _look_after_the_dead(self, watched: Watched) -> None:
        """Usually its end is told at once; not when its guard was killed and others hold its pipe open."""
        now = time.monotonic()
        watched.dead_since = watched.dead_since or now
        if now - watched.dead_since >= _DEAD_SECONDS:
            watched.worker.abandon()


def _verdict(watched: Watched) -> Failure | None:
    if watched.memory.used > watched.memory.limit:
        return over_limit(watched.memory)
    if watched.timeout is None or watched.worker.waiting_since is not None:
        return None
    if time.monotonic() - watched.since >= watched.timeout:
        return timed_out(watched.timeout)
    return None
