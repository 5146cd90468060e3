"""Measure the memory of a long search: of the searching process and of it with all its workers.

    python benchmarks/memory.py TRAIN [--trials 220] [--workers 2] [--space FILE] [--epochs 1]

TRAIN is a folder of class folders or an .npz file. `automl search` runs as a person would start it; five times a second
the resident memory of its process and of all processes below it is read. Pages that processes share, such as those of
TensorFlow's libraries, count for each of them, so the tree needs less than is said. The final training is left out.

Prints a line of a Markdown table for every twenty trials, then what has to hold: the searching process grows by less
than 5 % from trial 20 to the last, and the highest memory of the tree in the second half of what comes after trial 20
is within 5 % of that in the first half.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psutil

from automl.study import StudyReader

SPACE = Path(__file__).with_name("small_cnn.yaml")
INTERVAL = 0.2
WINDOW = 20
AROUND = 5  # trials on both sides over which the searching process's memory is taken


class Sample(NamedTuple):
    """Resident memory at a moment, in MB.

    Attributes:
        at: The moment.
        search: Of the process that searches.
        tree: Of it and all processes below it.
        pids: Of the processes with more than 300 MB: those that have imported TensorFlow.
    """

    at: datetime
    search: float
    tree: float
    pids: frozenset[int]


def main() -> None:
    """Search, sample, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--space", default=str(SPACE), help="a file or a shipped space")
    parser.add_argument("--trials", type=int, default=220)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("options", nargs="*", help="more options of the search, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [
            *(sys.executable, "-m", "automl", "search", "--task", "image-classify", str(options.train)),
            *("--space", options.space, "--trials", str(options.trials), "--max-epochs", str(options.epochs)),
            *("--workers", str(options.workers), "--seed", str(options.seed), "--out", str(run), "--quiet"),
            *("--cache-dir", str(Path(folder) / "cache"), *options.options),
        ]
        begin = time.monotonic()
        samples = watch(command)
        seconds = time.monotonic() - begin
        with StudyReader.open(run) as study:
            ends = sorted(trial.ended for trial in study.trials() if trial.trained and trial.ended is not None)
    load = os.getloadavg()[0]
    print(f"{len(ends)} trials in {seconds:.0f} s, {options.workers} workers, load {load:.1f} at the end\n")
    print_table(samples, ends)
    print_findings(samples, ends)


def watch(command: Sequence[str]) -> list[Sample]:
    """Run a command, and look at it until it ends."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as search:
        root, samples = psutil.Process(search.pid), []
        while search.poll() is None:
            try:
                samples.append(sample(root))
            except psutil.NoSuchProcess:
                break
            time.sleep(INTERVAL)
    if search.returncode:
        raise SystemExit(f"the search ended with exit code {search.returncode}")
    return samples


def sample(root: psutil.Process) -> Sample:
    """Now."""
    resident = {root.pid: root.memory_info().rss / 1e6}
    for process in root.children(recursive=True):
        try:
            resident[process.pid] = process.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            continue
    large = frozenset(pid for pid, size in resident.items() if size > 300 and pid != root.pid)
    return Sample(datetime.now(UTC), resident[root.pid], sum(resident.values()), large)


def between(samples: Sequence[Sample], ends: Sequence[datetime], first: int, last: int) -> list[Sample]:
    """From the end of the ``first``-th trial (0: from the beginning) to that of the ``last``-th."""
    begin = ends[first - 1] if first else samples[0].at
    return [each for each in samples if begin <= each.at <= ends[min(last, len(ends)) - 1]]


def print_table(samples: Sequence[Sample], ends: Sequence[datetime]) -> None:
    """A line for every twenty trials."""
    print("| trials | searching process, median MB | tree, median MB | tree, highest MB | workers seen |")
    print("|---|---|---|---|---|")
    for first in range(0, len(ends), WINDOW):
        window = between(samples, ends, first, first + WINDOW)
        if window:
            search, tree = (statistics.median(getattr(each, name) for each in window) for name in ("search", "tree"))
            highest, seen = max(each.tree for each in window), len(frozenset.union(*(each.pids for each in window)))
            last = min(first + WINDOW, len(ends))
            print(f"| {first + 1}-{last} | {search:.1f} | {tree:.0f} | {highest:.0f} | {seen} |")


def print_findings(samples: Sequence[Sample], ends: Sequence[datetime]) -> None:
    """What has to hold, and whether it does."""
    last = len(ends)
    if last < 2 * WINDOW:
        raise SystemExit(f"only {last} trials: too few to say more")
    middle = (WINDOW + last) // 2
    early = statistics.median(each.search for each in between(samples, ends, WINDOW - AROUND, WINDOW + AROUND))
    late = statistics.median(each.search for each in between(samples, ends, last - 2 * AROUND, last))
    one = max(each.tree for each in between(samples, ends, WINDOW, middle))
    two = max(each.tree for each in between(samples, ends, middle, last))
    print(f"\nsearching process: {early:.1f} MB around trial {WINDOW}, {late:.1f} at {last}: {late / early - 1:+.1%}")
    print(f"tree, highest: {one:.0f} MB in {WINDOW}-{middle}, {two:.0f} in {middle}-{last}: {two / one - 1:+.1%}")


if __name__ == "__main__":
    main()
