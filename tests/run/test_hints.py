"""The command that continues a run can be typed as it is shown."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from automl.run.hints import MORE_TIME, near, resume_command
from automl.study import RunFolder


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_below_the_current_one_is_shown_relative_and_quoted(here):
    folder = RunFolder.create(here / "my runs" / "a", task="image-classify")
    assert near(folder.path).as_posix() == "my runs/a"
    assert near(here.parent) == here.parent
    command = resume_command(folder, MORE_TIME)
    assert shlex.split(command) == ["automl", "resume", "my runs/a", "--time-budget", "+10m"]


@pytest.mark.parametrize(
    ("storage", "ending"),
    [
        ("sqlite:////tmp/study.db", "a"),
        ("postgresql://me@host/db", "a"),
        ("postgresql://me:geheim@host/db", "a --storage URL"),
        ("postgresql://me:***@host/db", "a --storage URL"),
    ],
)
def test_a_password_is_not_shown_and_must_be_given_again(here, storage, ending):
    folder = RunFolder.create(here / "a", task="image-classify", storage=storage)
    assert resume_command(folder) == f"automl resume {ending}"


def test_a_run_with_layers_of_this_program_alone_is_continued_from_it(here):
    script = """
import automl.ops, keras
from pathlib import Path
from automl.run.hints import MORE_TIME, resume_command
from automl.study import RunFolder

@automl.ops.register_layer("twice", infer=lambda op, shape: shape)
class Twice(keras.Layer):
    def call(self, x):
        return 2 * x

print(resume_command(RunFolder.create(Path("a"), task="image-classify"), MORE_TIME))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "automl.resume_search('a', time_budget='+10m')\n"
