"""One worker process, as the coordinator sees it."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from automl.execution.frames import BrokenFrameError, Frame, FrameWriter, read_frame
from automl.execution.tree import MARK, Tree

_log = logging.getLogger("automl.execution")

COMMAND = (sys.executable, "-P", "-m", "automl.execution.worker")  # -P: a json.py in the folder at hand is not ours

_GUARD = Path(__file__).with_name("guard.py")
_PATIENCE = 12.0  # seconds a guard has to end what is below it; usually it takes hundredths
_LAST_WORDS_SECONDS = 2.0  # for reading what it said before it ended
_TAIL_BYTES = 4096
_TAIL_LINES = 20

Inbox = queue.SimpleQueue[tuple["WorkerHandle", "Frame | BrokenFrameError | None"]]


class WorkerHandle:
    """Starts a worker under a guard, sends to it, and puts what it says into a queue; None there: it is gone.

    Attributes:
        imported: Whether it is ready for jobs; set by whoever reads the queue.
        fresh: Bytes of memory it held then.
        pid: Its process number once it has said it; both set likewise.
        tree: All its processes.
        waiting_since: When its latest report came, by ``time.monotonic()``, while that has no answer.

    Args:
        inbox: Where frames go, and at the end None.
        log: File that standard error, and whatever libraries print, is appended to.
        env: Added to this process's environment.
        command: How to start it.
    """

    def __init__(
        self, inbox: Inbox, *, log: Path, env: Mapping[str, str] | None = None, command: tuple[str, ...] = COMMAND
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self.imported = False
        self.fresh = 0
        self.pid: int | None = None
        self.waiting_since: float | None = None
        self._inbox = inbox
        self._pipe_lock = threading.Lock()
        guarded, theirs, self._pipe = _under_guard(command)
        # What this process can import, a worker can: a person's own layers among them.
        mark = uuid.uuid4().hex
        paths = {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        try:
            with log.open("ab") as file:
                self._log, self._log_begin = log, file.tell()
                self._process = subprocess.Popen(
                    guarded,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=file,
                    env={**os.environ, **(env or {}), **paths, MARK: mark},
                    pass_fds=theirs,
                    start_new_session=True,  # Ctrl-C in the terminal goes to the coordinator alone
                )
        except OSError:
            self._let_go_of_guard()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.tree = Tree(self._process.pid, mark=mark, guarded=guarded is not command)
        self._ended = threading.Lock()  # held from when its end was told
        self._writer = FrameWriter(self._process.stdin)
        self._reader = threading.Thread(
            target=self._listen, args=(self._process.stdout,), name=f"automl-worker-{self._process.pid}", daemon=True
        )
        self._reader.start()

    def __str__(self) -> str:
        return f"worker process {self.pid or self._process.pid}"

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def send(self, type_: str, body: Mapping[str, Any]) -> None:
        """Write to it; when it has died, what says so is in the inbox and this says nothing."""
        try:
            self._writer.write(type_, body)
        except OSError:
            _log.info("%s is gone; %s was not sent", self, type_)

    def log_to(self, file: Path) -> None:
        """Let its messages go to another file from now on."""
        self._log = file
        self._log_begin = file.stat().st_size if file.exists() else 0
        self.send("log", {"file": str(file)})

    def kill(self) -> None:
        """End it and all it has started, without waiting; ``(self, None)`` comes to the inbox when that is done."""
        if not self.alive:
            return
        if sys.platform == "win32":
            self.tree.kill()
        with self._pipe_lock:
            if self._pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # it is just ending
                    os.write(self._pipe, b".")

    def abandon(self) -> None:
        """End what may be left of it after its guard was killed, and wait no more for whoever holds its pipe open."""
        self.tree.kill()
        self._tell_end()

    def close(self) -> int:
        """Kill it, wait for it and free what it holds here; can be called again.

        Returns:
            Its exit status; negative: the signal that killed it.
        """
        status = self._end()
        self._let_go_of_guard()
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with contextlib.suppress(OSError):  # what was still to be written has no reader
            stdin.close()
        self._reader.join(_LAST_WORDS_SECONDS)
        if not self._reader.is_alive():
            stdout.close()
        return status

    def tail(self) -> str:
        """The last lines it wrote to the log."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_begin, end - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def _let_go_of_guard(self) -> None:
        with self._pipe_lock:
            if self._pipe is not None:
                os.close(self._pipe)
                self._pipe = None

    def _end(self) -> int:
        self.kill()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            _log.warning("%s does not end; all its processes are killed from here", self)
            self.tree.kill()
            return self._process.wait()

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            while (frame := read_frame(stream)) is not None:
                if frame.type == "report":
                    self.waiting_since = time.monotonic()
                self._inbox.put((self, frame))
        except BrokenFrameError as error:
            self._inbox.put((self, error))
        if self._end() < 0:  # it may have closed its end and live on; a guard that was killed could end nothing
            self.tree.kill()
        self._tell_end()

    def _tell_end(self) -> None:
        if self._ended.acquire(blocking=False):
            self._inbox.put((self, None))


def _under_guard(command: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...], int | None]:
    """The command that starts ``command`` under a guard, the descriptor it inherits, and ours that ends it."""
    if sys.platform == "win32":  # without fork and signals: our own looks at the tree of processes must do
        return command, (), None
    theirs, ours = os.pipe()
    return (sys.executable, "-I", "-S", str(_GUARD), str(theirs), *command), (theirs,), ours
