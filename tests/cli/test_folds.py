"""``--folds``: one search, and what is told of it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text("utf-8")
SPACE = """
version: 1
name: small
inputs: {table: tabular}
model: [{columns: {dim: 4}}, {dense: {units: {choice: [8, 12]}, activation: relu}}, head]
train: {lr: 0.02, batch_size: 16, epochs: 2}
"""
COLUMNS = ("--task", "tabular-classify", "--target", "kind")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A folder with train.csv, 60 rows of twelve owners, and small.yaml."""
    folder = tmp_path_factory.mktemp("folds")
    rng = np.random.default_rng(0)
    size = rng.normal(size=60)
    kind = np.where(size + rng.normal(scale=0.3, size=60) > 0, "large", "small")
    frame = pd.DataFrame({"size": size, "other": rng.normal(size=60), "owner": np.arange(60) // 5, "kind": kind})
    frame.to_csv(folder / "train.csv", index=False)
    (folder / "small.yaml").write_text(SPACE)
    return folder


@pytest.fixture(scope="module")
def searched(automl, table):
    """A search in three folds by owner that is over, as it ended, and the manifest of its model, as validated."""
    options = "--folds 3 --group owner --trials 1 --seed 1 --workers 0 --no-refit"
    done = automl(
        "search", table / "train.csv", *COLUMNS, *options.split(), "--space", table / "small.yaml",
        "--out", table / "run", "--cache-dir", table / "cache",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    return done, json.loads((table / "run" / "model" / "manifest.json").read_text())


def test_the_result_says_how_far_the_folds_are_apart_and_whose_model_it_is(searched):
    done, manifest = searched
    assert "60 rows (3 folds: 40 to train, 20 to validate)" in done.stderr
    (score,) = [line for line in done.stdout.splitlines() if line.startswith("score")]
    assert " +- " in score
    assert "on held-out rows of 3 folds" in score
    assert (manifest["folds"], manifest["refit"]) == (3, False)
    own = [manifest["validation"][f"val_accuracy_fold_{fold}"] for fold in (1, 2, 3)]
    assert manifest["fold"] == own.index(max(own)) + 1
    assert f"of fold {manifest['fold']})" in done.stdout
    assert manifest["validation"]["val_accuracy"] == pytest.approx(np.mean(own))
    assert manifest["validation"]["val_accuracy_std"] == pytest.approx(np.std(own))


def test_trials_are_listed_with_their_deviation(automl, searched, table):
    listed = automl("trials", table / "run").stdout
    found = json.loads(automl("trials", table / "run", "--json").stdout)["trials"][0]
    assert f"{found['value']:.4f} +- {found['metrics']['val_accuracy_std']:.4f}" in listed


def test_the_run_goes_on_in_its_own_folds(automl, searched, table):
    done = automl("resume", table / "run", "--trials", "+1", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["folds"] == 3
    other = automl(
        "search", table / "train.csv", *COLUMNS, "--group", "owner", "--folds", "4", "--trials", "3",
        "--out", table / "run",
    )  # fmt: skip
    assert other.exit_code == 2
    assert "--folds was 3, now it is 4" in other.stderr


def test_check_says_what_the_folds_are(automl, table):
    asked = ("check", table / "train.csv", *COLUMNS, "--cache-dir", table / "cache")
    told = automl(*asked, "--folds", "5").stdout
    assert "folds     5: every class gives its share to each" in told
    assert [line.split() for line in told.splitlines() if line.strip().startswith("5 ")] == [["5", "48", "12"]]
    grouped = json.loads(automl(*asked, "--folds", "5", "--group", "owner", "--json").stdout)
    assert grouped["folds"]["by"] == "all rows of a group are in one"
    assert sum(grouped["folds"]["validation_rows"]) == 60


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--folds", "1"), 2, "folds is 1; it must be a whole number, at least 2"),
        (("--folds", "50"), 3, "50 folds were asked for, and class 'small' has 29 row(s)"),
        (("--folds", "20", "--group", "owner"), 3, "20 folds were asked for, and all rows are of 12 group(s)"),
        (("--folds", "5", "--val", "train.csv"), 2, "folds (5) split the data, and validation rows are given"),
    ],
    ids=["one", "too many", "groups", "validation"],
)
def test_folds_that_cannot_be_made_are_refused(automl, table, options, code, sentence):
    done = automl(
        "search", table / "train.csv", *COLUMNS, *options, "--trials", "1", "--out", table / "bad",
        "--cache-dir", table / "cache",
    )  # fmt: skip
    assert done.exit_code == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not (table / "bad").exists()


@pytest.mark.parametrize("command", re.findall(r"^\$ automl (.+)$", PAGE, re.M))
def test_a_command_of_the_page_is_understood(automl, table, command, monkeypatch):
    monkeypatch.chdir(table)
    asked = []

    def run_search(config, events):
        asked.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)
    done = automl(*shlex.split(command))
    if command.startswith("check"):
        assert done.exit_code == 0, done.stderr
        assert "folds     5: " in done.stdout
    else:
        assert done.exit_code == 130
        assert f"--folds {asked[0].folds}" in command


def test_the_snippet_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    found = {}
    exec(snippet, found)
    assert found["best"] == found["classifier"].best_score_
    assert 0 < found["best"] < 1
