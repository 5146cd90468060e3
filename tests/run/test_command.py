"""What a run keeps of its command is enough to start it again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from automl.config import Arrays, Limits, SearchConfig
from automl.errors import StudyError
from automl.run.command import Before, Command, in_memory
from automl.space import Space

OLD = {  # as the first version kept it
    "task": "image-classify", "data": "digits/train", "validation": None, "space": None, "max_trials": 40,
    "time_budget": None, "max_epochs": 3, "objective": None, "seed": 5, "out": "killed", "storage": None, "study": None,
    "workers": 1, "on_bad_file": "error",
}  # fmt: skip


def test_a_command_is_read_as_it_was_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = SearchConfig(
        task="image-classify",
        data=Path("digits"),
        space="mine.yaml",
        max_trials=9,
        limits=Limits(memory=4_000_000_000),
        gpus=(0, 1),
        imports=("my_layers",),
        storage="postgresql://me:geheim@host/db",
        out=Path("run"),
    )
    kept = Command.of(config)
    text = json.dumps(kept.to_json())
    assert "geheim" not in text
    assert Command.read(json.loads(text), where="here") == kept
    assert (kept.data, kept.space) == (str(tmp_path / "digits"), str(tmp_path / "mine.yaml"))
    assert (kept.limits, kept.gpus, kept.imports) == (config.limits, (0, 1), ("my_layers",))


def test_arrays_and_spaces_from_python_are_kept_by_what_they_are():
    space = Space.parse("{name: flat, model: [flatten, head]}")
    kept = Command.of(SearchConfig(task="t", data=Arrays(np.zeros((5, 8, 8), "uint8"), np.zeros(5)), space=space))
    assert kept.data == "arrays (5, 8, 8) uint8"
    assert in_memory(Path(kept.data))
    assert not in_memory(Path("/data/digits"))
    assert Space.parse(kept.space_text) == space
    assert Command.of(SearchConfig(task="t", data=Path(kept.data), space="cnn")).data == kept.data


def test_a_command_of_the_first_version_and_of_a_later_one_can_be_read():
    kept = Command.read(OLD, where="here")
    assert (kept.workers, kept.limits, kept.adopting) == (1, Limits(), None)
    assert Command.read(OLD | {"colour": "blue"}, where="here") == kept
    assert Command.read(OLD | {"adopting": {"study": "a", "models": "checkpoints"}}, where="x").adopting == Before(
        study="a", models="checkpoints"
    )


def test_a_damaged_command_is_refused_by_name():
    with pytest.raises(StudyError, match=r"the command kept in run\.json is damaged: seed: "):
        Command.read(OLD | {"seed": "five"}, where="run.json")
