"""How to go on with a run, as a person would type it from where they are."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from automl.ops import own_layers
from automl.study import RunFolder
from automl.study.urls import lost_password

# For one whose time is over.
MORE_TIME: Mapping[str, str] = MappingProxyType({"time_budget": "+10m"})
# For one whose trials are done, and came to nothing.
MORE_TRIALS: Mapping[str, str] = MappingProxyType({"trials": "+20"})


def near(path: Path) -> Path:
    """As one would type it from here: relative below the current folder, else absolute."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def resume_command(folder: RunFolder, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """The command that continues a run, or the call where only this program knows the layers of its networks.

    A password in the database's URL is never kept, so it must be given again.

    Args:
        folder: Of the run.
        more: Further arguments of ``resume_search``, such as ``time_budget="+10m"``.
    """
    run = str(near(folder.path))
    secret = folder.storage is not None and lost_password(folder.shown_url)
    if all(op.travels for op in own_layers()):
        words = [word for name, value in more.items() for word in (f"--{name.replace('_', '-')}", value)]
        return shlex.join(["automl", "resume", run, *words]) + (" --storage URL" if secret else "")
    arguments = "".join(f", {name}={value!r}" for name, value in more.items())
    return f"automl.resume_search({run!r}{arguments}{', storage=URL' if secret else ''})"
