"""Any number of labels for rows of tables and for texts, fitted for real; pictures have a page of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from automl import Space, TabularClassifier, TextClassifier
from automl.export import load_model

RNG = np.random.default_rng(0)
N = 120
COLOURS, SIZES = RNG.random(N) < 0.5, RNG.random(N) < 0.4
SETS = [{name for name, on in (("red", a), ("tall", b)) if on} for a, b in zip(COLOURS, SIZES, strict=True)]
FLAGS = np.stack([COLOURS, SIZES], axis=1).astype(int)
TABLE = np.stack([COLOURS + RNG.normal(0, 0.05, N), SIZES + RNG.normal(0, 0.05, N)], axis=1)
TEXTS = [
    " ".join(["a", "scarlet" if a else "grey", "thing", "of", "giant" if b else "modest", "size"])
    for a, b in zip(COLOURS, SIZES, strict=True)
]
SPACES = {
    TabularClassifier: "version: 1\nname: t\ninputs: {table: tabular}\nmodel: [{columns: 4}, head]\n"
    "train: {lr: 0.05, batch_size: 16}\n",
    TextClassifier: "version: 1\nname: t\ninputs: {text: text}\nmodel: [{embed: 8}, gap, head]\n"
    "train: {lr: 0.1, batch_size: 16}\n",
}


def small(kind: Any, folder: Any) -> Any:
    return kind(
        time_budget=None, max_trials=1, max_epochs=15, space=Space.parse(SPACES[kind]), random_state=1, workers=0,
        verbose=0, directory=folder,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "x"), [(TabularClassifier, TABLE), (TextClassifier, TEXTS)])
def test_sets_are_learned_and_answered_as_sets(kind: Any, x: Any, tmp_path) -> None:
    classifier = small(kind, tmp_path).fit(x, SETS)
    assert classifier.classes_.tolist() == ["red", "tall"]
    answers = classifier.predict(x)
    assert np.mean([answer == truth for answer, truth in zip(answers, SETS, strict=True)]) > 0.9
    found = load_model(classifier.model_dir_).evaluate(x, SETS)
    assert found.metrics["f1_micro"] > 0.9
    assert found.metrics == load_model(classifier.model_dir_).evaluate(x, FLAGS).metrics


def test_rows_of_zeros_and_ones_are_answered_as_such(tmp_path) -> None:
    answers = small(TabularClassifier, tmp_path).fit(TABLE, FLAGS).predict(TABLE)
    assert (answers == FLAGS).mean() > 0.9
