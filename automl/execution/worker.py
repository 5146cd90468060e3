"""The worker process: ``python -m automl.execution.worker``, started under a guard and of no use by hand.

Frames come in through what was standard input and go out through what was standard output. Both are moved away
before anything else is imported, so that a library that prints writes to the log and not into the frames.
"""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import IO, Any

from automl.execution.frames import Frame, FrameWriter, read_frame
from automl.execution.tree import Tree
from automl.jobs import PROTOCOL, EnsembleJob, EpochReport, Job, Reply, TrialJob, TrialResult

_log = logging.getLogger("automl.execution.worker")

_WATCH_SECONDS = 1.0


def main() -> int:
    """Run jobs until the coordinator closes the pipe."""
    incoming, outgoing = _take_streams()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's business
    faulthandler.enable(all_threads=False)  # the last words of a segmentation fault
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.captureWarnings(True)
    writer = FrameWriter(outgoing)
    writer.write("hello", {"protocol": PROTOCOL, "pid": os.getpid()})
    try:
        _Worker(writer).serve(incoming)
    except BaseException:
        # A mistake of this package: never an outcome of a trial. The coordinator raises it.
        _log.exception("the worker ends")
        writer.write("error", {"traceback": traceback.format_exc()})
        return 1
    return 0


class _Worker:
    """Runs one job after the other; a second thread listens, also while a job is running."""

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self._tasks: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()

    def serve(self, incoming: IO[bytes]) -> None:
        threading.Thread(target=self._listen, args=(incoming,), name="listen", daemon=True).start()
        threading.Thread(target=_end_without_parent, args=(os.getppid(),), name="watch", daemon=True).start()
        # Importing makes 380,000 objects that stay for ever. Not looking for garbage among them saves 0.6 of 3.5 s of
        # importing; freezing them makes the collection after each job 0.02 s instead of 0.5 s.
        gc.disable()
        from automl.backend import start_keras
        from automl.training import run_ensemble, run_job

        start_keras()
        gc.freeze()
        gc.enable()
        self._writer.write("ready", {"resident": Tree(os.getpid(), guarded=False).resident()})
        _log.info("ready: process %d", os.getpid())
        while True:
            match self._tasks.get():
                case Frame(type="log", body=body):
                    _print_to(body["file"])
                case Frame(type="ensemble", body=body):
                    ensemble = EnsembleJob.model_validate(body)
                    self._run(ensemble, partial(run_ensemble, ensemble))
                case Frame(body=body):
                    job = TrialJob.model_validate(body)
                    self._run(job, partial(run_job, job, self._report))

    def _run(self, job: Job, run: Callable[[], TrialResult]) -> None:
        self._writer.write("begin", {"job_id": job.job_id})
        _log.info("%s begins", job.job_id)
        result = run()
        _log.info("%s ends: %s", job.job_id, result.status)
        self._writer.write("result", result.model_dump())

    def _report(self, report: EpochReport) -> Reply:
        self._writer.write("report", report.model_dump())
        return Reply.model_validate(self._replies.get())

    def _listen(self, incoming: IO[bytes]) -> None:
        """Sort what comes in; when the coordinator is gone, so is this process, whatever it is doing."""
        try:
            while (frame := read_frame(incoming)) is not None:
                self._sort(frame)
        except BaseException:
            _log.exception("the worker cannot understand the coordinator")
            self._writer.write("error", {"traceback": traceback.format_exc()})
        os._exit(0)

    def _sort(self, frame: Frame) -> None:
        match frame.type:
            case "job" | "ensemble" | "log":
                self._tasks.put(frame)
            case "reply":
                self._replies.put(frame.body)
            case _:
                raise ValueError(f"unknown frame {frame.type!r}")


def _end_without_parent(parent: int) -> None:
    """End when the guard has died, where the system does not see to that."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(0)


def _print_to(file: str) -> None:
    """Let descriptors 1 and 2, with whatever is written there from C, append to ``file``."""
    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes, as files of our own; descriptor 0 reads nothing afterwards and descriptor 1 is the log."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


if __name__ == "__main__":
    sys.exit(main())
