"""The command line as a whole: help, version, start-up, wrong words."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from automl.cli import app

COMMANDS = (
    ["search"], ["resume"], ["predict"], ["evaluate"], ["trials"], ["export"], ["spaces"],
    ["spaces", "list"], ["spaces", "show"], ["spaces", "validate"],
)  # fmt: skip

# What --help must not load; numpy stands for everything that computes.
HEAVY = {"numpy", "pandas", "optuna", "sqlalchemy", "keras", "tensorflow", "sklearn", "rich", "pydantic", "PIL"}


def invoke(*args: str):
    return CliRunner().invoke(app, list(args), prog_name="automl")


@pytest.mark.parametrize("command", [[], *COMMANDS], ids=" ".join)
def test_every_command_has_help_that_fits_80_columns(command):
    result = invoke(*command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: automl")
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_help_imports_nothing_heavy_and_takes_little_cpu(record_property):
    code = (
        "import sys, resource\nsys.argv = ['automl', '--help']\n"
        "from automl.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    print(used.ru_utime + used.ru_stime, *{name.split('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, *modules = done.stderr.split()
    record_property("cpu_seconds_of_help", float(seconds))  # for information: 0.1 s on a slow laptop
    assert "search" in done.stdout
    assert not HEAVY & set(modules)


def test_python_m_automl_is_the_command():
    done = subprocess.run([sys.executable, "-m", "automl", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"automl {version('automl')}\n"
    assert done.stderr == ""


def test_nothing_said_shows_the_help_and_is_a_usage_error():
    result = invoke()
    assert result.exit_code == 2
    assert "search" in result.stderr


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["serch"], "Did you mean 'search'?"),
        (["search", "data", "--tsk", "x"], "--task"),
        (["search", "data"], "Missing option '--task'"),
        (["search", "data", "--task", "image-classify", "--seed", "many"], "Invalid value for '--seed'"),
        (["resume"], "Missing argument 'RUN'"),
        (["predict", "run"], "Missing argument 'DATA'"),
        (["export", "run"], "Missing option"),
    ],
    ids=" ".join,
)
def test_wrong_words_are_usage_errors_with_a_hint(args, hint):
    result = invoke(*args)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--time-budget", "soon"], "cannot read 'soon' as a duration"),
        (["--time-budget", "-5"], "a duration must be positive"),
        (["--trials", "0"], "trials is 0; it must be at least 1"),
        (["--trials", "many"], "cannot read 'many' as a number of trials"),
        (["--trials", "+3"], "+3 trials counts from what a run has, and this one is new"),
        (["--time-budget", "+3m"], "+180 seconds counts from what a run has, and this one is new"),
        (["--memory-limit", "much", "--trials", "1"], "cannot read 'much' as a size"),
        (["--disk-limit", "0", "--trials", "1"], "a size must be positive"),
        (["--trial-timeout", "soon", "--trials", "1"], "cannot read 'soon' as a duration"),
        (["--max-params", "3X", "--trials", "1"], "cannot read '3X' as a number"),
        (["--gpus", "all", "--trials", "1"], "cannot read 'all' as GPUs"),
        (["--gpus", "0", "--workers", "0", "--trials", "1"], "workers is 0"),
        (["--max-epochs", "0", "--trials", "1"], "max epochs is 0; it must be at least 1"),
        (["--seed", "-1", "--trials", "1"], "seed is -1"),
        (["--study", "a b", "--trials", "1"], "study name 'a b'"),
        (["--workers", "-1", "--trials", "1"], "workers is -1"),
    ],
    ids=" ".join,
)
def test_values_out_of_range_are_usage_errors(options, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke("search", "--task", "image-classify", "data", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert sentence in result.stderr
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_a_closed_pipe_is_quiet():
    command = f"{sys.executable} -m automl spaces show cnn | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
