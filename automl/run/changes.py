"""A run goes on as it began: what may not change, and what to say when it did."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from automl.config import Columns, SearchConfig
from automl.errors import ConfigError, SpaceError
from automl.ops import own_layers
from automl.run.command import Command, is_shipped
from automl.run.hints import near
from automl.space import Space
from automl.study import RunFolder, RunRecord
from automl.study.urls import shown_url, sqlite_path, sqlite_url

if TYPE_CHECKING:
    from automl.tasks import Task

# Lines of a difference that are shown; who changed more knows what.
SHOWN_LINES = 60


def refuse_changes(asked: SearchConfig, folder: RunFolder, run: RunRecord, kept: Command) -> None:
    """Refuse to continue with what would make old and new trials two different searches.

    What is not said (None, or a seed that was drawn) is taken from the run.

    Raises:
        ConfigError: It names both values of everything that changed.
    """
    pairs: list[tuple[str, object, object]] = [("--task", run.task, asked.task)]
    if asked.objective is not None:
        pairs.append(("--objective", run.objective, asked.objective))
    if asked.seeded:
        pairs.append(("--seed", run.seed, asked.seed))
    if asked.max_epochs is not None:
        pairs.append(("--max-epochs", kept.max_epochs or "not given", asked.max_epochs))
    if asked.columns != Columns():
        pairs += [
            (f"--{field.name.replace('_', '-')}", getattr(kept.columns, field.name), getattr(asked.columns, field.name))
            for field in fields(Columns)
        ]
    if asked.folds is not None:
        pairs.append(("--folds", kept.folds or "not given", asked.folds))
    if asked.class_weight is not None:
        pairs.append(("--class-weight", kept.class_weight or "not given", asked.class_weight))
    if asked.loss is not None:
        pairs.append(("--loss", kept.loss or "not given", asked.loss))
    if asked.metrics:
        pairs.append(("--metric", ", ".join(kept.metrics) or "not given", ", ".join(asked.metrics)))
    if asked.study not in (None, kept.study, folder.study):
        pairs.append(("--study", folder.study, asked.study))
    refuse(folder, pairs)


def refuse(folder: RunFolder, pairs: Sequence[tuple[str, object, object]]) -> None:
    """Refuse to continue where one of the options ``(name, before, now)`` changed.

    Raises:
        ConfigError: It names both values of everything that changed.
    """
    changed = [f"{name} was {old}, now it is {new}" for name, old, new in pairs if old != new]
    if changed:
        raise ConfigError(
            f"{near(folder.path)} holds a run of another search: {'; '.join(changed)}. Ask for the same as before, "
            "or choose another folder with --out"
        )


def refuse_other_storage(storage: str | None, folder: RunFolder) -> None:
    """Refuse a database that is not the run's; ``folder`` is the run as ``run.json`` says.

    Raises:
        ConfigError: It names both.
    """
    if storage is None:
        return
    path = sqlite_path(storage)
    given = shown_url(storage) if path is None else sqlite_url(path)
    kept = sqlite_url(folder.database) if folder.database else folder.shown_url
    if given != kept:
        raise ConfigError(f"--storage was {kept}, now it is {given}; leave it out, or give the run's own")


def settled_space(asked: SearchConfig, run: RunRecord, kept: Command, task: Task) -> tuple[Space, bool]:
    """The space to go on with, and whether it is another one than that of ``run``, to be adopted.

    A shipped space is what it was when the run began, also where a newer version of this package ships another one; so
    is a file that is not there any more and a space from Python that is not given again.

    Raises:
        ConfigError: It changed, and ``adopt`` is not asked for; the message shows how.
        SpaceError: It is not valid any more.
    """
    if kept.adopting is not None:
        named = None if asked.space is None else _space_now(asked, kept, task)
        return named or kept_space(kept), True
    before = _parsed(run.space_text, kept.space or run.space_name, kept)
    now = _space_now(asked, kept, task)
    if now is None or now == before:
        return before, False
    if task.several and (now.inputs, now.outputs) != (before.inputs, before.outputs):
        raise ConfigError(
            "the space names other inputs or outputs, losses or loss weights than when this run began, and its trials "
            "cannot be compared with new ones: search into another folder with --out"
        )
    if asked.adopt:
        return now, True
    lines = list(
        difflib.unified_diff(
            before.source.splitlines(), now.source.splitlines(), "the run's space", now.file, lineterm="", n=2
        )
    )
    more = [f"... {len(lines) - SHOWN_LINES} more lines"] if len(lines) > SHOWN_LINES else []
    raise ConfigError(
        "\n".join(
            [
                "the search space has changed since this run began:",
                *lines[:SHOWN_LINES],
                *more,
                "undo the change, or take over the trials that are still valid into a new study with --adopt",
            ]
        )
    )


def kept_space(kept: Command) -> Space:
    """The space that a run keeps the text of: one from Python, or one that was about to be adopted.

    Raises:
        ConfigError: It needs layers that are not known here.
    """
    return _parsed(kept.space_text, kept.space or "the run's space", kept)


def _parsed(text: str, name: str, kept: Command) -> Space:
    """The space of a run from its text, or the layers of the person's own that are missing here."""
    try:
        return Space.parse(text, filename=name)
    except SpaceError:
        known = {op.origin for op in own_layers()}
        missing = [origin for origin in kept.layers if origin not in known]
        if not missing:
            raise
        bound = [origin for origin in missing if origin.startswith("__main__:") or "<locals>" in origin]
        if bound:
            raise ConfigError(
                f"the space needs {', '.join(bound)}, which only the program that began this run knows: it can be "
                "continued from there alone; a layer in a module of its own can be imported from everywhere"
            ) from None
        modules = ",".join(dict.fromkeys(origin.partition(":")[0] for origin in missing))
        raise ConfigError(
            f"the space needs {', '.join(missing)}; import what registers them: --import {modules}"
        ) from None


def _space_now(asked: SearchConfig, kept: Command, task: Task) -> Space | None:
    """The space as it is asked for now; None where nothing says that it is another one than the run's."""
    if isinstance(asked.space, Space):
        return asked.space
    before = None if kept.space_text else kept.space or task.default_space
    named = before if asked.space is None else asked.space
    if named is None:
        return None
    if is_shipped(named):
        return Space.load(named) if asked.adopt or named != before else None
    gone = asked.space is None and not Path(named).is_file()
    return None if gone else Space.load(named)
