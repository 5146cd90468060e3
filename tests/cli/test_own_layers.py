"""A person's own ``keras.Layer``, registered in a module beside the data and used from YAML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

MODULE = '''
import keras
from automl.ops import register_layer


@register_layer("scale_by")
class ScaleBy(keras.Layer):
    """Multiplies by a constant."""

    def __init__(self, factor: float = 2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return super().get_config() | {"factor": self.factor}
'''
SPACE = """
version: 1
name: own
task: image-classify
model: [flatten, {scale_by: {factor: {float: [0.5, 2.0], default: 0.5}}}, {dense: 16}, relu, head]
train: {lr: 0.01}
"""
SEARCH = ("search", "--task", "image-classify", "data/digits/train", "--space", "own.yaml", "--out", "own-run", "-q")
SHORT = ("--trials", "1", "--max-epochs", "2")


@pytest.fixture
def with_layers(at_place: Path) -> Path:
    (at_place / "my_layers.py").write_text(MODULE)
    (at_place / "own.yaml").write_text(SPACE)
    return at_place


@pytest.mark.slow
def test_a_layer_of_ones_own_is_searched_trained_and_predicted_with(automl_process, with_layers: Path) -> None:
    done = automl_process(*SEARCH, *SHORT, "--import", "my_layers", cwd=with_layers)
    assert done.exit_code == 0, done.stderr
    manifest = json.loads((with_layers / "own-run/model/manifest.json").read_text())
    assert manifest["layers"] == ["my_layers:ScaleBy"]
    evaluate = ("evaluate", "own-run", "data/digits/test", "--json")
    answer = automl_process(*evaluate, "--import", "my_layers", cwd=with_layers)
    assert json.loads(answer.stdout)["metrics"]["accuracy"] > 0.3
    again = automl_process("resume", "own-run", cwd=with_layers)  # which remembers what to import
    assert (again.exit_code, again.stdout.splitlines()[-2:]) == (0, done.stdout.splitlines()[-3:-1]), again.stderr

    (with_layers / "my_layers.py").unlink()
    lost = automl_process("resume", "own-run", cwd=with_layers)
    assert lost.exit_code == 2
    assert lost.stderr.startswith("error: --import my_layers: ModuleNotFoundError")

    (with_layers / "my_layers.py").write_text("raise SystemExit('a model must not make me run')")
    refused = automl_process(*evaluate, cwd=with_layers)
    assert refused.exit_code == 2
    assert "my_layers:ScaleBy: import my_layers first (--import my_layers" in refused.stderr


def test_without_the_import_the_layer_is_unknown(automl, with_layers: Path) -> None:
    done = automl("spaces", "validate", "own.yaml")
    assert done.exit_code == 2
    assert "own.yaml:5:" in done.stderr
    assert "scale_by" in done.stderr


def test_a_module_that_cannot_be_imported_is_named(automl, with_layers: Path) -> None:
    done = automl("spaces", "validate", "own.yaml", "--import", "my_layer")
    assert done.exit_code == 2
    assert "--import my_layer: ModuleNotFoundError" in done.stderr
