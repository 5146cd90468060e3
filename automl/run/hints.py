"""How to go on with a run, as a person would type it from where they are."""

from __future__ import annotations

import shlex
from pathlib import Path

from automl.study import RunFolder
from automl.study.urls import lost_password

# Words for one whose time is over.
MORE_TIME = ("--time-budget", "+10m")


def near(path: Path) -> Path:
    """As one would type it from here: relative below the current folder, else absolute."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def resume_command(folder: RunFolder, *more: str) -> str:
    """The command that continues a run; a password in the database's URL is never kept, so it must be given again.

    Args:
        folder: Of the run.
        more: Further words, such as ``--time-budget`` and ``+10m``.
    """
    command = shlex.join(["automl", "resume", str(near(folder.path)), *more])
    secret = folder.storage is not None and lost_password(folder.shown_url)
    return f"{command} --storage URL" if secret else command
