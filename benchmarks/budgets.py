"""Measure whether a search keeps its time, and what more time brings.

    python benchmarks/budgets.py TRAIN TEST [--budgets 30s,60s,120s] [--seed 0]

TRAIN and TEST are class folders (or .npz files). For every budget one search runs as a person would start it, its model
is scored on TEST, and a line of a Markdown table is printed: the budget, the seconds from the command's start to its
end, networks trained, epochs of the delivered model, its validation score, and its test accuracy.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from automl.config import parse_duration, parse_list


def automl(*arguments: str) -> dict:
    """Run the command with --json and give what it prints."""
    command = [sys.executable, "-m", "automl", *arguments, "--json"]
    done = subprocess.run(command, check=True, text=True, capture_output=True)
    return json.loads(done.stdout)


def main() -> None:
    """Print one line a budget."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--budgets", default="30s,60s,120s")
    parser.add_argument("--seed", default="0")
    options = parser.parse_args()
    print("| budget | seconds used | of the budget | networks | final epochs | val_accuracy | test accuracy |")
    print("|---|---|---|---|---|---|---|")
    for budget in parse_list(options.budgets):
        with tempfile.TemporaryDirectory() as folder:
            run = str(Path(folder) / "run")
            begin = time.monotonic()
            result = automl(
                "search", "--task", "image-classify", options.train, "--time-budget", budget,
                "--seed", options.seed, "--out", run, "--cache-dir", str(Path(folder) / "cache"),
            )  # fmt: skip
            used = time.monotonic() - begin
            accuracy = automl("evaluate", run, options.test)["metrics"]["accuracy"]
        share = used / parse_duration(budget)
        cells = [budget, f"{used:.1f}", f"{share:.0%}", result["trials"], result["epochs"]]
        print("| " + " | ".join(map(str, [*cells, f"{result['value']:.4f}", f"{accuracy:.4f}"])) + " |", flush=True)


if __name__ == "__main__":
    main()
