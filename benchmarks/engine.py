"""Milliseconds that a search itself needs for a trial: everything but building, tracing and training networks.

    python benchmarks/engine.py [WORK ...] [--at 100 300 1000] [--trials 25] [--profile]

A trial is asked for, answered, described, looked up, begun, assigned, reported for five epochs with the pruner's
opinion after each, and ended, in a study on the disk. ``flat`` is a study of 40 parameters that every trial has; the
others are shipped spaces through the search's own proposer, where the parameters depend on each other. The trials up to
each mark are proposed at random, which fills the study sooner; those that are measured are TPE's. A search proposes
while other trials train, so these milliseconds are hidden as long as training takes longer.

Prints a table with the day: wall and CPU medians and how much the CPU's has grown since the first mark.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from automl import tasks
from automl.cli import GARBAGE
from automl.config import Arrays, Limits, SearchConfig
from automl.events import Events
from automl.search.proposer import Proposal, Proposer
from automl.search.sampling import make_random_sampler, make_sampler
from automl.space import Space
from automl.study import RunDraft, Study, TrialDraft, TrialOutcome

EPOCHS = 5
WORKS = ("flat", "cnn", "nasnet")

Ask = Callable[[bool], int | None]


@dataclass(frozen=True)
class Row:
    """What was measured at a mark, in seconds a trial."""

    work: str
    mark: int
    questions: float
    wall: float
    cpu: float


def main() -> None:
    """Print a line a work and mark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", default=WORKS, help="flat, or names of shipped spaces for pictures")
    parser.add_argument("--at", nargs="+", type=int, default=[100, 300, 1000], help="trials in the study")
    parser.add_argument("--trials", type=int, default=25, help="how many are measured at each mark")
    parser.add_argument("--profile", action="store_true", help="also say where the time goes at the last mark")
    options = parser.parse_args()
    gc.set_threshold(GARBAGE)  # as the command line does
    print(f"{date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    print("| work | trials in the study | questions | wall ms | CPU ms | grown |")
    print("|---|---|---|---|---|---|", flush=True)
    for work in options.works:
        first = None
        for row in measure(work, options.at, options.trials, profile=options.profile):
            first = first or row.cpu
            figures = f"{1000 * row.wall:.0f} | {1000 * row.cpu:.0f} | {row.cpu / first - 1:+.0%}"
            print(f"| {row.work} | {row.mark:,} | {row.questions:.0f} | {figures} |", flush=True)


def measure(work: str, marks: list[int], trials: int, *, profile: bool) -> Iterator[Row]:
    """A row a mark."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as study:
        ask = flat(study) if work == "flat" else spaced(study, work, Path(folder))
        for mark in marks:
            while study.position < mark:
                run(study, ask(True), rng)
            profiler = cProfile.Profile() if profile and mark == marks[-1] else None
            timed = [timed_trial(study, ask, rng, profiler) for _ in range(trials)]
            questions = [len(trial.params) for trial in study.trials()[-trials:]]
            wall, cpu = (statistics.median(seconds) for seconds in zip(*timed, strict=True))
            yield Row(work, mark, statistics.median(questions), wall, cpu)
            if profiler is not None:
                pstats.Stats(profiler).sort_stats("cumulative").print_stats("automl|optuna|sqlalchemy", 45)


def timed_trial(
    study: Study, ask: Ask, rng: np.random.Generator, profiler: cProfile.Profile | None
) -> tuple[float, float]:
    """Wall and CPU seconds of one trial."""
    wall, cpu = time.perf_counter(), time.process_time()
    if profiler is not None:
        profiler.enable()
    run(study, ask(False), rng)
    if profiler is not None:
        profiler.disable()
    return time.perf_counter() - wall, time.process_time() - cpu


def run(study: Study, number: int | None, rng: np.random.Generator) -> None:
    """The life of a trial after it was begun; None is one that was not worth training."""
    if number is None:
        return
    study.assign(number, "worker-1")
    values = np.sort(rng.random(EPOCHS))
    for epoch, value in enumerate(values, 1):
        metrics = {"loss": 1 - value, "accuracy": value, "val_loss": 1 - value, "val_accuracy": value}
        study.epoch(number, epoch=epoch, metrics=metrics, learning_rate=0.1, seconds=1.0, planned_epochs=EPOCHS)
    seconds = {"build": 1.0, "train": 5.0, "total": 6.0}
    study.complete(number, TrialOutcome(value=values[-1], epochs=EPOCHS, best_epoch=EPOCHS, seconds=seconds))


def flat(study: Study) -> Ask:
    """Trials of 40 parameters of every kind."""

    def ask(at_random: bool) -> int:
        seed = study.position
        trial = study.ask(make_random_sampler(seed) if at_random else make_sampler(seed))
        for i in range(20):
            trial.suggest_float(f"stage.{i}/rate", 0.0, 1.0)
        for i in range(10):
            trial.suggest_categorical(f"stage.{i}/kind", ("conv", "mobile", "bottleneck"))
            trial.suggest_int(f"stage.{i}/blocks", 1, 8)
        study.begin(trial.number, TrialDraft(params=trial.params, architecture={"nodes": [{"op": "conv"}] * 50}))
        return trial.number

    return ask


def spaced(study: Study, name: str, folder: Path) -> Ask:
    """Trials of a shipped space, by the search's own proposer."""
    task = tasks.get("image-classify")
    rng = np.random.default_rng(0)
    pictures = Arrays(rng.integers(0, 255, (60, 28, 28), dtype=np.uint8), np.arange(60) % 3)
    config = SearchConfig("image-classify", pictures, max_trials=1, seed=0, cache_dir=folder / "cache")
    prepared = task.prepare(config, folder / "prepared", Events())
    proposer = Proposer(Space.load(name), task=task, prepared=prepared, study=study, seed=1, max_epochs=EPOCHS)

    def ask(at_random: bool) -> int | None:
        draft = proposer.ask(rejected=4 if at_random else 0, unknown=None, parallel=True)
        outcome = proposer.judge(draft, epochs=EPOCHS, limits=Limits())
        if not isinstance(outcome, Proposal):
            return None
        study.find_duplicate(outcome.key)
        if outcome.draft is not None:
            study.begin(outcome.number, outcome.draft)
        return outcome.number

    return ask


@contextmanager
def opened(folder: Path) -> Iterator[Study]:
    """An empty study on the disk."""
    draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=0)
    with Study.create(f"sqlite:///{folder}/study.db", "engine", run=draft) as study:
        yield study


if __name__ == "__main__":
    main()
