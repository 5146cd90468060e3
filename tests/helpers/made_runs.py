"""Runs that are made without training: real data, a real study, answers that are known beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from sentences import sentences
from several_rows import houses

from automl import tasks
from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, SearchConfig, parse_port
from automl.data import ClassTarget, LabelTarget, PreparedData
from automl.events import Events
from automl.study import RunDraft, RunFolder, Study, TrialDraft, TrialOutcome
from automl.training.answers import write_answers

HOSTILE = '<script>alert("x")</script>'
ARCHITECTURE = {
    "inputs": {"x": {"shape": [8, 8, 1], "dtype": "float32"}},
    "nodes": [
        {"id": "n0", "op": "gap", "args": {}, "inputs": ["x"]},
        {"id": "n1", "op": "dense", "args": {"units": 3}, "inputs": ["n0"]},
    ],
    "outputs": {"label": "n1"},
}


def pictures(rows: int = 60) -> np.ndarray:
    """(n, 8, 8, 1) uint8."""
    return np.random.default_rng(3).integers(0, 256, (rows, 8, 8, 1), dtype=np.uint8)


def _tags(rows: int) -> list[set[str]]:
    return [{("red", "round", HOSTILE)[row % 3], "thing"} for row in range(rows)]


def _table(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    number = rng.normal(size=rows)
    kind = np.where(np.arange(rows) % 2, HOSTILE, "plain")
    return pd.DataFrame({"number": number, "kind": kind, "first": 3 * number, "second": number - 1})


def _steps(rows: int = 160) -> pd.DataFrame:
    index = pd.date_range("2024-01-01", periods=rows, freq="D", name="day")
    return pd.DataFrame({"y": np.sin(np.arange(rows) * 0.9) + 0.01 * np.arange(rows)}, index=index)


def asked(kind: str, folder: Path) -> SearchConfig:
    """What is asked for, of a kind of data and answer."""
    names = np.array(["ant", "bee", HOSTILE])
    x = pictures()
    texts, sentiments = sentences(60)
    waves = np.random.default_rng(4).normal(size=(40, 12, 2)).astype(np.float32)
    given: dict[str, tuple[str, Any, Columns]] = {
        "image-classify": ("image-classify", Arrays(x, names[np.arange(60) % 3]), Columns()),
        "image-regress": ("image-regress", Arrays(x, np.arange(60) / 7), Columns()),
        "image-labels": ("image-classify", Arrays(x, _tags(60)), Columns(multi_label=True)),
        "text-classify": ("text-classify", Arrays(texts, sentiments), Columns()),
        "tabular-regress": ("tabular-regress", Arrays(_table()), Columns(target=("first", "second"))),
        "series-classify": ("series-classify", Arrays(waves, np.arange(40) % 2), Columns()),
        "series-forecast": ("series-forecast", Arrays(_steps()), Columns(horizon=3)),
    }
    if kind == "multi":
        columns = Columns(
            inputs=tuple(parse_port(e, INPUT_KINDS) for e in ("photo=image:photo_front", "facts=tabular:rooms,street")),
            outputs=tuple(parse_port(e, OUTPUT_KINDS) for e in ("kind=classification", "price=regression")),
        )
        file = folder / "houses.csv"
        houses(folder, 45).to_csv(file, index=False)
        given["multi"] = ("multi", file, columns)
    task, data, columns = given[kind]
    return SearchConfig(task, data, max_trials=3, seed=1, columns=columns, cache_dir=folder / "cache")


def made_run(kind: str, folder: Path) -> Path:
    """A run of three trials whose best one answers well, wrong in every fourth row, and surely.

    Args:
        kind: ``image-classify``, ``image-labels``, ``series-forecast``, ...
        folder: An empty one.
    """
    config = asked(kind, folder)
    task = tasks.get(config.task, multi_label=config.columns.multi_label)
    config = task.with_space(config)
    run = RunFolder.create(folder / "run", task=config.task, study="made")
    prepared = task.prepare(config, run.prepared, Events())
    objective = task.objective()
    draft = RunDraft(
        task=config.task,
        objective=objective.metric,
        direction=objective.direction,
        seed=1,
        space_name="made",
        data_summary=task.summary(prepared),
        command={"task": config.task, "data": "my data", "max_trials": 3, "workers": 1},
    )
    with Study.create(run.storage_url, run.study, run=draft) as study:
        for value in (0.5, 0.25, 0.4):
            _trial(study, objective.metric, value)
        best = study.best()
        assert best is not None
        write_answers(run.checkpoints / f"trial-{best.number}.keras", 2, answers_to(prepared))
        study.finish_run({"seconds": 12.5, "value": best.value})
    return run.path


def _trial(study: Study, metric: str, value: float) -> None:
    number = study.ask(optuna.samplers.RandomSampler(seed=1)).number
    params = {"lr": value, "width": number}
    draft = TrialDraft(params=params, worker="worker-1", architecture=ARCHITECTURE, parameters=100, description="gap")
    study.begin(number, draft)
    for epoch in (1, 2):
        study.epoch(number, epoch=epoch, metrics={metric: value * epoch / 2}, learning_rate=0.1, seconds=0.1)
    seconds = {"build": 0.1, "train": 0.2, "total": 0.4}
    study.complete(number, TrialOutcome(value=value, epochs=2, best_epoch=2, seconds=seconds))


def answers_to(prepared: PreparedData) -> dict[str, np.ndarray]:
    """What a network says of the validation rows, as networks answer: every fourth row surely wrong."""
    rows = prepared.rows("validation")
    found = {}
    for name, target in prepared.targets.items():
        truth = rows.targets[name]
        wrong = np.arange(len(truth)) % 4 == 3
        if isinstance(target, ClassTarget):
            said = np.where(wrong, (truth + 1) % len(target.classes), truth)
            answer = np.eye(len(target.classes))[said] * 0.8 + 0.2 / len(target.classes)
        elif isinstance(target, LabelTarget):
            answer = np.where(wrong[:, np.newaxis], 1 - truth, truth) * 0.8 + 0.1
        else:
            scale = prepared.scales[name]
            answer = (truth - np.asarray(scale["mean"])) / np.asarray(scale["scale"]) + wrong[:, np.newaxis]
        found[name if len(prepared.targets) > 1 else ""] = answer.astype(np.float32)
    return found
