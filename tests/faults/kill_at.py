"""Runs the real ``automl`` command and kills its process with SIGKILL at a named point.

    python tests/faults/kill_at.py complete-recorded search digits.npz --task image-classify ...

A point is a function of the package and a moment: before its n-th call, after it, or within it where it calls another.
The functions are wrapped in this process before the command starts; the package itself knows nothing of it. A command
that never comes to the point ends as it always does.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Point:
    """Where to die.

    Attributes:
        target: ``module:function`` or ``module:Class.method``.
        when: Before the call or after it.
        nth: Which call, counted over those that ``given`` lets through.
        given: Whether a call, by its arguments, is meant; ``self`` is one of them.
        within: Only while this function, written like ``target``, runs; empty: at any time.
    """

    target: str
    when: Literal["before", "after"] = "before"
    nth: int = 1
    given: Callable[..., bool] = field(default=lambda *_args, **_named: True)
    within: str = ""


def file_like(*parts: str) -> Callable[..., bool]:
    """Whether the first argument is a path with all these parts in its name."""
    return lambda path, *_args, **_named: all(part in path.name for part in parts)


_STDERR = os.dup(2)  # descriptor 2 points elsewhere while TensorFlow is imported

STUDY = "automl.study.study:Study"
LEDGER = "automl.study.ledger:Ledger"
OPTUNA = "automl.study.optuna_side:OptunaSide"
CHECKPOINT = file_like("trial-", ".keras")
STATE = file_like("trial-", ".state.npz")

POINTS: dict[str, Point] = {
    # The folder and the data.
    "run-json-not-renamed": Point("automl.files:_sync", "after", given=file_like("run.json")),
    "folder-made": Point("automl.study.run_folder:RunFolder.create", "after"),
    "workers-starting": Point("automl.tasks.rows:RowsTask.prepare"),
    "cache-half-written": Point("automl.files:_sync", given=lambda path: path.suffix == ".npy"),
    "data-prepared": Point("automl.tasks.rows:RowsTask.prepare", "after"),
    # The study.
    "study-not-made": Point(f"{STUDY}.create"),
    "study-without-run": Point(f"{LEDGER}.create"),
    "study-without-optuna": Point(f"{LEDGER}.create", "after"),
    "study-made": Point(f"{STUDY}.create", "after"),
    # The first points.
    "first-queued-by-half": Point(f"{OPTUNA}.enqueue", "after"),
    "first-queued": Point("automl.search.proposer:Proposer.enqueue_first", "after"),
    # A trial.
    "asked": Point(f"{OPTUNA}.ask", "after"),
    "not-begun": Point(f"{STUDY}.begin"),
    "begun": Point(f"{STUDY}.begin", "after"),
    "second-begun": Point(f"{STUDY}.begin", "after", nth=2),
    "first-epoch-by-half": Point(f"{LEDGER}.epoch", "after"),
    "first-epoch": Point(f"{STUDY}.epoch", "after"),
    "last-epoch": Point(f"{STUDY}.epoch", "after", nth=2),
    "checkpoint-not-renamed": Point("automl.files:_sync", "after", given=CHECKPOINT),
    "checkpoint-renamed": Point("automl.files:_sync_folder", given=lambda path: path.name == "checkpoints"),
    "state-not-renamed": Point("automl.files:_sync", "after", given=STATE),
    "complete-not-recorded": Point(f"{STUDY}.complete"),
    "complete-not-told": Point(f"{OPTUNA}.tell"),
    "complete": Point(f"{STUDY}.complete", "after"),
    "second-complete-not-told": Point(f"{OPTUNA}.tell", nth=2),
    # The end.
    "all-complete": Point(f"{STUDY}.complete", "after", nth=3),
    "final-not-begun": Point("automl.search.final:train_final"),
    "final-first-epoch": Point("automl.progress.guard:Guarded.final_epoch_ended"),
    "final-not-renamed": Point("automl.files:_sync", "after", given=file_like("final", ".keras")),
    "final-trained": Point("automl.search.final:train_final", "after"),
    "bundle-by-half": Point("automl.export.bundle:_sum_of"),
    "bundle-not-renamed": Point("automl.files:_put", given=lambda _aside, target: target.name == "model"),
    "bundle-written": Point("automl.export.bundle:write_bundle", "after"),
    "not-finished": Point(f"{STUDY}.finish_run"),
    "finished": Point(f"{STUDY}.finish_run", "after"),
    # A run that is continued, or extended.
    "claimed": Point(f"{LEDGER}.claim", "after"),
    "orphan-not-queued": Point("automl.study.reconcile:reconcile"),
    "orphan-queued-by-half": Point(f"{OPTUNA}.enqueue", "after", within="automl.study.reconcile:reconcile"),
    "orphan-recorded": Point(f"{LEDGER}.orphan", "after"),
    "orphan-told": Point(f"{OPTUNA}.tell", "after", within="automl.study.reconcile:reconcile"),
    "old-bundle-retired": Point("pathlib:Path.rename", "after", given=lambda path, _to: path.name == "model"),
    "reconciled": Point("automl.study.reconcile:reconcile", "after"),
}


def arm(name: str) -> None:
    """Let this process die at a point."""
    point = POINTS[name]
    inside = [] if point.within else [0]
    if point.within:
        _replace(point.within, lambda function: _marking(function, inside))
    _replace(point.target, lambda function: _deadly(function, point, name, inside))


def _deadly(function: Callable[..., Any], point: Point, name: str, inside: list[int]) -> Callable[..., Any]:
    calls = 0

    @functools.wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        nonlocal calls
        meant = bool(inside) and point.given(*args, **named)
        calls += meant
        now = meant and calls == point.nth
        if now and point.when == "before":
            _die(name)
        result = function(*args, **named)
        if now:
            _die(name)
        return result

    return wrapped


def _marking(function: Callable[..., Any], inside: list[int]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **named: Any) -> Any:
        inside.append(0)
        try:
            return function(*args, **named)
        finally:
            inside.pop()

    return wrapped


def _replace(target: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put a wrapper in a function's place, under every name that modules of the package know it by."""
    module_name, _, path = target.partition(":")
    *outer, name = path.split(".")
    owner: Any = importlib.import_module(module_name)
    for part in outer:
        owner = getattr(owner, part)
    kept = inspect.getattr_static(owner, name)
    if isinstance(kept, classmethod | staticmethod):
        setattr(owner, name, type(kept)(wrap(kept.__func__)))
        return
    wrapped = wrap(kept)
    setattr(owner, name, wrapped)
    for module in [module for known, module in sys.modules.items() if known.startswith("automl")]:
        for alias in [alias for alias, value in vars(module).items() if value is kept]:
            setattr(module, alias, wrapped)


def _die(name: str) -> None:
    os.write(_STDERR, f"kill_at: {name}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """The command behind the first argument, which names the point."""
    from automl.cli import main as automl

    name, sys.argv = sys.argv[1], ["automl", *sys.argv[2:]]
    for module in ("automl.run", "automl.training", "automl.progress"):
        importlib.import_module(module)  # so that every name of a function is known before it is replaced
    arm(name)
    automl()


if __name__ == "__main__":
    main()
