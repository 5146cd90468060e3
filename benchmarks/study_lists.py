"""How long lists of large studies take: ``python benchmarks/study_lists.py [TRIALS]``, 10,000 by default.

A study with so many trials of 40 answers and 40 layers is written into a temporary folder; what is measured is what
``automl studies``, ``automl trials`` and ``automl leaderboard`` read, without the start of Python. Each is the best of
three, and is named with its number of queries.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert

from automl.study import RunDraft, RunFolder, Study, StudyReader, list_runs
from automl.study.database import open_engine
from automl.study.tables import Trial


def fill(url: str, count: int) -> None:
    """Write so many complete trials."""
    layers = [{"id": f"n{i}", "op": "conv", "args": {"filters": 32, "kernel": 3}} for i in range(40)]
    now = datetime.now(UTC)
    rows = [
        {
            "run_id": 1, "optuna_trial_id": number + 1, "number": number, "state": "complete",
            "value": number % 97 / 97, "epochs": 5,
            "params": {f"p{i}": i / 40 for i in range(40)}, "architecture": {"nodes": layers},
            "created": now, "started": now, "ended": now, "training": {"lr": 0.1}, "seconds": {"total": 12.5},
            "metrics": {"val_accuracy": 0.5}, "parameters": 178_000, "description": "conv24 > gap > softmax10",
        }
        for number in range(count)
    ]  # fmt: skip
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(Trial), rows)
    engine.dispose()


def measure(what: str, look: Callable[[], Any]) -> None:
    """Print the best of three, and how many queries one took."""
    queries: list[str] = []

    def count(*values: Any) -> None:
        queries.append(values[2])

    event.listen(Engine, "before_cursor_execute", count)
    seconds = []
    for _ in range(3):
        queries.clear()
        started = time.perf_counter()
        look()
        seconds.append(time.perf_counter() - started)
    event.remove(Engine, "before_cursor_execute", count)
    print(f"{what:24} {min(seconds):6.2f} s  {len(queries)} queries")


def main() -> None:
    """Fill a study and look at it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = RunFolder.create(Path(name) / "run", task="image-classify")
        draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=0)
        with Study.create(folder.storage_url, folder.study, run=draft) as study:
            fill(folder.storage_url, count)
            study.finish_run({})
        print(f"{count:,} trials, {(folder.path / 'study.db').stat().st_size / 1e6:.0f} MB")
        measure("runs of a folder", lambda: list_runs(Path(name)))
        with StudyReader.open(folder.path) as reader:
            measure("list of all trials", lambda: reader.lines(sort="value"))
            measure("twenty best", lambda: reader.lines(sort="value", top=20))
            measure("all trials with answers", reader.trials)


if __name__ == "__main__":
    main()
