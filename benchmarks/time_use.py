"""Measure where the time of a search goes.

    python benchmarks/time_use.py RUN
    python benchmarks/time_use.py --search DATA --out RUN [--task image-classify] [--time-budget 300s] [--workers N]
                                  [--no-early-discard] [--seed 0]

The first form reads what a finished run has recorded; the second runs a search as a person would start it and then
reads that. A Markdown table is printed: seconds of all workers together, and their share of what there was (workers
times the time from the command's start to its end).

* *training steps*: of trials that were trained to their end, of those that were discarded, and of the final training;
* *building and tracing*: making networks, and their first step, also of those that went on after waiting;
* *batches*, *validation*, *writing models and states*: in trials;
* *engine*: what trials took beyond that, such as waiting for an answer;
* *starting*: until the first trial began: reading data, importing Keras;
* *final training, the rest*: building, joining, writing the model; all of it where a finished run is read, because no
  study keeps the epochs of the final training;
* *idle*: a worker had nothing to do.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from automl.config import SearchConfig, parse_duration
from automl.events import Events
from automl.jobs import EpochReport
from automl.run import run_search
from automl.study import RunRecord, StudyReader, TrialRecord

# How phases of trials are summed up.
PARTS = {
    "build": "building and tracing",
    "trace": "building and tracing",
    "rebuild": "building and tracing",
    "data": "batches",
    "validate": "validation",
    "save": "writing models and states",
}
STEPS = "training steps"


@dataclass
class FinalSteps(Events):
    """Sums up the epochs of the final training, which no study keeps; its only steps are training steps."""

    seconds: float = 0.0
    epochs: set[tuple[str, int]] = field(default_factory=set)

    def final_epoch_ended(self, report: EpochReport) -> None:
        """Add an epoch once, also where it is told again."""
        if (report.job_id, report.epoch) not in self.epochs:
            self.epochs.add((report.job_id, report.epoch))
            self.seconds += report.seconds


def account(run: RunRecord, trials: list[TrialRecord], final: float | None) -> tuple[float, dict[str, float]]:
    """Seconds that all workers had together, and what they were used for.

    Args:
        run: A run that has ended.
        trials: Its trials.
        final: Seconds of the final training's epochs; None where they are not known.
    """
    if run.ended is None or run.result is None:
        raise SystemExit(f"{run.study} has not come to its end; continue it first")
    whole = float(run.result["seconds"])
    trained = [trial for trial in trials if trial.epochs and trial.started is not None]
    workers = max(1, len({trial.worker for trial in trained}))
    used: Counter[str] = Counter()
    for trial in trained:
        kept = "of trials trained to their end" if trial.state == "complete" else "of discarded trials"
        used[f"{STEPS}, {kept}"] += trial.seconds.get("train", 0.0)
        for phase, part in PARTS.items():
            used[part] += trial.seconds.get(phase, 0.0)
        used["engine"] += max(0.0, trial.total_seconds - sum(trial.phase_seconds.values()))
    started = [trial.started for trial in trained if trial.started is not None]
    ended = [trial.ended for trial in trained if trial.ended is not None]
    after = (run.ended - max(ended)).total_seconds() if ended else 0.0
    begun = whole - (run.ended - min(started)).total_seconds() if started else whole
    used["starting"] = workers * max(0.0, begun)
    if final is None:
        used["final training and writing (one worker)"] = after
    else:
        used[f"{STEPS}, of the final training"] = final
        used["final training, the rest"] = max(0.0, after - final)
    available = workers * whole
    used["idle"] = max(0.0, available - sum(used.values()))
    return available, dict(used)


def table(available: float, used: dict[str, float]) -> str:
    """The account as Markdown, training steps first."""
    steps = sum(seconds for part, seconds in used.items() if part.startswith(STEPS))
    lines = [f"| of {available:.0f} s of all workers | s | share |", "|---|---|---|"]
    lines.append(f"| **{STEPS}** | {steps:.1f} | {steps / available:.0%} |")
    for part, seconds in sorted(used.items(), key=lambda each: (not each[0].startswith(STEPS), -each[1])):
        lines.append(f"| {part} | {seconds:.1f} | {seconds / available:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Run a search if one is asked for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--search", type=Path, metavar="DATA")
    parser.add_argument("--out", type=Path, metavar="RUN")
    parser.add_argument("--task", default="image-classify")
    parser.add_argument("--time-budget", default="300s")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--no-early-discard", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if (options.run is None) == (options.search is None):
        parser.error("give RUN, or --search DATA")
    final = None
    if options.search is not None:
        config = SearchConfig(
            options.task,
            options.search,
            time_budget=parse_duration(options.time_budget),
            workers=options.workers,
            early_discard=not options.no_early_discard,
            seed=options.seed,
            out=options.out,
        )
        events = FinalSteps()
        options.run, final = run_search(config, events).run_dir, events
    with StudyReader.open(options.run) as reader:
        run, trials = reader.run(), reader.trials()
    print(f"{len(trials)} trials: {dict(Counter(trial.state for trial in trials))}")
    print(table(*account(run, trials, None if final is None else final.seconds)))


if __name__ == "__main__":
    main()
