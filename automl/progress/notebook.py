"""Progress in a notebook: one output below the cell, updated in place; needs nothing but IPython."""

from __future__ import annotations

import importlib
import io
import math
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

from rich.console import Console

from automl.progress.folding import FrameProgress
from automl.progress.frame import draw

_WIDTH = 80
_PAUSE = 0.25  # seconds between two pictures: every one is a message that the notebook keeps up with


class Output(Protocol):
    """What ``IPython.display.display(..., display_id=True)`` returns."""

    def update(self, obj: Any, **kwargs: Any) -> None:
        """Replace what is shown."""


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook (and not a terminal's IPython)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class NotebookProgress(FrameProgress):
    """The terminal's frame as text that is updated; lines on stderr for what should stay.

    Args:
        display: Shows a text and returns its handle; None for IPython's.
        now: The clock, in seconds.
    """

    def __init__(
        self, display: Callable[[str], Output] | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(now=now)
        self._display = display or _display
        self._output: Output | None = None
        self._shown = -math.inf

    def show(self, *, passing: bool = False) -> None:
        """Replace the output below the cell; a passing state is left out when another was shown just now."""
        if passing and self.now() - self._shown < _PAUSE:
            return
        self._shown = self.now()
        page = io.StringIO()
        console = Console(file=page, width=_WIDTH, color_system=None, force_jupyter=False, force_terminal=False)
        console.print(draw(self.view, self.now(), _WIDTH, today=time.time()))
        text = page.getvalue()
        if self._output is None:
            self._output = self._display(text)
        else:
            self._output.update({"text/plain": text}, raw=True)

    def say(self, line: str, *, style: str = "") -> None:  # noqa: ARG002
        """Print a line, without its colour."""
        sys.stderr.write(f"{' '.join(line.split())}\n")


def _display(text: str) -> Output:
    ipython = importlib.import_module("IPython.display")
    output: Output = ipython.display({"text/plain": text}, raw=True, display_id=True)
    return output
