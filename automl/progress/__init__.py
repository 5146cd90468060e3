"""What a person sees of a search while it runs; everything goes to stderr and nothing here can end a search."""

from __future__ import annotations

import os
import sys

from automl.events import Events
from automl.progress.guard import Guarded
from automl.progress.lines import LineProgress

__all__ = ["Guarded", "LineProgress", "make_progress"]


def make_progress(*, quiet: bool = False) -> Events:
    """The display that suits where stderr goes: a live frame, a notebook's output, or plain lines.

    >>> type(make_progress(quiet=True)).__name__
    'Events'
    """
    return Events() if quiet else Guarded(_display())


def _display() -> Events:
    from automl.progress.notebook import NotebookProgress, in_notebook

    if in_notebook():
        return NotebookProgress()
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return LineProgress()
    from automl.progress.live import LiveProgress

    return LiveProgress()
