"""Which process works in which place, and which ones stand by or have been let go."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from automl.errors import SearchError
from automl.execution.crew import WORKER_BYTES, Crew
from automl.execution.deaths import ended
from automl.execution.handle import Inbox, WorkerHandle
from automl.execution.machine import free_memory, visible_gpus
from automl.execution.watch import Watch, Watched
from automl.failures import Failure
from automl.jobs import EpochReport, Job

_START_SECONDS = 300.0  # for importing Keras; on a busy machine with a cold disk it can take a minute


@dataclass(slots=True, eq=False)
class Place:
    """One of the places where jobs run at the same time.

    Attributes:
        name: ``worker-1`` for the first; its log's too.
        env: What its processes find in their environment.
        worker: The process that works there now.
        job: What it has, or None.
        begun: Whether it has said so.
        watched: How the job is kept to its limits; None while the worker is still starting.
        report: The job's latest.
        asks: Whether it waits for an answer to that.
    """

    name: str
    env: Mapping[str, str]
    worker: WorkerHandle
    job: Job | None = None
    begun: bool = False
    watched: Watched | None = None
    report: EpochReport | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended.

    Attributes:
        status: Its exit status; negative: the signal.
        expected: Whether it was let go.
        verdict: Why the watch ended it while it was starting, if it did.
    """

    status: int
    expected: bool
    verdict: Failure | None = None

    def __str__(self) -> str:
        return ended(self.status) if self.verdict is None else f"was ended: {self.verdict.message}"


class Roster:
    """Starts processes, puts them in their places, and ends them.

    Args:
        crew: How many, with how many threads and which GPUs.
        log_dir: For the logs.
        watch: Ends a process that never gets ready.
        inbox: Where processes speak to.
        command: How to start one.

    Attributes:
        places: As many as the crew has workers, once started.
        keep_standby: Whether one is to stand by always: set once a process was lost, since others may be.
    """

    def __init__(self, crew: Crew, *, log_dir: Path, watch: Watch, inbox: Inbox, command: tuple[str, ...]) -> None:
        self._crew, self._log_dir, self._watch, self._inbox, self._command = crew, log_dir, watch, inbox, command
        self._starting: dict[WorkerHandle, Watched] = {}
        self._standby: list[tuple[Mapping[str, str], WorkerHandle]] = []
        self._let_go: set[WorkerHandle] = set()
        self.places: list[Place] = []
        self.keep_standby = False

    def start(self) -> None:
        """Start a process in every place."""
        for number in range(self._crew.workers):
            name, env = f"worker-{number + 1}", _environment(self._crew, number)
            self.places.append(Place(name, env, self._hire(env, self._log(name))))

    def place_of(self, worker: WorkerHandle) -> Place | None:
        """Where it works; None for one that stands by or was let go."""
        return next((place for place in self.places if place.worker is worker), None)

    def imported(self, worker: WorkerHandle, resident: int) -> None:
        """It is ready for jobs, and holds so many bytes."""
        worker.imported, worker.fresh = True, resident
        self._watch.leave(self._starting.pop(worker))
        place = self.place_of(worker)
        if self.keep_standby and place is not None:
            self.stand_by(place)

    def stand_by(self, place: Place) -> None:
        """See that a process is ready, or on its way, to take this place, where there is memory for it."""
        if not any(env == place.env for env, _ in self._standby) and free_memory() >= WORKER_BYTES:
            self._standby.append((place.env, self._hire(place.env, self._log("standby"))))

    def let_go(self, place: Place) -> None:
        """End the process in this place, without waiting, and put another there."""
        self._let_go.add(place.worker)
        place.worker.kill()
        self.fill(place)

    def fill(self, place: Place) -> None:
        """Put the process that stands by, or else a new one, in a place whose own has ended."""
        waiting = next((pair for pair in self._standby if pair[0] == place.env), None)
        if waiting is None:
            place.worker = self._hire(place.env, self._log(place.name))
            return
        self._standby.remove(waiting)
        place.worker = waiting[1]
        place.worker.log_to(self._log(place.name))
        if self.keep_standby:
            self.stand_by(place)

    def bury(self, worker: WorkerHandle) -> End:
        """Free what a process that has ended still holds."""
        if (watched := self._starting.pop(worker, None)) is not None:
            self._watch.leave(watched)
        expected = worker in self._let_go
        self._let_go.discard(worker)
        self._standby = [pair for pair in self._standby if pair[1] is not worker]
        return End(worker.close(), expected, None if watched is None else watched.verdict)

    def close(self) -> None:
        """End every process and wait for it."""
        for worker in tuple(self._all()):
            worker.kill()
        for worker in tuple(self._all()):
            worker.close()

    def _all(self) -> Iterator[WorkerHandle]:
        yield from (place.worker for place in self.places)
        yield from (worker for _, worker in self._standby)
        yield from self._let_go

    def _hire(self, env: Mapping[str, str], log: Path) -> WorkerHandle:
        try:
            worker = WorkerHandle(self._inbox, log=log, env=env, command=self._command)
        except OSError as error:  # no memory, too many processes
            raise SearchError(f"a worker process cannot be started: {error}") from error
        self._starting[worker] = self._watch.follow(worker, _START_SECONDS)
        return worker

    def _log(self, name: str) -> Path:
        return self._log_dir / f"{name}.log"


def _environment(crew: Crew, number: int) -> dict[str, str]:
    """What a crew asks of the worker in place ``number``, as libraries read it; the person's own words stand."""
    env: dict[str, str] = {}
    if crew.threads is not None:
        names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        env = {name: os.environ.get(name, str(crew.threads)) for name in names}
    if crew.gpus is not None:
        seen = visible_gpus()
        env["CUDA_VISIBLE_DEVICES"] = seen[crew.gpus[number % len(crew.gpus)]] if crew.gpus else "-1"
    if crew.gpus and "CUDA_VISIBLE_DEVICES" not in os.environ:
        env["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"  # as the driver and nvidia-smi count them
    return env
