"""The commands on a table."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

SPACE = """
version: 1
name: small
inputs: {table: tabular}
model: [{columns: 4}, {dense: {units: 16, activation: relu}}, head]
train: {lr: 0.02, batch_size: 32}
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A folder with train.csv, test.csv and small.yaml."""
    folder = tmp_path_factory.mktemp("table")
    rng = np.random.default_rng(0)
    (folder / "small.yaml").write_text(SPACE)
    for name, rows in (("train", 200), ("test", 50)):
        lines = ["number;colour;size;kind"]
        for number in range(rows):
            colour, size = rng.choice(["red", "green"]), rng.normal(10, 3)
            lines.append(
                f"{number};{colour};{'?' if number % 7 == 0 else f'{size:.2f}'};{'warm' if colour == 'red' else 'cold'}"
            )
        (folder / f"{name}.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def searched(table, automl):
    """``automl search`` as it ended, with the run in ``table / "run"``."""
    options = [
        "--trials",
        "1",
        "--max-epochs",
        "40",
        "--seed",
        "1",
        "--workers",
        "0",
        "--target",
        "kind",
        "--class-weight",
        "balanced",
    ]
    return automl(
        "search", "--task", "tabular-classify", table / "train.csv", "--space", table / "small.yaml", *options,
        "--out", table / "run", "--cache-dir", table / "cache",
    )  # fmt: skip


def test_search_says_what_was_left_out_and_what_guessing_scores(searched) -> None:
    assert searched.exit_code == 0, searched.stderr
    assert "column 'number' is left out: it counts the rows" in searched.stderr
    assert "200 rows (160 to train, 40 to validate), 2 classes, 2 columns" in searched.stderr
    assert any(line.startswith("guessing  val_accuracy 0.5") for line in searched.stdout.splitlines())
    assert "  automl predict " in searched.stdout
    assert " TABLE -o predictions.csv" in searched.stdout


def test_a_table_is_scored_and_answered(searched, table, automl) -> None:
    done = automl("evaluate", table / "run", table / "test.csv", "--json")
    assert json.loads(done.stdout)["metrics"]["accuracy"] > 0.9
    answers = list(csv.DictReader(io.StringIO(automl("predict", table / "run", table / "test.csv").stdout)))
    expected = [line.rpartition(";")[2] for line in (table / "test.csv").read_text().split("\n")[1:]]
    assert np.mean([row["label"] == label for row, label in zip(answers, expected, strict=True)]) > 0.9
    assert [row["row"] for row in answers] == [str(number) for number in range(50)]


def test_the_command_is_kept_for_going_on(searched, table, automl) -> None:
    kept = json.loads((table / "run" / "run.json").read_text())["command"]
    assert kept["columns"]["target"] == ["kind"]
    assert kept["class_weight"] == "balanced"
    done = automl("resume", table / "run", "--trials", "1")
    assert done.exit_code == 0
    assert "guessing" in done.stdout


def test_check_says_what_is_found_and_trains_nothing(table, automl) -> None:
    command = (
        "check",
        table / "train.csv",
        "--task",
        "tabular-classify",
        "--target",
        "kind",
        "--cache-dir",
        table / "c",
    )
    lines = automl(*command).stdout.splitlines()
    assert lines[0] == "data      200 rows (160 to train, 40 to validate), 2 classes, 2 columns"
    assert "colour  category   2 different texts" in lines
    assert "size    number     every cell is a number" in lines
    assert "number    it counts the rows: each cell is one more than the one before" in lines
    assert any(line.startswith("warning: column 'colour' alone predicts the answer") for line in lines)
    document = json.loads(automl(*command, "--json").stdout)
    assert document["columns"]["size"]["kind"] == "number"
    assert document["baseline"]["val_balanced_accuracy"] == 0.5
    assert any("validation rows are equal to training rows" in warning for warning in document["warnings"])


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--target", "knd"], 3, "there is no column 'knd' in .*; did you mean 'kind'"),
        ([], 2, "which column is to be predicted"),
        (["--target", "kind", "--encoding", "klingon"], 2, "unknown encoding 'klingon'"),
        (["--target", "kind", "--class-weight", "even"], 2, "cannot read the class weight 'even'"),
    ],
)
def test_bad_input_is_one_sentence(table, automl_process, options, code, message) -> None:
    import re

    done = automl_process(
        "search", "--task", "tabular-classify", "train.csv", "--trials", "1", "--out", "bad", *options, cwd=table
    )
    assert done.exit_code == code, done.stderr
    assert re.search(message, done.stderr)
    assert "Traceback" not in done.stderr
    assert not (table / "bad").exists()
