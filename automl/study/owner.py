"""Which process a study belongs to while it is searched, and whether that process is still there."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that cannot be mistaken for a later one with the same number.

    Attributes:
        host: Name of the machine.
        boot: Identifies the machine's start; empty where the system does not tell.
        process: Process number.
        start: When the process started, in the system's own unit; empty where the system does not tell.
    """

    host: str
    boot: str
    process: int
    start: str

    @classmethod
    def current(cls) -> Owner:
        """The process that asks."""
        return cls(platform.node(), _boot(), os.getpid(), _start_of(os.getpid()) or "")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Owner:
        """The owner as it was kept."""
        return cls(**document)

    def to_json(self) -> dict[str, Any]:
        """The owner as it is kept."""
        return asdict(self)

    def may_live(self) -> bool:
        """Whether the process may still run; of a process on another machine nobody here can tell, so it may."""
        here = Owner.current()
        if self.host != here.host:
            return True
        if self.boot != here.boot:
            return False
        return _exists(self.process) and (_start_of(self.process) or "") == self.start

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}"


def _exists(process: int) -> bool:
    if sys.platform == "win32":  # os.kill would end the process there; nothing of the standard library can only ask
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start_of(process: int) -> str | None:
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # proc(5) from its third field on: the second, a name, may hold spaces
    return None if fields[0] == "Z" else fields[19]
