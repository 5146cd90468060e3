"""What the coordinator and the command line import must be light: Keras belongs to the workers."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("keras", "tensorflow", "jax", "torch")


def loaded_after(code: str) -> set[str]:
    """Top-level modules in ``sys.modules`` after running ``code`` in a fresh interpreter."""
    script = f"import sys\n{code}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(out.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "ops",
        "arch",
        "space",
        "study",
        "data",
        "tasks",
        "search.engine",
        "run",
        "execution",
        "export",
        "config",
        "plots",
        "report",
        "insights.study",
    ],
)
def test_the_room_loads_without_keras(module: str) -> None:
    loaded = loaded_after(f"import automl.{module}")
    assert not loaded & set(HEAVY)


def test_importing_the_package_imports_nothing_heavy() -> None:
    loaded = loaded_after("import automl")
    assert not loaded & {*HEAVY, "numpy", "optuna", "pandas", "sklearn", "sqlalchemy", "pydantic"}
