"""Search alone, without training: how good what each proposer has found is, after so many trials.

    python benchmarks/proposers.py [DATA] [--runs 50] [--first 0] [--only policy tpe] [--results FILE] [--signal 0]

Two spaces of ours, each with a known truth and a noisy signal, which is all that the search sees:

* ``macro``: NAS-Bench-Macro (Su et al., 2021), 6,561 networks of eight layers, each trained three times on CIFAR-10.
  The signal is the accuracy of one training, the truth the mean of all three. DATA is the folder ``nas_bench_macro``
  with its table, or lies in the folder that TEST_DATA_DIR names; without either, this space is left out.
* ``conditional``: a made-up space in which 30 of 38 names are asked for only sometimes; the noise is 0.15.

The regret after n trials is the best truth there is minus the truth of the trial with the best signal. All begin with
nothing known, without a default or seeds, and run r of each proposer begins with the same random points. A JSON line a
run is appended to the results; what stands there is not run again. Prints median and mean regrets, and in how many runs
the policy is better than each of the others, equal, and worse.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from proposer_spaces import Problem, conditional, macro

from automl.search.deciders import TrialDecider, kept
from automl.search.proposers import Chance, Evolution, Ground, History, Known, Looked, Point, Policy, Surrogate
from automl.search.sampling import Given
from automl.space import made_up_data
from automl.study import quiet_optuna

MARKS = (25, 50, 100, 200)
METHODS = ("random", "tpe", "evolution", "surrogate", "policy")
# Random points that evolution begins with, as its population is large (Real et al., 2019).
POPULATION = 20

Row = dict[str, Any]


def main() -> None:
    """Run what is missing and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, help="the folder nas_bench_macro")
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="number of the first run, which is its seed")
    parser.add_argument("--trials", type=int, default=MARKS[-1])
    parser.add_argument("--only", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--spaces", nargs="+", choices=("macro", "conditional"), default=("macro", "conditional"))
    parser.add_argument("--signal", nargs="+", type=int, choices=(0, 1, 2), default=(0,), help="which training is seen")
    parser.add_argument("--results", type=Path, default=Path("proposers.jsonl"))
    options = parser.parse_args()
    runs = range(options.first, options.first + options.runs)
    rows = []
    for problem in problems(options):
        rows += [row for run in runs for row in finished(problem, run, options)]
    print(f"{date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    for name in dict.fromkeys(row["space"] for row in rows):
        show(name, [row for row in rows if row["space"] == name])


def problems(options: argparse.Namespace) -> Iterator[Problem]:
    """The spaces that were asked for and can be had."""
    folder = options.data
    if folder is None and "TEST_DATA_DIR" in os.environ:
        folder = Path(os.environ["TEST_DATA_DIR"]) / "nas_bench_macro"
    if "macro" in options.spaces and folder is not None:
        yield macro(folder, tuple(options.signal))
    if "conditional" in options.spaces:
        yield conditional()


def finished(problem: Problem, run: int, options: argparse.Namespace) -> Iterator[Row]:
    """A row a method, from the results where it stands there."""
    known = {}
    if options.results.is_file():
        for line in options.results.read_text("utf-8").splitlines():
            row = json.loads(line)
            known[row["space"], row["method"], row["run"]] = row
    for method in options.only:
        row = known.get((problem.name, method, run))
        if row is None:
            begun = time.process_time()
            regrets = regrets_of(problem, method, run, options.trials)
            row = {"space": problem.name, "method": method, "run": run, "regrets": regrets}
            row["seconds"] = round(time.process_time() - begun, 2)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        yield row


def regrets_of(problem: Problem, method: str, run: int, trials: int) -> list[float]:
    """The regret after each mark."""
    best, seen, regrets = 0.0, -np.inf, []
    search = optunas(problem, run) if method == "tpe" else ours(problem, method, run)
    for number, (signal, truth) in zip(range(1, trials + 1), search, strict=False):
        if signal > seen:
            seen, best = signal, truth
        if number in MARKS:
            regrets.append(problem.best - best)
    return regrets


def optunas(problem: Problem, run: int) -> Iterator[tuple[float, float]]:
    """Optuna's default sampler as a script would use it."""
    inputs, heads = made_up_data(problem.space)
    with quiet_optuna():
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=run))
        while True:
            trial = study.ask()
            answers = problem.space.interpret(TrialDecider(trial), inputs=inputs, heads=heads).params
            signal = problem.signal(answers, run)
            study.tell(trial, signal)
            yield signal, problem.truth(answers)


def ours(problem: Problem, method: str, run: int) -> Iterator[tuple[float, float]]:
    """One of the project's proposers, with what the search's own one does around it."""
    inputs, heads = made_up_data(problem.space)
    ground = Ground(problem.space, inputs=inputs, heads=heads)
    propose, trials = proposer(ground, method), list[Known]()
    with quiet_optuna():
        study = optuna.create_study(direction="maximize", sampler=Given())
        while True:
            rng = np.random.default_rng([run, len(trials)])
            point = propose(History(tuple(trials), study), rng)
            assert point is not None, "the space has nothing new"
            looked = point.looked
            signal = problem.signal(looked.answers, run)
            trials.append(Known(len(trials), looked.answers, "judged", signal, looked.key))
            tell(study, looked, signal)
            yield signal, problem.truth(looked.answers)


def tell(study: optuna.Study, looked: Looked, signal: float) -> None:
    """Let Optuna know of a trial, as far as it may be asked."""
    study.sampler = Given({name: kept(value, looked.domains[name]) for name, value in looked.answers.items()})
    trial = study.ask()
    for name, domain in looked.domains.items():
        TrialDecider(trial).decide(name, domain)
    study.tell(trial, signal)


def proposer(ground: Ground, method: str) -> Callable[[History, np.random.Generator], Point | None]:
    """What each method proposes."""
    chance, evolution, surrogate = Chance(ground), Evolution(ground), Surrogate(ground)

    def propose(history: History, rng: np.random.Generator) -> Point | None:
        begins = len(history.judged) < (POPULATION if method == "evolution" else surrogate.least)
        if method == "random" or begins:
            return chance.propose(history, rng)
        one = evolution if method == "evolution" else surrogate
        return one.propose(history, rng) or chance.propose(history, rng)

    return Policy.on(ground).propose if method == "policy" else propose


def show(name: str, rows: Sequence[Row]) -> None:
    """The table of one space."""
    by_method: dict[str, list[Row]] = {}
    for row in rows:
        by_method.setdefault(row["method"], []).append(row)
    marks = MARKS[: min(len(row["regrets"]) for row in rows)]
    heads = " | ".join(f"after {mark}" for mark in marks)
    print(f"| {name} | runs | {heads} | policy better / equal / worse | CPU s a run |")
    print("|---|---|" + "---|" * (len(marks) + 2))
    for method, found in by_method.items():
        columns = list(zip(*(row["regrets"] for row in found), strict=False))[: len(marks)]
        cells = [f"{statistics.median(each):.2f} ({statistics.fmean(each):.2f})" for each in columns]
        against = paired(by_method.get("policy", []), found, len(marks)) if method != "policy" else ""
        seconds = statistics.fmean(row["seconds"] for row in found)
        print(f"| {method} | {len(found)} | {' | '.join(cells)} | {against} | {seconds:.1f} |")
    print(flush=True)


def paired(policy: Sequence[Row], other: Sequence[Row], marks: int) -> str:
    """In how many runs the policy is better, equal and worse, mark by mark."""
    others = {row["run"]: row["regrets"] for row in other}
    pairs = [(row["regrets"], others[row["run"]]) for row in policy if row["run"] in others]
    cells = []
    for mark in range(marks):
        signs = [np.sign(round(b[mark] - a[mark], 9)) for a, b in pairs]
        cells.append("/".join(str(signs.count(sign)) for sign in (1, 0, -1)))
    return ", ".join(cells)


if __name__ == "__main__":
    main()
