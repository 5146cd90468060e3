"""text-classify and text-regress: from a configuration to prepared data, and what is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sentences import sentences

from automl import tasks
from automl.arch import Architecture, Input
from automl.config import Arrays, Columns, SearchConfig
from automl.data import PreparedData
from automl.data.texts.contract import TextContract
from automl.data.texts.words import spellings
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.space import DefaultDecider, Space

CLASSIFY, REGRESS = tasks.get("text-classify"), tasks.get("text-regress")
X, Y = sentences(100)


class Heard(Events):
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.progress: list[tuple[str, int, int]] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)

    def preparing(self, what: str, done: int, total: int) -> None:
        self.progress.append((what, done, total))


def prepare(
    tmp_path: Path, data: Any, task: Any = CLASSIFY, events: Events | None = None, **options: Any
) -> PreparedData:
    config = SearchConfig(task.name, data, max_trials=1, cache_dir=tmp_path / "cache", seed=3, **options)
    return task.prepare(config, tmp_path / "run" / "prepared", events or Events())


def contract_of(prepared: PreparedData) -> TextContract:
    assert isinstance(prepared.contract, TextContract)
    return prepared.contract


def test_what_is_prepared_can_be_opened_again(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(X, Y), class_weight="balanced")
    loaded = PreparedData.load(tmp_path / "run" / "prepared")
    assert (loaded.digest, loaded.fronts) == (prepared.digest, prepared.fronts)
    assert (len(loaded.rows("train")), len(loaded.rows("validation"))) == (80, 20)
    assert loaded.class_weights == {"label": [1.0, 1.0]}


def test_a_network_reads_token_numbers_and_an_exported_model_raw_text(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(X, Y))
    contract = contract_of(prepared)
    assert CLASSIFY.inputs(prepared) == {"text": Input((contract.length,), "int32", codes=(contract.kinds,))}
    assert CLASSIFY.heads(prepared) == {"label": {"units": 2, "activation": "softmax"}}
    front = Architecture.from_json(prepared.fronts["text"])
    assert front.inputs == {"text": Input((), "string")}
    assert front.nodes[0].args["spellings"] == list(spellings(contract.tokens))


def test_the_space_takes_the_vocabulary_from_the_data(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(X, Y))
    found = Space.load("text").interpret(
        DefaultDecider(), inputs=CLASSIFY.inputs(prepared), heads=CLASSIFY.heads(prepared)
    )
    (bag,) = [node for node in found.architecture.nodes if node.op == "bag"]
    assert bag.args["vocabulary"] == contract_of(prepared).kinds


def test_numbers_are_learned_on_their_own_scale(tmp_path: Path) -> None:
    y = np.array([float(len(text)) for text in X])
    prepared = prepare(tmp_path, Arrays(X, y), REGRESS)
    assert REGRESS.heads(prepared) == {"value": {"units": 1, "activation": "linear"}}
    training = prepared.rows("train").y
    assert prepared.scales["value"]["mean"] == [pytest.approx(training.mean())]
    assert REGRESS.baseline(prepared)["val_rmse"] > 0


def test_validation_data_lies_beside_or_is_given(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    table = pd.DataFrame({"text": X, "y": Y})
    table.to_csv(root / "train.csv", index=False)
    table[:10].to_csv(root / "val.csv", index=False)
    prepared = prepare(tmp_path, root, columns=Columns(target=("y",)))
    assert (len(prepared.split.train), len(prepared.split.validation)) == (100, 10)
    given = prepare(tmp_path, Arrays(X, Y), validation=Arrays(X[:6], Y[:6]))
    assert len(given.split.validation) == 6


def test_class_folders_with_a_validation_part(tmp_path: Path) -> None:
    for part, count in (("train", 20), ("val", 4)):
        for row in range(count):
            file = tmp_path / "data" / part / Y[row] / f"{row}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(X[row], "utf-8")
    prepared = prepare(tmp_path, tmp_path / "data")
    assert (len(prepared.split.train), len(prepared.split.validation)) == (20, 4)


def test_equal_texts_on_both_sides_are_counted(tmp_path: Path) -> None:
    heard = Heard()
    prepare(tmp_path, Arrays(X, Y), events=heard, validation=Arrays([*X[:4], "another one"], ["bad", *Y[1:4], "bad"]))
    assert "4 of 5 validation texts are equal to training texts, 4 of them answer and all" in " ".join(heard.warnings)
    assert heard.progress[-1] == ("texts", 5, 5)


def test_a_word_that_tells_a_class_is_warned_of(tmp_path: Path) -> None:
    heard = Heard()
    prepare(tmp_path, Arrays([f"{text} verdict{kind}" for text, kind in zip(X, Y, strict=True)], Y), events=heard)
    told = [warning for warning in heard.warnings if "alone tells the class" in warning]
    assert len(told) == 2
    assert "the word 'verdictbad' alone tells the class 'bad'" in told[0]
    heard = Heard()
    prepare(tmp_path, Arrays(X, Y), events=heard)
    assert heard.warnings == []


def test_the_summary_says_which_column_is_the_text_and_why(tmp_path: Path) -> None:
    summary = CLASSIFY.summary(prepare(tmp_path, Arrays(pd.DataFrame({"id": range(100), "words": X}), Y)))
    assert (summary["text"], summary["unit"]) == ("words", "words")
    assert "the text is column 'words': it reads as prose" in summary["notes"][0]
    assert summary["class_counts"] == {"bad": 50, "good": 50}
    assert summary["baseline"]["val_accuracy"] == 0.5


def test_few_texts_get_small_batches_and_more_epochs(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, Arrays(X, Y))
    settled = CLASSIFY.settle(TrainingSettings(batch_size=64, epochs=5, patience=3), prepared)
    assert (settled.batch_size, settled.epochs, settled.patience) == (16, 40, 24)
    assert CLASSIFY.settle(TrainingSettings(epochs=50, patience=None), prepared).patience is None


@pytest.mark.parametrize(
    ("name", "rows", "left_out", "classes"), [("mr_polarity", 9596, 0, 2), ("ag_news_small", 6000, 2, 4)]
)
def test_real_texts_are_found_and_split(
    tmp_path: Path, data_dir: Path, name: str, rows: int, left_out: int, classes: int
) -> None:
    heard = Heard()
    prepared = prepare(tmp_path, data_dir / name / "train.csv", events=heard, columns=Columns(target=("label",)))
    assert contract_of(prepared).column == "text"
    assert (len(prepared.split.train) + len(prepared.split.validation), len(prepared.classes)) == (rows, classes)
    assert sum("reads as text too" in warning for warning in heard.warnings) == left_out
    read = np.asarray(prepared.rows("validation").x) > 0
    assert np.mean(np.asarray(prepared.rows("validation").x)[read] > 1) > 0.9  # of the words are known
