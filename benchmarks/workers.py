"""Measure how many networks a minute one worker and several train, and with how many threads.

    python benchmarks/workers.py TRAIN [--space FILE] [--trials 16] [--epochs 2] [--rounds 3] [--search]

TRAIN is a folder of class folders or an .npz file. Without --search, every crew (one worker with all processors, one
with one thread, one worker a processor) trains the same networks, random points of the space, through the executor that
a search uses; nothing is proposed and nothing is written down. With --search, `automl search` runs as a person would
start it, with one worker and with one a processor, and the study says when its trials began and ended; only the first
eight networks of such searches are the same. Crews take turns, round after round, so that other work on the machine
meets all of them. CPU seconds are those of the workers: what they waited for processors is not in them.

Prints a line of a Markdown table a crew and round, then the medians and how many times the first crew's they are.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from automl import tasks
from automl.config import Limits, SearchConfig
from automl.data import PreparedData
from automl.events import Events
from automl.execution import Crew, make_executor
from automl.execution.machine import usable_cpus
from automl.jobs import DataRef, EpochReport, Objective, Reply, TrialJob
from automl.space import Space
from automl.study import StudyReader

SPACE = Path(__file__).with_name("small_cnn.yaml")


@dataclass(frozen=True)
class Row:
    """What a crew did in one round.

    Attributes:
        crew: In words.
        trials: Networks trained.
        wall: Seconds from the first one's begin to the last one's end.
        cpu: Seconds of processors that its workers used in between; None where nobody counted.
        load: Mean number of processes that wanted a processor in the minute before the end, these ones among them.
    """

    crew: str
    trials: int
    wall: float
    cpu: float | None
    load: float

    @property
    def a_minute(self) -> float:
        """Trials a minute of wall time."""
        return 60 * self.trials / self.wall

    def __str__(self) -> str:
        cpu = "" if self.cpu is None else f"{self.cpu / self.trials:.2f}"
        return f"| {self.crew} | {self.trials} | {self.wall:.1f} | {self.a_minute:.1f} | {cpu} | {self.load:.1f} |"


def main() -> None:
    """Print a line a crew and round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--space", default=str(SPACE), help="a file or a shipped space")
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--search", action="store_true", help="whole searches instead of the same networks")
    options = parser.parse_args()
    print("| workers | trials | seconds | trials a minute | CPU s a trial | load |")
    print("|---|---|---|---|---|---|")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for row in (searches if options.search else crews)(options, Path(folder)):
            print(row, flush=True)
            rows.append(row)
    print()
    names = list(dict.fromkeys(row.crew for row in rows))
    medians = [statistics.median(row.a_minute for row in rows if row.crew == name) for name in names]
    for name, median in zip(names, medians, strict=True):
        times = median / medians[0]
        print(f"{name}: {median:.1f} trials a minute (median of {options.rounds}), {times:.2f} times the first")


def crews(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """The same networks with every crew."""
    cpus = usable_cpus()
    jobs = make_jobs(options, folder)
    for number in range(options.rounds):
        for workers, threads in ((1, cpus), (1, 1), (cpus, 1)):
            crew = Crew(workers=workers, threads=threads)
            yield train(crew, jobs, folder / f"{number}-{workers}-{threads}")


def make_jobs(options: argparse.Namespace, folder: Path) -> list[TrialJob]:
    """Random points of the space on the data, each a job."""
    task, space = tasks.get("image-classify"), Space.load(options.space)
    config = SearchConfig(task=task.name, data=options.train, seed=0, max_trials=1, cache_dir=folder / "cache")
    prepared: PreparedData = task.prepare(config, folder / "prepared", Events())
    rng = np.random.default_rng(0)
    jobs = []
    for number in range(options.trials):
        candidate = space.sample(rng, inputs=task.inputs(prepared), heads=task.heads(prepared))
        settings = candidate.training.model_copy(update={"epochs": options.epochs})
        jobs.append(
            TrialJob(
                job_id=f"trial-{number}",
                task=task.name,
                architecture=candidate.architecture.to_json(),
                training=task.settle(settings, prepared),
                data=DataRef(directory=str(prepared.directory)),
                objective=Objective(metric="val_accuracy", direction="maximize"),
                seed=number,
                model_file=str(folder / f"{number}.keras"),
            )
        )
    return jobs


def train(crew: Crew, jobs: list[TrialJob], log_dir: Path) -> Row:
    """Run the jobs, after one for each worker that does not count."""
    with make_executor(crew, log_dir=log_dir, limits=Limits()) as executor:
        run_all(executor, jobs[: crew.workers])
        cpu, begin = cpu_seconds(), time.monotonic()
        run_all(executor, jobs)
        wall = time.monotonic() - begin
        cpu = cpu_seconds() - cpu
    words = f"{crew.workers} x {crew.threads} thread{'s' if crew.threads != 1 else ''}"
    return Row(words, len(jobs), wall, cpu, os.getloadavg()[0])


def run_all(executor, jobs: list[TrialJob]) -> None:
    """Keep the executor full until all jobs are done."""
    waiting, running = list(jobs), 0
    while waiting or running:
        while waiting and running < executor.capacity:
            executor.submit(waiting.pop(0))
            running += 1
        for event in executor.poll(0.2):
            if isinstance(event, EpochReport):
                executor.reply(event.job_id, Reply())
                continue
            running -= 1
            if event.status != "complete":
                raise SystemExit(f"{event.job_id}: {event.failure}")


def cpu_seconds() -> float:
    """Of all processes below this one."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        times = process.cpu_times()
        total += times.user + times.system
    return total


def searches(options: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """A search with one worker, then one with a worker a processor, with another seed every round."""
    for seed in range(options.rounds):
        for workers in (1, usable_cpus()):
            run = folder / f"run-{seed}-{workers}"
            command = [
                *(sys.executable, "-m", "automl", "search", "--task", "image-classify", str(options.train)),
                *("--space", options.space, "--trials", str(options.trials), "--max-epochs", str(options.epochs)),
                *("--workers", str(workers), "--seed", str(seed), "--out", str(run), "--json"),
                *("--cache-dir", str(folder / "cache")),
            ]
            done = subprocess.run(command, check=True, text=True, capture_output=True)
            with StudyReader.open(run) as study:
                trials = [trial for trial in study.trials() if trial.trained]
            wall = (max(t.ended for t in trials) - min(t.started for t in trials)).total_seconds()
            name = f"search, {workers} worker{'s' if workers > 1 else ''}"
            yield Row(name, json.loads(done.stdout)["trials"], wall, None, os.getloadavg()[0])


if __name__ == "__main__":
    main()
