"""Jobs in a worker process: a crash, a hang or a leak costs one trial and not the search."""

from __future__ import annotations

import logging
import queue
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from automl.config import Limits
from automl.execution.base import Event
from automl.execution.frames import BrokenFrameError, Frame
from automl.execution.handle import COMMAND, WorkerHandle
from automl.failures import Failure
from automl.jobs import PROTOCOL, EpochReport, Reply, TrialJob, TrialResult

_log = logging.getLogger("automl.execution")

_SIGKILL = 9  # which Windows has no name for
_FROM_OUTSIDE = (_SIGKILL, signal.SIGTERM)  # how others, such as the system short of memory, end a process


class ProcessExecutor:
    """One long-lived worker process; a new one takes its place when it dies.

    Args:
        log_dir: The worker's messages go to ``worker-1.log`` in it.
        limits: What the worker may use.
        command: How to start a worker.
    """

    capacity = 1

    def __init__(self, *, log_dir: Path, limits: Limits | None = None, command: tuple[str, ...] = COMMAND) -> None:
        self._limits = limits or Limits()
        self._log = log_dir / "worker-1.log"
        self._command = command
        self._inbox: queue.SimpleQueue[tuple[WorkerHandle, Frame | BrokenFrameError | None]] = queue.SimpleQueue()
        self._worker: WorkerHandle | None = None
        self._imported = False  # the worker has imported Keras
        self._job: TrialJob | None = None
        self._last_report: EpochReport | None = None
        self._closed = False

    @property
    def worker_pid(self) -> int | None:
        """The worker's process number while there is one."""
        return None if self._worker is None else self._worker.pid

    def start(self) -> None:
        """Start the worker, which imports Keras while the coordinator does something else."""
        if self._closed:
            raise RuntimeError("the executor is closed")
        if self._worker is None:
            self._imported = False
            self._worker = WorkerHandle(self._inbox, log=self._log, command=self._command)

    def ready(self) -> bool:
        """Whether the worker has imported Keras; a worker that is gone keeps nobody waiting: ``submit`` finds out."""
        return self._imported or self._worker is None

    def submit(self, job: TrialJob) -> str:
        """Send ``job`` to the worker, a new one if need be."""
        if self._job is not None:
            raise RuntimeError(f"cannot run {job.job_id}: {self._job.job_id} is running")
        if self._worker is not None and not self._worker.alive:
            _log.warning("worker %d %s between two jobs", self._worker.pid, _ended(self._bury(self._worker)))
        self.start()
        assert self._worker is not None
        self._job, self._last_report = job, None
        self._worker.send("job", job.model_dump())
        return "worker-1"

    def poll(self, timeout: float) -> list[Event]:
        """What has happened, in order."""
        events: list[Event] = []
        try:
            worker, item = self._inbox.get(timeout=timeout)
            while True:
                event = self._understood(worker, item)
                events += [] if event is None else [event]
                worker, item = self._inbox.get_nowait()
        except queue.Empty:
            return events

    def reply(self, job_id: str, reply: Reply) -> None:
        """Answer the latest report."""
        if self._worker is not None and self._job is not None and self._job.job_id == job_id:
            self._worker.send("reply", reply.model_dump())

    def close(self) -> None:
        """End the worker, also in the middle of a job."""
        self._closed = True
        if self._worker is not None:
            self._bury(self._worker)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _understood(self, worker: WorkerHandle, item: Frame | BrokenFrameError | None) -> Event | None:
        """What an item means; None when it means nothing to the search."""
        if worker is not self._worker:  # last words of a worker that was replaced
            return None
        if item is None:
            return self._died(worker)
        if isinstance(item, BrokenFrameError):
            raise RuntimeError(f"worker {worker.pid} does not speak the protocol: {item}")
        match item.type:
            case "hello":
                _check_protocol(item)
                return None
            case "ready":
                self._imported = True
                return None
            case "report":
                self._last_report = EpochReport.model_validate(item.body)
                return self._last_report
            case "result":
                self._job = None
                return TrialResult.model_validate(item.body)
            case "error":
                raise RuntimeError(f"a mistake in this package, in worker {worker.pid}:\n{item.body['traceback']}")
            case _:
                raise RuntimeError(f"worker {worker.pid} sent an unknown frame {item.type!r}")

    def _died(self, worker: WorkerHandle) -> TrialResult | None:
        status = self._bury(worker)
        if self._job is None:
            _log.warning("worker %d %s between two jobs", worker.pid, _ended(status))
            return None
        job, report, self._job = self._job, self._last_report, None
        return TrialResult(
            job_id=job.job_id,
            status="failed",
            epochs=0 if report is None else report.epoch,
            planned_epochs=job.training.epochs if report is None else report.planned_epochs,
            failure=_crash(status, worker.tail()),
        )

    def _bury(self, worker: WorkerHandle) -> int:
        """Free everything a worker has; its exit status, or minus the signal that killed it."""
        self._worker = None
        return worker.close()


def _check_protocol(hello: Frame) -> None:
    spoken = hello.body.get("protocol")
    if spoken != PROTOCOL:
        raise RuntimeError(
            f"the worker speaks protocol {spoken!r}, this process {PROTOCOL}: "
            "two versions of automl are installed, or it was updated while it ran; start again"
        )


def _crash(status: int, log_tail: str) -> Failure:
    advice = "Its last messages:\n" + log_tail
    if status == -_SIGKILL:
        advice = "Often this is the system short of memory: smaller batches or networks help. " + advice
    message = f"the worker process {_ended(status)}"
    return Failure(kind="crashed", message=message, advice=advice, transient=-status in _FROM_OUTSIDE)


def _ended(status: int) -> str:
    if status >= 0:
        return f"ended with exit code {status}"
    known = {member.value: member.name for member in signal.Signals}
    return f"was killed by {known.get(-status, f'signal {-status}')}"
