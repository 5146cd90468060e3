"""The commands and the file of docs/configuration.md and docs/watching.md are what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from automl.config.presets import PRESETS, get_preset

DOCS = Path(__file__).parents[2] / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")
PAGES = CONFIGURATION + (DOCS / "watching.md").read_text("utf-8")
FILE = re.search(r"```yaml\n(.*?)```", CONFIGURATION, re.S).group(1)


@pytest.mark.parametrize("command", re.findall(r"^\$ automl (.+)$", PAGES, re.M))
def test_a_command_of_the_pages_runs(automl, at_place, command, tmp_path):
    words = shlex.split(command)
    if "automl.yaml" in words:
        (tmp_path / "automl.yaml").write_text(FILE)
        words[words.index("automl.yaml")] = str(tmp_path / "automl.yaml")
    done = automl(*words)
    assert done.exit_code == 0, done.stderr
    assert done.stdout


def test_the_file_of_the_page_is_a_whole_search(automl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "automl.yaml").write_text(FILE)
    asked = []

    def run_search(config, events):
        asked.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)
    assert automl("search").exit_code == 130
    [config] = asked
    assert (config.task, config.time_budget, config.workers) == ("tabular-classify", 300.0, 2)
    assert config.columns.ignore == ("fnlwgt", "education-num")


def test_the_table_of_presets_says_what_they_set():
    section = CONFIGURATION.partition("## Presets")[2]
    rows = {
        name.strip(" `-"): [cell.strip() for cell in cells]
        for name, *cells in (line.strip("|").split("|") for line in section.splitlines() if line.startswith("| "))
    }
    names = [name.strip("`") for name in rows[""]]
    assert names == list(PRESETS)
    assert rows["time for everything"] == ["60 s", "10 min", "1 h"]
    assert [get_preset(name).budget for name in names] == ["60s", "10m", "1h"]
    said = [None if cell == "default" else int(cell) for cell in rows["ensemble"]]
    assert said == [get_preset(name).options.get("ensemble") for name in names]
    assert {key for preset in PRESETS.values() for key in preset.options} == {"ensemble"}
