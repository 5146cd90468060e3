"""What a person sees of a search while it runs; everything goes to stderr and nothing here can end a search."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from automl.events import Events
from automl.progress.forward import Everyone
from automl.progress.guard import Guarded
from automl.progress.lines import LineProgress

__all__ = ["Guarded", "LineProgress", "make_progress"]


def make_progress(*, quiet: bool = False, events_file: Path | None = None, tensorboard: Path | None = None) -> Events:
    """The display that suits where stderr goes (a live frame, a notebook's output, plain lines), and files.

    >>> type(make_progress(quiet=True)).__name__
    'Events'

    Args:
        quiet: Whether nothing is displayed.
        events_file: Where every event is written as a line of JSON.
        tensorboard: Folder for TensorBoard's logs.

    Raises:
        ConfigError: One of them cannot be written, or needs a library that is not there.
    """
    shown = [] if quiet else [Guarded(_display())]
    written: list[Events] = []
    if events_file is not None:
        from automl.progress.journal import Journal

        written.append(Guarded(Journal(events_file), _complaint(shown, f"{events_file} is not written any more")))
    if tensorboard is not None:
        from automl.progress.board import Board

        written.append(Guarded(Board(tensorboard), _complaint(shown, "TensorBoard's logs are not written any more")))
    listeners = [*shown, *written]
    return Everyone(listeners) if len(listeners) > 1 else listeners[0] if listeners else Events()


def _complaint(displays: list[Guarded], what: str) -> Callable[[str], None]:
    """Says on the displays what went wrong; the search goes on."""

    def complain(why: str) -> None:
        for display in displays:
            display.warning(f"{what}: {why}")

    return complain


def _display() -> Events:
    from automl.progress.notebook import NotebookProgress, in_notebook

    if in_notebook():
        return NotebookProgress()
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return LineProgress()
    from automl.progress.live import LiveProgress

    return LiveProgress()
