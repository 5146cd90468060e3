"""One worker process, as the coordinator sees it."""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from automl.execution.frames import BrokenFrameError, Frame, FrameWriter, read_frame

_log = logging.getLogger("automl.execution")

COMMAND = (sys.executable, "-P", "-m", "automl.execution.worker")  # -P: a json.py in the folder at hand is not ours

_PATIENCE = 2.0  # seconds a worker has to end when it is asked to
_TAIL_BYTES = 4096
_TAIL_LINES = 20


class WorkerHandle:
    """Starts a worker, sends to it, and puts what it says into a queue; ``(handle, None)`` there means it is gone.

    Args:
        inbox: Where frames go, and at the end None.
        log: File that standard error, and whatever libraries print, is appended to.
        command: How to start it.
    """

    def __init__(
        self,
        inbox: queue.SimpleQueue[tuple[WorkerHandle, Frame | BrokenFrameError | None]],
        *,
        log: Path,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._inbox = inbox
        self._log = log
        with log.open("ab") as file:
            self._log_begin = file.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                # What this process can import, a worker can: a person's own layers among them.
                env=os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
                start_new_session=True,  # Ctrl-C in the terminal goes to the coordinator alone
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._writer = FrameWriter(self._process.stdin)
        self._reader = threading.Thread(
            target=self._listen, args=(self._process.stdout,), name=f"automl-worker-{self.pid}", daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process number, which is its process group's too."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def send(self, type_: str, body: Mapping[str, Any]) -> None:
        """Write to it; when it has died, what says so is in the inbox and this says nothing."""
        try:
            self._writer.write(type_, body)
        except OSError:
            _log.info("worker %d is gone; %s was not sent", self.pid, type_)

    def close(self) -> int:
        """End the process, its children and our threads: by closing its input, then by force.

        Returns:
            Its exit status; negative: the signal that killed it.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.close()
        except OSError:  # what was still to be written has no reader
            _log.debug("worker %d did not read its last message", self.pid)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            _log.warning("worker %d does not end; it is killed", self.pid)
        self._kill_group()
        status = self._process.wait()
        self._reader.join(_PATIENCE)
        if not self._reader.is_alive():  # it is, when a child that left the group still holds the pipe
            stdout.close()
        return status

    def tail(self) -> str:
        """The last lines it wrote to the log."""
        with self._log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_begin, end - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def _kill_group(self) -> None:
        """Nothing that the worker started outlives it."""
        if sys.platform == "win32":  # without process groups: the worker's children are left to end by themselves
            self._process.kill()
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # all gone; macOS says it the second way
            _log.debug("worker %d has left nothing behind", self.pid)

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while (frame := read_frame(stream)) is not None:
                self._inbox.put((self, frame))
        except BrokenFrameError as error:
            self._inbox.put((self, error))
        self._inbox.put((self, None))
