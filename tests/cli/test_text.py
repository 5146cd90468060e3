"""The commands and snippets of docs/tasks/text.md run as they stand there."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import pytest
from sentences import sentences

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "text.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with reviews.csv, test.csv and new.csv."""
    place = tmp_path_factory.mktemp("texts")
    for name, rows in (("reviews", 120), ("test", 40), ("new", 10)):
        x, y = sentences(rows, seed=rows)
        lines = [f"{number},{text},{kind}" for number, (text, kind) in enumerate(zip(x, y, strict=True))]
        (place / f"{name}.csv").write_text("\n".join(["id,review,label", *lines]), "utf-8")
    return place


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The page's search as it ended, of one trial."""
    (search,) = [command for command in COMMANDS if command[0] == "search"]
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("reviews.csv")] = str(folder / "reviews.csv")
    search[search.index("my-run")] = str(folder / "my-run")
    return automl(*search, "--seed", "1", "--workers", "0", "--max-epochs", "15", "--cache-dir", folder / "cache")


@pytest.fixture
def at_folder(folder, searched, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_a_search_finds_what_tells_the_classes(searched) -> None:
    assert searched.exit_code == 0, searched.stderr
    assert "120 rows (96 to train, 24 to validate), 2 classes" in searched.stderr
    assert "guessing  val_accuracy 0.5" in searched.stdout


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "search"], ids=" ".join)
def test_a_command_of_the_page_runs(command, automl, at_folder) -> None:
    done = automl(*command)
    assert done.exit_code == 0, done.stderr


def test_check_says_which_column_is_the_text_and_why(automl, at_folder) -> None:
    done = automl("check", "--task", "text-classify", "reviews.csv", "--target", "label")
    assert "the text is column 'review': it reads as prose (" in done.stdout
    named = automl("check", "--task", "text-classify", "reviews.csv", "--target", "label", "--text", "id")
    assert "the text is column 'id': --text names it" in named.stdout


def test_answers_and_scores_are_good(automl, at_folder) -> None:
    done = automl("evaluate", "my-run", "test.csv", "--json")
    assert json.loads(done.stdout)["metrics"]["accuracy"] > 0.9
    answers = list(csv.DictReader(automl("predict", "my-run", "new.csv", "--proba").stdout.splitlines()))
    assert [row["row"] for row in answers] == [str(number) for number in range(10)]
    assert [row["label"] for row in answers] == ["bad", "good"] * 5


def test_the_exported_model_is_used_as_the_page_says(automl, at_folder) -> None:
    assert automl("export", "my-run", "--format", "keras", "-o", "exported-again").exit_code == 0
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "import keras" in code]
    names: dict[str, object] = {}
    exec(snippet.replace("exported/", "exported-again/") + "\nanswer = model.predict(tf.constant(['dull']))", names)
    assert names["answer"].argmax(axis=1).tolist() == [0]


def test_a_bad_file_ends_with_a_sentence(automl, folder) -> None:
    (folder / "latin.csv").write_bytes("review,label\nschön,good\n".encode("latin-1"))
    done = automl("check", "--task", "text-classify", folder / "latin.csv", "--target", "label")
    assert done.exit_code == 3
    assert "byte 0xf6 at offset 16" in done.stderr
