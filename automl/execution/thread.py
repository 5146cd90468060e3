"""Jobs in a thread of this process: for notebooks, tests, and layers that exist only here."""

from __future__ import annotations

import queue
import threading
import traceback
from types import TracebackType
from typing import Self

from automl.backend import no_retracing_warnings, start_keras
from automl.execution.base import Event
from automl.jobs import EnsembleJob, EpochReport, Job, Reply, TrialResult

_PATIENCE = 3.0  # seconds that close() waits for the running epoch


class ThreadExecutor:
    """One job at a time in a thread, so that Ctrl-C reaches the main thread.

    A thread cannot be killed: ``close`` in the middle of a job waits a little and then leaves the thread to end by
    itself after its epoch, without a word.
    """

    capacity = 1

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event | str] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._running: str | None = None
        self._thread: threading.Thread | None = None
        self._started = False
        self._closed = False

    def start(self) -> None:
        """Import Keras, here and now: two threads importing at once gain nothing and can meet half-made modules."""
        if self._started:
            return
        start_keras()
        self._started = True

    def ready(self) -> bool:
        """Keras is imported when ``start`` returns."""
        return True

    def submit(self, job: Job) -> str:
        """Run ``job`` in a new thread; its name as a worker is ``worker-0``."""
        if self._closed:
            raise RuntimeError(f"cannot run {job.job_id}: the executor is closed")
        if self._running is not None:
            raise RuntimeError(f"cannot run {job.job_id}: {self._running} is running")
        self.start()
        self._running = job.job_id
        self._thread = threading.Thread(target=self._run, args=(job,), name=f"automl-{job.job_id}", daemon=True)
        self._thread.start()
        return "worker-0"

    def poll(self, timeout: float) -> list[Event]:
        """What has happened, in order."""
        events: list[Event] = []
        try:
            item = self._events.get(timeout=timeout)
            while True:
                events.append(self._told(item))
                item = self._events.get_nowait()
        except queue.Empty:
            return events

    def reply(self, job_id: str, reply: Reply) -> None:
        """Answer the latest report."""
        if job_id == self._running:
            self._replies.put(reply)

    def close(self) -> None:
        """Pause after the running epoch, which keeps the job's state, and wait a little for it."""
        if self._closed:
            return
        self._closed = True
        self._replies.put(Reply(action="pause"))
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _told(self, item: Event | str) -> Event:
        if isinstance(item, str):
            self._running = None
            raise RuntimeError(f"a mistake in this package, in the thread that trains:\n{item}")
        if isinstance(item, TrialResult):
            self._running = None
        return item

    def _run(self, job: Job) -> None:
        from automl.training import run_ensemble, run_job

        try:
            with no_retracing_warnings():
                result = run_ensemble(job) if isinstance(job, EnsembleJob) else run_job(job, self._report)
            self._events.put(result)
        except BaseException:  # a thread has nobody above it: the main thread raises it in poll()
            self._events.put(traceback.format_exc())

    def _report(self, report: EpochReport) -> Reply:
        if self._closed:
            return Reply(action="pause")
        self._events.put(report)
        return self._replies.get()
