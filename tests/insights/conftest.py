"""A run whose trials are real networks of a space; none of them was trained, their scores are said."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from automl.arch import Input, sketch, summarize
from automl.search.deciders import TrialDecider
from automl.space import Space
from automl.study import RunDraft, RunFolder, Study, TrialDraft, TrialOutcome

TEXT = """
version: 1
name: small
task: image-classify
model:
  - {name: stem, choice: {wide: {conv: {filters: 16}}, narrow: {conv: {filters: {pow2: [2, 8]}}}}}
  - residual: [{conv: {filters: 8}}, relu]
  - gap
  - dropout: {rate: {float: [0, 0.5]}}
  - head
train: {lr: {float: [0.001, 0.1], log: true}, patience: 3}
"""
INPUTS = {"image": Input((8, 8, 1), "uint8")}
HEADS = {"label": {"units": 3, "activation": "softmax"}}


def score(params: dict[str, object]) -> float:
    """Wide stems are better, and a learning rate near 0.01."""
    wide = 0.5 if params["stem"] == "wide" else 0.2
    return wide - 0.1 * abs(float(np.log10(params["train/lr"])) + 2)


@pytest.fixture(scope="session")
def told(tmp_path_factory) -> Path:
    """A run of thirty complete trials."""
    space = Space.parse(TEXT, filename="small.yaml")
    folder = RunFolder.create(tmp_path_factory.mktemp("told") / "run", task="image-classify", study="small")
    draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=1,
                     space_name="small", space_text=TEXT, command={"data": "/data"})  # fmt: skip
    with Study.create(folder.storage_url, folder.study, run=draft) as study:
        for number in range(30):
            trial = study.ask()
            candidate = space.interpret(TrialDecider(trial), inputs=INPUTS, heads=HEADS)
            cost = summarize(candidate.architecture)
            made = TrialDraft(
                params=candidate.params,
                architecture=candidate.architecture.to_json(),
                training=candidate.training.model_dump(mode="json"),
                parameters=cost.parameters,
                description=sketch(candidate.architecture),
                proposed_by="tpe",
            )
            study.begin(number, made)
            value = score(dict(candidate.params))
            metrics = {"val_accuracy": value, "loss": 1 - value}
            study.epoch(number, epoch=1, metrics=metrics, learning_rate=0.1, seconds=0.5, planned_epochs=1)
            seconds = {"train": 1.0, "total": 2.0}
            study.complete(number, TrialOutcome(value=value, epochs=1, best_epoch=1, metrics=metrics, seconds=seconds))
        study.finish_run({})
    return folder.path


@pytest.fixture
def mine(told, tmp_path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(told, tmp_path / "mine"))
