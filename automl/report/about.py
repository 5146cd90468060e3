"""What was asked, of which data, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.data import ClassTarget, LabelTarget, NumberTarget, PreparedData, TableContract
from automl.export.manifest import Manifest
from automl.plots.names import guess_of
from automl.progress.words import duration, plural, size
from automl.report.figures import balance_picture
from automl.report.parts import Drawing, Facts, Part, Section, Table, Text, Tiles
from automl.report.shown import tiles
from automl.report.words import number
from automl.study import RunRecord, TrialDetail, TrialRecord

_SAMPLES = 12
_ROWS = 6  # of tables, which take more room
_CLASSES = 24
_COLUMNS = 30


def asked(run: RunRecord) -> Section:
    """The question."""
    command = run.command
    facts = [
        ("task", run.task),
        ("data", str(command.get("data", "-"))),
        ("improved", f"{run.objective}, {'higher' if run.direction == 'maximize' else 'lower'} is better"),
        ("search space", run.space_name or "-"),
        ("limits", _limits(run)),
        ("seed", str(run.seed)),
        ("begun", f"{run.started:%Y-%m-%d %H:%M} UTC"),
    ]
    return Section("asked", "What was asked", [Facts(facts)])


def summary(run: RunRecord, best: TrialDetail, trials: list[TrialRecord], manifest: Manifest | None) -> list[Part]:
    """The result in a few facts, at the top of the report."""
    guess = guess_of(run)
    trained = sum(trial.trained for trial in trials)
    result = run.result or {}
    spent, networks = result.get("seconds"), int(result.get("networks") or 1)
    together = [("answered by", f"{networks} networks together; the best alone {number(best.value)}")]
    facts = [
        (run.objective, number(result.get("value", best.value))),
        *(together if networks > 1 else []),
        *([("guessing scores", number(guess))] if guess is not None else []),
        ("trials", f"{plural(trained, 'network')} trained" + (f" in {duration(spent)}" if spent else "")),
        ("best network", f"trial {best.number}: {best.description or '-'}"),
        ("parameters", size(best.parameters)),
    ]
    if manifest is None:
        return [Facts(facts), Text("The search has not delivered a model yet.")]
    how = "trained once more, on all rows" if manifest.refit else "as it was validated"
    return [Facts([*facts, ("delivered", f"{how}, {plural(manifest.epochs, 'epoch')}")])]


def data(run: RunRecord, prepared: PreparedData | None, gone: str) -> Section:
    """The rows: how many, of what, and a few of them."""
    found = run.data_summary
    facts = [("rows", _count(found.get("rows")))]
    facts += [(told, _count(found[key])) for key, told in _COUNTED.items() if isinstance(found.get(key), int)]
    if isinstance(shape := found.get("shape"), list | tuple):
        facts.append(("shape of a row", " x ".join(map(str, shape))))
    parts: list[Part] = [Facts(facts), *(Text(str(note), quiet=True) for note in _list(found.get("notes")))]
    if prepared is None:
        return Section("data", "The data", [*parts, Text(f"No samples and no class balance: {gone}.", quiet=True)])
    for place, (name, target) in enumerate(prepared.targets.items()):
        parts += _balance(prepared, name, target, f"b{place}")
    parts += [*_columns(found), *_samples(prepared)]
    return Section("data", "The data", parts)


_COUNTED = {
    "training_rows": "to train on",
    "validation_rows": "held back to validate on",
    "classes": "classes",
    "labels": "labels",
    "skipped_files": "files left out",
}


def _balance(prepared: PreparedData, name: str, target: Any, prefix: str) -> list[Part]:
    values = np.concatenate([dataset.target(name) for dataset in prepared.datasets])
    if isinstance(target, NumberTarget):
        if len(target.columns) > _COLUMNS or "+" in target.columns[0]:
            return []
        rows = [
            [column, *(number(f(values[:, at])) for f in (np.min, np.median, np.mean, np.max, np.std))]
            for at, column in enumerate(target.columns)
        ]
        header = ["number", "smallest", "median", "mean", "largest", "spread"]
        return [Table(f"To predict: {name}", header, rows, frozenset(range(1, 6)), frozenset({2, 5}))]
    assert isinstance(target, ClassTarget | LabelTarget)
    counts = np.bincount(values, minlength=len(target.classes)) if isinstance(target, ClassTarget) else values.sum(0)
    names = [str(each) for each in target.classes]
    if len(names) > _CLASSES:
        most, least = int(np.argmax(counts)), int(np.argmin(counts))
        return [Text(f"Of {name}, {names[most]} has {counts[most]:,} rows and {names[least]} {counts[least]:,}.")]
    drawn = balance_picture(names, counts.tolist(), "Rows of each class")
    return [Drawing(drawn.inline(prefix), drawn.text if len(prepared.targets) == 1 else f"{name}: {drawn.text}")]


def _columns(found: Mapping[str, Any]) -> list[Part]:
    columns = found.get("columns")
    if not isinstance(columns, Mapping) or not all(isinstance(each, Mapping) for each in columns.values()):
        return []
    rows = [[str(name), str(each.get("kind", "")), str(each.get("reason", ""))] for name, each in columns.items()]
    more = [Text(f"And {len(rows) - _COLUMNS} more columns.", quiet=True)] if len(rows) > _COLUMNS else []
    out = found.get("left_out")
    left = [[str(name), "left out", str(why)] for name, why in out.items()] if isinstance(out, Mapping) else []
    return [Table("Columns", ["column", "kind", "why"], [*rows[:_COLUMNS], *left[:_COLUMNS]], broad=True), *more]


def _samples(prepared: PreparedData) -> list[Part]:
    """Some training rows, evenly spread over the classes of the first output."""
    train = prepared.split.train
    most = _ROWS if any(isinstance(each, TableContract) for each in prepared.contracts.values()) else _SAMPLES
    name, target = next(iter(prepared.targets.items()))
    values = np.concatenate([dataset.target(name) for dataset in prepared.datasets])[train]
    if isinstance(target, ClassTarget):
        order = np.argsort(values, kind="stable")
        picked = order[np.linspace(0, len(order) - 1, min(most, len(order))).astype(int)]
    else:
        picked = np.linspace(0, len(train) - 1, min(most, len(train))).astype(int)
    told = [[_answer(values[row], target)] for row in picked]
    return [Text("Some of the training rows:"), Tiles(tiles(prepared, train[picked], told))]


def _answer(value: Any, target: Any) -> str:
    if isinstance(target, ClassTarget):
        return str(target.classes[int(value)])
    if isinstance(target, LabelTarget):
        return ", ".join(str(name) for name, has in zip(target.classes, value, strict=True) if has) or "no label"
    if "+" in target.columns[0]:  # what comes next in a series
        return "then " + ", ".join(number(each) for each in np.atleast_1d(value).tolist()[:4]) + ", ..."
    pairs = list(zip(target.columns, np.atleast_1d(value).tolist(), strict=True))
    return ", ".join(f"{column} {number(each)}" for column, each in pairs[:3]) + (", ..." if len(pairs) > 3 else "")


def _limits(run: RunRecord) -> str:
    command = run.command
    found = [
        f"{duration(run.budget_seconds)} of time" if run.budget_seconds else "",
        plural(int(command["max_trials"]), "trial") if command.get("max_trials") else "",
        f"at most {plural(int(command['max_epochs']), 'epoch')} a trial" if command.get("max_epochs") else "",
    ]
    return ", ".join(part for part in found if part) or "none"


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "-"


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
