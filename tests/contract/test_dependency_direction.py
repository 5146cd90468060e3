"""The rooms of docs/design.md: which package may import which, and what must not be imported at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import automl

PACKAGE = Path(automl.__file__).parent

# Room -> rooms it may import besides itself. Everything not named here is forbidden.
GROUND = {"errors", "failures", "files", "jobs", "events", "config"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "files": set(),
    "failures": {"errors"},
    "jobs": {"errors", "failures"},
    "events": {"errors", "jobs"},
    "config": {"errors", "files"},
    "imports": {"errors"},
    "quiet": set(),
    "label_metrics": set(),
    "metrics": {"errors", "imports", "label_metrics"},
    "backend": {"quiet"},
    "ops": {"errors"},
    "data": {"errors", "files", "config", "events"},
    "study": {"errors", "failures", "files"},
    "plots": {"errors", "files", "study"},
    "arch": {"errors", "ops"},
    "space": {"errors", "jobs", "ops", "arch"},
    "insights": {"errors", "ops", "arch", "space", "study", "plots"},
    "tasks": GROUND | {"imports", "metrics", "data", "arch", "space"},
    "export": GROUND | {"imports", "label_metrics", "metrics", "backend", "ops", "arch", "data", "tasks"},
    "training": GROUND | {"imports", "metrics", "backend", "arch", "data", "tasks", "ops"},
    "execution": GROUND | {"backend", "training"},
    "search": GROUND | {"arch", "space", "tasks", "data", "study", "execution"},
    "run": GROUND | {"imports", "ops", "arch", "data", "space", "tasks", "study", "execution", "export", "search"},
    "progress": GROUND,
    "report": GROUND | {"backend", "ops", "arch", "data", "training", "study", "export", "plots", "progress"},
    "dashboard": {"errors", "arch", "insights", "plots", "progress", "study"},
    "estimators": GROUND | {"imports", "run", "progress", "export", "study", "space", "tasks", "execution"},
    "cli": GROUND
    | {"imports", "run", "progress", "export", "study", "space", "arch", "tasks", "execution"}
    | {"plots", "report", "insights", "data", "dashboard"},
    "__init__": {"estimators", "space", "errors", "study", "insights"},
    "__main__": {"cli"},
}
FORBIDDEN = ("keras.src", "tensorflow.python", "autokeras", "keras_tuner")
# The only rooms where Keras or TensorFlow may be imported, and there inside functions only (see test_light_imports.py).
KERAS_ROOMS = {"backend", "ops", "arch", "training", "export", "execution"}

FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import hides its direction"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_imports_point_down(file: Path) -> None:
    room = room_of(file)
    assert room in MAY_IMPORT, f"a new room {room!r}: give it a place in docs/design.md and in this table"
    for line, name in imports(file):
        if not name.startswith("automl.") or name.split(".")[1].startswith("__"):
            continue
        target = name.split(".")[1]
        assert target == room or target in MAY_IMPORT[room], f"{file}:{line}: {room} imports {target}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_no_private_module_of_another_library_is_imported(file: Path) -> None:
    for line, name in imports(file):
        assert not name.startswith(FORBIDDEN), f"{file}:{line}: {name}"
        if name.startswith(("optuna.", "sklearn.", "keras.", "pydantic.", "sqlalchemy.")):
            assert not any(part.startswith("_") for part in name.split(".")), f"{file}:{line}: {name}"
        if name.split(".")[0] in ("keras", "tensorflow"):
            assert room_of(file) in KERAS_ROOMS, f"{file}:{line}: {name} in a room that must load without it"


def test_the_table_has_no_cycle() -> None:
    done: set[str] = set()
    while len(done) < len(MAY_IMPORT):
        ready = {room for room, below in MAY_IMPORT.items() if room not in done and below <= done}
        assert ready, f"a cycle among {set(MAY_IMPORT) - done}"
        done |= ready
