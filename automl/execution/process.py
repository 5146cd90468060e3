"""Jobs in worker processes: a crash, a hang or a leak costs one trial and not the search."""

from __future__ import annotations

import logging
import queue
from pathlib import Path
from types import TracebackType
from typing import Self

from automl.config import Limits
from automl.errors import SearchError
from automl.execution.base import Event
from automl.execution.crew import Crew
from automl.execution.deaths import crashed
from automl.execution.frames import BrokenFrameError, Frame
from automl.execution.handle import COMMAND, Inbox, WorkerHandle
from automl.execution.machine import total_memory
from automl.execution.roster import End, Place, Roster
from automl.execution.watch import Watch, Watched
from automl.execution.wear import NEARLY, wear, worn_by_failure
from automl.jobs import PROTOCOL, EnsembleJob, EpochReport, Job, Reply, TrialJob, TrialResult

_log = logging.getLogger("automl.execution")

# Of the machine's memory, what all workers together may hold; the rest is for the coordinator, one that stands by, and
# whatever else runs.
MEMORY_SHARE = 0.8
# Workers that may end one after the other before any has begun a job, a place: more, and they will never start.
_MOST_DEATHS = 5


class ProcessExecutor:
    """Long-lived worker processes; another takes the place of one that dies or has grown too much.

    Args:
        crew: How many, with how many threads and which GPUs.
        log_dir: Each place's messages go to a file in it, such as ``worker-1.log``.
        limits: What trials and workers may use.
        command: How to start a worker.
    """

    def __init__(self, crew: Crew, *, log_dir: Path, limits: Limits, command: tuple[str, ...] = COMMAND) -> None:
        self.capacity = crew.workers
        self._worker_memory = limits.worker_memory
        self._inbox: Inbox = queue.SimpleQueue()
        self._memory = limits.memory or int(MEMORY_SHARE * total_memory() / crew.workers)
        self._watch = Watch(self._memory)
        self._roster = Roster(crew, log_dir=log_dir, watch=self._watch, inbox=self._inbox, command=command)
        self._deaths = 0  # in a row, of workers that had not begun a job
        self._started = self._closed = False

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """Process numbers of the workers that have told theirs, by place."""
        return tuple(place.worker.pid for place in self._roster.places if place.worker.pid is not None)

    def start(self) -> None:
        """Start the workers, which import Keras while the coordinator does something else."""
        if self._closed:
            raise RuntimeError("the executor is closed")
        if not self._started:
            self._started = True
            self._watch.start()
            self._roster.start()

    def ready(self) -> bool:
        """Whether a worker that has imported Keras is free."""
        return not self._closed and any(_idle(place) for place in self._roster.places)

    def submit(self, job: Job) -> str:
        """Send ``job`` to a free worker: one that has imported Keras, where there is one."""
        self.start()
        free = [place for place in self._roster.places if place.job is None]
        if not free:
            running = ", ".join(place.job.job_id for place in self._roster.places if place.job)
            raise RuntimeError(f"cannot run {job.job_id}: the workers are busy with {running}")
        place = next(filter(_idle, free), free[0])
        self._send(place, job)
        return place.name

    def poll(self, timeout: float) -> list[Event]:
        """What has happened, in order."""
        self._watch.check()
        events: list[Event] = []
        if self._closed:
            return events
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
        for place in self._roster.places:
            # An answer to a job that died, and runs again by now, must not be taken for an answer to its next report.
            if place.asks and place.job is not None and place.job.job_id == job_id:
                place.asks = False
                if place.watched is not None:
                    self._watch.answered(place.watched)
                place.worker.send("reply", reply.model_dump())

    def close(self) -> None:
        """End the workers, also in the middle of a job."""
        self._closed = True
        self._watch.close()
        self._roster.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _understood(self, worker: WorkerHandle, item: Frame | BrokenFrameError | None) -> Event | None:
        """What an item means; None when it means nothing to the search."""
        if item is None:
            return self._gone(worker)
        if isinstance(item, BrokenFrameError):
            raise RuntimeError(f"{worker} does not speak the protocol: {item}")
        place = self._roster.place_of(worker)
        match item.type:
            case "hello":
                _check_protocol(item)
                worker.pid = item.body["pid"]
            case "ready":
                self._roster.imported(worker, item.body["resident"])
            case "error":
                raise RuntimeError(f"a mistake in this package, in {worker}:\n{item.body['traceback']}")
            case _ if place is None:
                _log.debug("%s has no place any more; %s comes too late", worker, item.type)
            case _ if place.job is None:
                raise RuntimeError(f"{worker}, which has no job, sent a frame {item.type!r}")
            case "begin":
                self._deaths, place.begun = 0, True
                place.watched = place.watched or self._watch.follow(worker, place.job.timeout)
            case "report":
                place.report, place.asks = EpochReport.model_validate(item.body), True
                return place.report
            case "result":
                return self._over(place, TrialResult.model_validate(item.body))
            case _:
                raise RuntimeError(f"{worker} sent an unknown frame {item.type!r}")
        return None

    def _send(self, place: Place, job: Job) -> None:
        """Give a job to the worker in a place; when that is dead, ``poll`` finds out and sends it to the next."""
        place.worker.send("ensemble" if isinstance(job, EnsembleJob) else "job", job.model_dump())
        place.job, place.report, place.begun, place.asks = job, None, False, False
        place.watched = self._watch.follow(place.worker, job.timeout) if place.worker.imported else None

    def _leave(self, place: Place) -> Watched | None:
        """Look at a place's worker no more; how it was."""
        watched, place.watched = place.watched, None
        if watched is not None:
            self._watch.leave(watched)
        return watched

    def _over(self, place: Place, result: TrialResult) -> TrialResult:
        """A job has ended by itself: its worker is free, or gives its place to another."""
        watched = self._leave(place)
        place.job, worker = None, place.worker
        used_up = wear(worker, limit=self._worker_memory, memory=self._memory)
        others = worker.tree.others(worker.pid)
        if worn_by_failure(result):
            self._roster.keep_standby = True
            self._renew(place, f"{result.job_id} failed")
        elif watched is not None and watched.verdict is not None:
            self._renew(place, f"{result.job_id} was over just before this: {watched.verdict.message}")
        elif used_up >= 1:
            self._renew(place, f"it has grown to {worker.tree.resident() / 1e9:.2f} GB")
        elif others:
            self._renew(place, f"{result.job_id} left processes behind: {others}")
        elif used_up >= NEARLY:
            self._roster.stand_by(place)
        return result

    def _renew(self, place: Place, reason: str) -> None:
        _log.info("%s: %s is replaced: %s", place.name, place.worker, reason)
        self._roster.let_go(place)

    def _gone(self, worker: WorkerHandle) -> TrialResult | None:
        """A worker has ended. A job that it had begun has failed; one that it had not goes to another."""
        place, end = self._roster.place_of(worker), self._roster.bury(worker)
        if place is None:
            if not end.expected:
                self._count_death(worker, end)
            return None
        watched = self._leave(place)
        if place.job is None or watched is None or not place.begun:
            self._count_death(worker, end)
            self._roster.fill(place)
            if place.job is not None:
                self._send(place, place.job)
            return None
        job, report, place.job = place.job, place.report, None
        planned = job.training.epochs if isinstance(job, TrialJob) else 0
        _log.warning("%s: %s %s in %s", place.name, worker, end, job.job_id)
        self._roster.keep_standby = True
        self._roster.fill(place)
        return TrialResult(
            job_id=job.job_id,
            status="failed",
            epochs=0 if report is None else report.epoch,
            planned_epochs=planned if report is None else report.planned_epochs,
            failure=watched.verdict or crashed(end.status, watched.memory, worker.tail()),
        )

    def _count_death(self, worker: WorkerHandle, end: End) -> None:
        _log.warning("%s %s before it had begun a job", worker, end)
        if end.verdict is not None and end.verdict.kind == "oom_ram":  # the next one would need as much
            raise SearchError(
                f"a worker needs more memory than it may have before it trains anything: {end.verdict.message}; "
                "raise --memory-limit or take fewer --workers"
            )
        self._deaths += 1
        if self._deaths > _MOST_DEATHS * (self.capacity + 1):
            raise SearchError(f"the worker processes do not start: the last one {end}\n{worker.tail()}".rstrip())


def _idle(place: Place) -> bool:
    return place.job is None and place.worker.imported and place.worker.alive


def _check_protocol(hello: Frame) -> None:
    spoken = hello.body.get("protocol")
    if spoken != PROTOCOL:
        raise RuntimeError(
            f"the worker speaks protocol {spoken!r}, this process {PROTOCOL}: "
            "two versions of automl are installed, or it was updated while it ran; start again"
        )
