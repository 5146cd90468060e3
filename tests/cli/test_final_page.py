"""docs/final.md: its commands are understood, and a model of two networks is what the page says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "final.md").read_text("utf-8")
SEARCHES = re.findall(r"^\$ automl (search .+)$", PAGE, re.M)
SPACE = """
version: 1
name: small
task: image-classify
model: [flatten, {dense: {units: {int: [8, 24]}, activation: relu}}, head]
train: {lr: 0.01, batch_size: 32, epochs: 2}
"""


@pytest.mark.parametrize("command", SEARCHES)
def test_a_search_of_the_page_is_understood(automl, at_place, command, monkeypatch):
    asked = []

    def run_search(config, events):
        asked.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)
    assert automl(*shlex.split(command)).exit_code == 130
    (config,) = asked
    assert (config.ensemble or 0) == int(next(iter(re.findall(r"--ensemble (\d)", command)), 0))
    assert (config.refit is False) is ("--no-refit" in command)


def test_what_a_resume_asks_for_is_passed_on(automl, at_place, monkeypatch):
    (command,) = re.findall(r"^\$ automl (resume .+)$", PAGE, re.M)
    asked = {}

    def resume_run(run, events, **changes):
        asked.update(changes)
        raise KeyboardInterrupt

    monkeypatch.setattr("automl.run.resume_run", resume_run)
    assert automl(*shlex.split(command)).exit_code == 130
    assert (asked["ensemble"], asked["refit"]) == (3, True)


@pytest.mark.slow
def test_two_networks_are_one_model_in_every_format(automl, tmp_path, monkeypatch):
    from sklearn.datasets import load_digits

    monkeypatch.chdir(tmp_path)
    digits = load_digits()
    np.savez("digits.npz", x=digits.images[:500].astype("uint8"), y=digits.target[:500])
    Path("small.yaml").write_text(SPACE)
    search = "search digits.npz --task image-classify --space small.yaml --trials 3 --ensemble 2 --workers 2 --seed 1"
    done = automl(*search.split(), "-o", "run", "--cache-dir", "cache", "--json", "-q")
    assert done.exit_code == 0, done.stderr
    result = json.loads(done.stdout)
    manifest = json.loads(Path("run/model/manifest.json").read_text())
    assert (result["networks"], result["refit"]) == (len(manifest["members"]), manifest["refit"])
    assert result["networks"] == 2
    assert manifest["members"][0]["trial"] == manifest["trial"] == result["best_trial"]
    assert result["value"] == manifest["validation"]["val_accuracy"] >= result["best_value"]
    assert [Path("run/model", member["architecture"]).is_file() for member in manifest["members"]] == [True, True]
    exported = automl("export", "run", "--format", "keras,savedmodel", "-o", "out")
    assert exported.exit_code == 0, exported.stderr
    evaluated = automl("evaluate", "run", "digits.npz", "--json")
    assert json.loads(evaluated.stdout)["metrics"]["accuracy"] > 0.5
    again = automl("resume", "run", "--trials", "+1", "--no-refit", "--json", "-q")
    assert again.exit_code == 0, again.stderr
    after = json.loads(Path("run/model/manifest.json").read_text())
    assert json.loads(again.stdout)["refit"] is after["refit"]
    assert list(Path("run/checkpoints").glob("final*")) == []
