"""The commands and snippets of docs/tasks/tabular.md run as they stand there."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.data import PreparedData

pytestmark = pytest.mark.slow  # searches of its own

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "tabular.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]
SEARCHES = [command for command in COMMANDS if command[0] == "search"]
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, re.S)
SPACE = """
version: 1
name: small
inputs: {table: tabular}
model: [{columns: 4}, {dense: {units: 16, activation: relu}}, head]
train: {lr: 0.02, batch_size: 32}
"""


def flats(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"rooms": rng.integers(1, 6, rows), "town": rng.choice(["Bonn", "Ulm", ""], rows)})
    frame["rent"] = 300 * frame["rooms"] + 200 * (frame["town"] == "Bonn") + rng.normal(0, 20, rows).round(2)
    frame["counts"] = rng.integers(0, 3, rows)
    frame["owner"] = rng.integers(0, 15, rows)
    return frame.assign(dear=np.where(frame["rent"] > 1000, "yes", "no"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with flats.csv, test.csv, new.csv, small.yaml and costs.py."""
    place = tmp_path_factory.mktemp("flats")
    flats(240, 0).to_csv(place / "flats.csv", index=False)
    flats(60, 1).to_csv(place / "test.csv", index=False)
    flats(20, 2).drop(columns=["dear"]).to_csv(place / "new.csv", index=False)
    (place / "small.yaml").write_text(SPACE)
    (place / "costs.py").write_text(SNIPPETS[1])
    return place


@pytest.fixture
def at_folder(folder, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    return folder


def shortened(command: list[str], *more: str) -> list[str]:
    """A search of the page with one small trial."""
    short = [*command]
    limit = "--trials" if "--trials" in short else "--time-budget"
    short[short.index(limit) : short.index(limit) + 2] = ["--trials", "1"]
    return [*short, "--space", "small.yaml", "--max-epochs", "6", "--seed", "1", "--workers", "0", "-q", *more]


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The first search of the page as it ended, with weights and groups beside."""
    command = shortened(SEARCHES[0], "--weight", "counts", "--group", "owner", "--cache-dir", str(folder / "cache"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return automl(*command)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "search"], ids=" ".join)
def test_a_command_of_the_page_runs(command, searched, automl, at_folder) -> None:
    assert searched.exit_code == 0, searched.stderr
    done = automl(*command)
    assert done.exit_code == 0, done.stderr


def test_weights_and_groups_are_honoured(searched, automl, at_folder) -> None:
    assert searched.exit_code == 0, searched.stderr
    prepared = PreparedData.load(at_folder / "my-run" / "prepared")
    frame = pd.read_csv("flats.csv")
    kept = frame[frame["counts"] > 0].reset_index(drop=True)
    assert prepared.datasets[0].rows == len(kept)
    owners = [set(kept["owner"][side]) for side in (prepared.split.train, prepared.split.validation)]
    assert not owners[0] & owners[1]
    plain, weighted = (
        json.loads(automl("evaluate", "my-run", "test.csv", "--json", *more).stdout)["metrics"]
        for more in ([], ["--weight", "counts"])
    )
    test = pd.read_csv("test.csv")
    automl("predict", "my-run", "test.csv", "-o", "again.csv")
    answers = csv.DictReader(Path("again.csv").read_text().splitlines())
    right = np.array([row["label"] for row in answers]) == test["dear"]
    assert plain["accuracy"] == pytest.approx(right.mean())
    assert weighted["accuracy"] == pytest.approx(np.average(right, weights=test["counts"]))
    done = automl("search", "--task", "tabular-classify", "flats.csv", "--out", "my-run", "--loss", "kl_divergence")
    assert done.exit_code == 2
    assert "--loss was not given, now it is kl_divergence" in done.stderr


def test_losses_and_scores_of_the_page(automl, at_folder) -> None:
    for command in SEARCHES[1:]:
        done = automl(*shortened(command, "--cache-dir", "cache"))
        assert done.exit_code == 0, done.stderr
    kept = json.loads(Path("robust/run.json").read_text())["command"]
    assert (kept["loss"], kept["objective"]) == ("huber", "val_mae")
    trial = json.loads(automl("trials", "own", "--json").stdout)
    assert trial
    scores = json.loads(automl("evaluate", "own", "test.csv", "--import", "costs", "--json").stdout)["metrics"]
    assert {"missed", "precision"} <= scores.keys()
    assert PreparedData.load(Path("own/prepared")).metrics == {"label": ["precision", "costs:missed"]}


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--loss", "poisson"], 2, "the loss 'poisson' does not fit these answers"),
        (["--loss", "nowhere:f"], 2, "No module named 'nowhere'"),
        (["--metric", "costs:nothing"], 2, "the module 'costs' has no 'nothing'"),
        (["--metric", "acc"], 2, "unknown metric 'acc'"),
        (["--objective", "val_missed"], 2, "unknown objective 'val_missed'"),
        (["--group", "rooms", "--val", "test.csv"], 2, "groups say how to split"),
    ],
)
def test_what_cannot_be_honoured_is_one_sentence(automl, at_folder, options, code, message) -> None:
    done = automl(*shortened(SEARCHES[0]), "--out", "bad", "--cache-dir", "cache", *options)
    assert (done.exit_code, message in done.stderr) == (code, True), done.stderr
    assert not Path("bad").exists()


def test_the_estimators_of_the_page_are_fitted_as_it_says(at_folder) -> None:
    frame = flats(80, 3)
    names = {"X": frame[["rooms", "town"]], "y": frame["dear"].to_numpy(), "rent": frame["rent"]}
    exec(SNIPPETS[0].replace("verbose=0", "verbose=0, workers=0, space='small.yaml'"), names)
    assert names["classifier"].classes_.tolist() == ["no", "yes"]
