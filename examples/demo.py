"""The README's first walk, as `make demo` runs it: search on scanned digits, then score the model on other ones.

    python examples/demo.py [--time-budget 2m] [--data data/digits]

Needs the folder that `examples/make_digits.py` writes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path


def automl(*arguments: str, capture: bool = False) -> str:
    """Run the command as a person would and show what is run."""
    print("$ automl " + " ".join(arguments), file=sys.stderr)
    command = [sys.executable, "-m", "automl", *arguments]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE if capture else None)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


def main() -> None:
    """Search, evaluate, and say where everything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-budget", default="2m")
    parser.add_argument("--data", type=Path, default=Path("data/digits"))
    options = parser.parse_args()
    run = Path("automl-runs") / f"digits-{time.strftime('%Y%m%d-%H%M%S')}"

    train, test = str(options.data / "train"), str(options.data / "test")
    automl("search", "--task", "image-classify", train, "--time-budget", options.time_budget, "--out", str(run))
    document = json.loads(automl("evaluate", str(run), test, "--json", capture=True))

    print(f"model: {run / 'model'}")
    print(f"study: {run / 'study.db'}")
    print(f"test accuracy: {document['metrics']['accuracy']:.4f}")


if __name__ == "__main__":
    main()
