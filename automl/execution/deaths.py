"""Why a worker ended before its job was over, as a ``Failure``."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from automl.failures import Failure

_SIGKILL = 9  # which Windows has no name for
_FROM_OUTSIDE = (_SIGKILL, signal.SIGTERM)  # how others, such as the system short of memory, end a process

# A worker that was killed while it held this share of its limit was, we say, killed for its memory.
NEAR_LIMIT = 0.9
# The machine is short of memory when less than this share of it is free.
SCARCE = 0.05


@dataclass(slots=True)
class Memory:
    """What was last seen of memory while a job ran.

    Attributes:
        limit: Bytes its worker may hold.
        total: Bytes the machine, or the container, has.
        used: Bytes its worker held.
        free: Bytes that were free.
        system_killed: Whether the system has ended a process for want of memory since the job began.
    """

    limit: int
    total: int
    used: int = 0
    free: int = 0
    system_killed: bool = False

    @property
    def short(self) -> bool:
        """Whether this explains a SIGKILL."""
        return self.system_killed or self.used >= NEAR_LIMIT * self.limit or self.free <= SCARCE * self.total


def timed_out(seconds: float) -> Failure:
    """The job was ended because its time was over."""
    return Failure.of("timeout", f"not finished after {seconds:g} s, and ended by force")


def over_limit(memory: Memory) -> Failure:
    """The job was ended because its worker held too much."""
    return Failure.of(
        "oom_ram", f"its worker held {_gb(memory.used)} of memory; a worker may hold {_gb(memory.limit)}, then it ends"
    )


def crashed(status: int, memory: Memory, log_tail: str) -> Failure:
    """The worker ended by itself, or somebody else ended it.

    Args:
        status: Its exit status; negative: the signal.
        memory: What was last seen of it.
        log_tail: The last lines of its log.
    """
    if status == -_SIGKILL and memory.short:
        message = (
            f"its worker was killed by SIGKILL, short of memory: it held {_gb(memory.used)}, and {_gb(memory.free)} of "
            f"{_gb(memory.total)} were free"
        )
        return Failure.of("oom_ram", message)
    message = f"the worker process {ended(status)}"
    details = f"Its last messages:\n{log_tail}" if log_tail else ""
    return Failure.of("crashed", message, details=details, transient=-status in _FROM_OUTSIDE)


def ended(status: int) -> str:
    """An exit status in words.

    >>> ended(3), ended(-11)
    ('ended with exit code 3', 'was killed by SIGSEGV')
    """
    if status >= 0:
        return f"ended with exit code {status}"
    known = {member.value: member.name for member in signal.Signals}
    return f"was killed by {known.get(-status, f'signal {-status}')}"


def _gb(size: float) -> str:
    return f"{size / 1e9:.2f} GB"
