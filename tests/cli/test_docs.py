"""The commands and snippets of the documentation run as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from automl.cli.exits import DATA, HUNG_UP, INTERRUPTED, NO_TIME, NO_TRIAL, TERMINATED, UNEXPECTED, USAGE

DOCS = Path(__file__).parents[2] / "docs"
CLI = (DOCS / "cli.md").read_text("utf-8")
SEARCHES = ("search", "resume")
COMMANDS = re.findall(r"^\$ automl (.+)$", CLI, re.M)


@pytest.mark.parametrize("command", [line for line in COMMANDS if not line.startswith(SEARCHES)])
def test_a_command_of_the_documentation_runs(automl, at_place, command):
    (at_place / "my-space.yaml").write_text(automl("spaces", "show", "cnn").stdout)
    (at_place / "train.csv").write_text("size,kind\n" + "\n".join(f"{i * i},{'ab'[i % 2]}" for i in range(20)))
    done = automl(*shlex.split(command))
    assert done.exit_code == 0, done.stderr
    assert done.stdout or " -o " in command


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith(SEARCHES)])
def test_a_search_of_the_documentation_is_understood(automl, at_place, command, monkeypatch):
    asked = []

    def run_search(config, events):
        asked.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)
    assert automl(*shlex.split(command)).exit_code == 130
    data = "adult.csv" if "tabular" in command else "data/digits/train"
    assert asked[0].data.absolute() == at_place / data


@pytest.mark.parametrize("command", SEARCHES)
def test_every_option_of_a_search_is_documented(automl, command):
    shown = set(re.findall(r"--[a-z][a-z-]*", automl(command, "--help").stdout)) - {"--help"}
    section = CLI.partition(f"## {command}\n")[2].partition("\n## ")[0]
    assert shown <= set(re.findall(r"--[a-z][a-z-]*", section))


def test_every_exit_code_is_documented():
    table = CLI.partition("## Exit codes")[2]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.M)}
    assert codes == {0, UNEXPECTED, USAGE, DATA, NO_TRIAL, NO_TIME, HUNG_UP, INTERRUPTED, TERMINATED}
