"""What ``automl check`` finds in data, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from automl import tasks
from automl.cli.output import table
from automl.config import SearchConfig
from automl.events import Events
from automl.progress.words import facts, score

_DONE = {
    "number": "brought to the scale of its quartiles; a missing cell becomes the median, and a column says so",
    "boolean": "0 or 1; a missing cell becomes the median, and a column says so",
    "category": "a learned vector for each value; missing and unknown ones have their own",
    "date": "split into numbers, then as numbers",
}


class Listener(Events):
    """Keeps what should be known.

    Attributes:
        warnings: One sentence each.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        """See ``Events``."""
        self.warnings.append(message)


def findings(config: SearchConfig) -> tuple[dict[str, object], list[str]]:
    """What a search with this configuration would find in its data, and what it would warn of.

    Raises:
        AutoMLError: What would end the search before its first trial.
    """
    task, listener = tasks.get(config.task, multi_label=config.columns.multi_label), Listener()
    task.check_goals(config)
    with TemporaryDirectory(prefix="automl-check-") as folder:
        summary = task.summary(task.prepare(config, Path(folder) / "prepared", listener))
    return summary, listener.warnings


def told(summary: Mapping[str, Any], warnings: list[str]) -> list[str]:
    """The lines that are shown."""
    lines = [f"data      {facts(summary)}"]
    if folds := summary.get("folds"):
        lines += [f"folds     {folds['count']}: {folds['by']}"]
    lines += [f"guessing  {name} {score(value)}" for name, value in summary.get("baseline", {}).items()]
    lines += _folds(folds) if folds else []
    lines += _found(summary)
    for what in ("input", "output"):
        for name, found in summary.get(f"{what}s", {}).items():
            said = ", ".join(part for part in (found["kind"], facts(found), *found.get("targets", ())) if part)
            lines += ["", f"{what} {name}: {said}", *_found(found)]
    lines += ["", *(f"warning: {warning}" for warning in warnings)] if warnings else []
    return lines


def _folds(folds: Mapping[str, Any]) -> list[str]:
    """How many rows train and validate in each fold."""
    pairs = zip(folds["training_rows"], folds["validation_rows"], strict=True)
    rows = [[str(fold), f"{train:,}", f"{validation:,}"] for fold, (train, validation) in enumerate(pairs, start=1)]
    return ["", *table(["fold", "rows to train", "rows to validate"], rows, right=[0, 1, 2])]


def _found(summary: Mapping[str, Any]) -> list[str]:
    """What was found of the data, or of one input or output of several."""
    lines: list[str] = []
    if counts := summary.get("class_counts"):
        shown = [[name, f"{count:,}"] for name, count in list(counts.items())[:20]]
        lines += ["", *table(["class", "rows"], shown, right=[1])]
    if columns := summary.get("columns"):
        rows = [[name, found["kind"], found["reason"]] for name, found in columns.items()]
        lines += ["", *table(["column", "taken for", "because"], rows)]
        kinds = {found["kind"] for found in columns.values()}
        lines += ["", *(f"{kind}: {_DONE[kind]}" for kind in sorted(kinds))]
    if notes := summary.get("notes"):
        lines += ["", *notes]
    if left_out := summary.get("left_out"):
        lines += ["", *table(["left out", "because"], [[name, reason] for name, reason in left_out.items()])]
    return lines
