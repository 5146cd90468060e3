"""``run.json``: what a run's folder says about itself, and what to say where there is none."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from automl.errors import StudyError, did_you_mean

FORMAT_VERSION = 1
MANIFEST = "run.json"
DATABASE = "study.db"

_FIELDS = {"storage": str, "study": str, "task": str, "created": str, "versions": dict, "command": dict, "part": int}
_LATER: dict[str, Any] = {"command": {}, "part": 1}  # the first version of this package wrote none


def read_manifest(path: Path) -> dict[str, Any]:
    """What ``run.json`` says.

    Raises:
        StudyError: It is damaged, or a newer version of this package wrote it.
    """
    try:
        document = _LATER | json.loads(path.read_text(encoding="utf-8"))
        found = int(document["format_version"])
        if found <= FORMAT_VERSION and not all(isinstance(document.get(name), kind) for name, kind in _FIELDS.items()):
            raise ValueError("something is missing")
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StudyError(f"{path} is damaged ({error}); restore it from a copy") from None
    if found > FORMAT_VERSION:
        raise StudyError(f"{path} has format {found}, this package knows {FORMAT_VERSION} at most; update automl")
    return dict(document)


def holds_run(folder: Path | None) -> bool:
    """Whether a folder holds a run, which a search into it continues."""
    return folder is not None and (folder / MANIFEST).is_file()


def nearest_run(folder: Path) -> str:
    """The end of a message about a folder that is no run: the nearest thing to do."""
    if folder.name in (DATABASE, MANIFEST) and folder.is_file():
        return f"give the folder it stands in: {folder.parent}"
    inside = _runs_in(folder)
    if inside:
        return f"give one of the runs in it: {', '.join(inside[:5])}"
    beside = _runs_in(folder.parent)
    if not folder.exists() and beside:
        return did_you_mean(folder.name, beside)
    return (
        "a run is a folder that a search made, with a run.json in it" if folder.exists() else "there is no such folder"
    )


def _runs_in(folder: Path) -> list[str]:
    with suppress(OSError):
        return sorted(found.parent.name for found in folder.glob(f"*/{MANIFEST}"))
    return []
