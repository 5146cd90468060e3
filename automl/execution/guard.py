"""A small process between the coordinator and a worker; when either of them ends, nothing is left behind.

::

    coordinator  --pipe-->  guard  -->  worker  -->  whatever a layer starts

It runs as ``python -I -S guard.py PIPE COMMAND...`` and imports nothing but the standard library, so it is there in
20 ms and needs some megabytes. When the worker ends, or the coordinator writes to the pipe or is gone (kill -9 closes
the pipe too), the guard kills all that is below it, waits for it, and ends as the worker did: with its exit code or by
its signal. It needs no answer from the worker, which may hang in C and hold the GIL.

On Linux the guard adopts orphans (``PR_SET_CHILD_SUBREAPER``): also a grandchild that has left its session and lost
its parent stays below it. Elsewhere it ends the worker's process group.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

# Added to what the worker's chance is to be the one that the kernel ends when memory is short, of 1000: a trial can be
# run again, the coordinator not.
OOM_SCORE = 500

_LOOK_SECONDS = 1.0  # between looks whether the coordinator is there: a fork of it may hold the pipe open
_PATIENCE = 10.0  # seconds for what is killed to be gone


def main() -> None:
    """Start the command and stay until it, or the coordinator, ends."""
    pipe, command = int(sys.argv[1]), sys.argv[2:]
    coordinator = os.getppid()
    os.set_inheritable(pipe, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    woken = _wake_when_children_end()
    worker = _start(command)
    _let_go_of_streams()
    status = _wait(worker, pipe, woken, coordinator)
    _end_like(_end_all(worker, status))


def _start(command: list[str]) -> int:
    guard = os.getpid()
    worker = os.fork()
    if worker:
        return worker
    try:
        os.setpgid(0, 0)  # a group of its own: what it sends to its group does not reach the guard
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guard:
            os._exit(1)
        _offer_to_the_oom_killer()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.execv(command[0], command)
    except OSError as error:
        os.write(2, f"cannot start {command}: {error}\n".encode())
    os._exit(127)


def _wait(worker: int, pipe: int, woken: int, coordinator: int) -> int | None:
    """The worker's wait status once it has ended; None when the coordinator is gone or wants an end."""
    while True:
        ready, _, _ = select.select([pipe, woken], [], [], _LOOK_SECONDS)
        if pipe in ready or os.getppid() != coordinator:
            return None
        if woken in ready:
            os.read(woken, 4096)
        for process, status in _ended():
            if process == worker:
                return status


def _end_all(worker: int, status: int | None) -> int:
    """Kill everything below; the children of what is killed become ours, so it is done when none is left.

    Returns:
        The worker's wait status.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the second of a group that is gone
        os.killpg(worker, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            for process in _children():
                with contextlib.suppress(ProcessLookupError, PermissionError):  # a program with more rights than we
                    os.kill(process, signal.SIGKILL)
            for process, ended in _ended(or_raise=True):
                status = ended if process == worker else status
            time.sleep(0.005)
    return signal.SIGKILL if status is None else status


def _ended(*, or_raise: bool = False) -> Iterator[tuple[int, int]]:
    """Children that have ended, waited for, with their status."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            if or_raise:
                raise
            return
        if not process:
            return
        yield process, status


def _children() -> Iterator[int]:
    """Our children, where the system has a /proc to find them in."""
    me = str(os.getpid())
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            if (folder / "stat").read_text().rpartition(")")[2].split()[1] == me:
                yield int(folder.name)


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the worker has left its own, if any
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


def _wake_when_children_end() -> int:
    """A descriptor that can be read when a child has ended."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def _let_go_of_streams() -> None:
    """The worker's ends of its pipes must be the only ones, or nobody sees them close."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)


def _offer_to_the_oom_killer() -> None:
    file = Path("/proc/self/oom_score_adj")
    with contextlib.suppress(OSError, ValueError):  # another system, or a sandbox that forbids it
        file.write_text(str(min(1000, int(file.read_text()) + OOM_SCORE)))


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
