"""The commands and snippets of docs/tasks/series.md run as they stand there."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "series.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]
KINDS = ("down", "up")


def gestures(rows: int, seed: int) -> list[np.ndarray]:
    """Two channels that go up or down in turn, (9 to 14 steps, 2)."""
    rng = np.random.default_rng(seed)
    series = []
    for row in range(rows):
        t = np.linspace(0, 1, rng.integers(9, 15))
        series.append((2 * (row % 2) - 1) * np.stack([t, t**2], axis=1) + 0.05 * rng.normal(size=(len(t), 2)))
    return series


def ts(series: list[np.ndarray]) -> str:
    lines = [
        ":".join(",".join(f"{value:.4f}" for value in channel) for channel in each.T) + f":{KINDS[row % 2]}"
        for row, each in enumerate(series)
    ]
    return "\n".join(["@univariate false", "@dimensions 2", "@classLabel true down up", "@data", *lines])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with gestures/Gestures_TRAIN.ts and _TEST.ts."""
    place = tmp_path_factory.mktemp("series")
    (place / "gestures").mkdir()
    for part, rows in (("TRAIN", 60), ("TEST", 10)):
        (place / "gestures" / f"Gestures_{part}.ts").write_text(ts(gestures(rows, seed=rows)))
    return place


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The page's search as it ended, of one trial."""
    (search,) = [command for command in COMMANDS if command[0] == "search"]
    search = [*search]
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("gestures")] = str(folder / "gestures")
    search[search.index("my-run")] = str(folder / "my-run")
    return automl(*search, "--seed", "1", "--workers", "0", "--max-epochs", "8", "--cache-dir", folder / "cache")


@pytest.fixture
def at_folder(folder, searched, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_a_search_finds_what_tells_the_classes(searched) -> None:
    assert searched.exit_code == 0, searched.stderr
    assert "60 rows (48 to train, 12 to validate), 2 classes, 14x2" in searched.stderr
    assert "guessing  val_accuracy 0.5" in searched.stdout
    assert " DATA -o predictions.csv" in searched.stdout


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "search"], ids=" ".join)
def test_a_command_of_the_page_runs(command, automl, at_folder) -> None:
    done = automl(*command)
    assert done.exit_code == 0, done.stderr


def test_check_says_what_is_done_to_series(automl, at_folder) -> None:
    done = automl("check", "--task", "series-classify", "gestures")
    assert "series: 9 to 14 steps, 2 channels\nscale: " in done.stdout
    assert "a channel says where" in done.stdout


def test_answers_and_scores_are_good(automl, at_folder) -> None:
    done = automl("evaluate", "my-run", "gestures", "--json")
    assert json.loads(done.stdout)["metrics"]["accuracy"] == 1
    answers = list(csv.DictReader(automl("predict", "my-run", "gestures", "--proba").stdout.splitlines()))
    assert [row["row"] for row in answers] == [str(number) for number in range(10)]
    assert [row["label"] for row in answers] == [*KINDS] * 5
    assert set(answers[0]) == {"row", "label", *KINDS}


@pytest.mark.slow
def test_the_classifier_of_the_page_is_fitted_as_it_says(folder, tmp_path, monkeypatch) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    few = 'time_budget=None, max_trials=1, max_epochs=8, workers=0, verbose=0, random_state=1, directory="runs"'
    monkeypatch.chdir(tmp_path)
    names = {"X": gestures(40, 7), "y": np.array(KINDS * 20)}
    exec(snippet.replace('time_budget="2m"', few), names)
    assert names["classifier"].classes_.tolist() == [*KINDS]


def test_a_bad_file_ends_with_a_sentence(automl, tmp_path) -> None:
    (tmp_path / "x.ts").write_text("@univariate true\n@classLabel true a b\n@data\n1,2:a\n1,x:b\n")
    done = automl("check", "--task", "series-classify", tmp_path / "x.ts", "--cache-dir", tmp_path / "cache")
    assert done.exit_code == 3
    assert "x.ts:5: 'x' (number 2 of the line) is no number" in done.stderr
    assert "Traceback" not in done.stderr
