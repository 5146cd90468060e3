"""Progress on a terminal: a frame that is redrawn in place, and lines above it for what should stay."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from automl.progress.folding import FrameProgress
from automl.progress.frame import draw

_CTRL_C = 3  # columns kept free: the terminal's "^C" must not begin a line that rich does not know of
_LAST = 1  # lines kept free: clearing a frame as high as the terminal would scroll a line of it away


class LiveProgress(FrameProgress):
    """Bars for the budget and every running trial, the best three, and how long it will still take.

    Args:
        console: Where to draw; None for the terminal behind ``sys.stderr``.
        now: The clock, in seconds.
    """

    def __init__(self, console: Console | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(now=now)
        self._file = None if console else _own_stderr()
        self._console = console or Console(file=self._file)
        self._live = Live(_Frame(self), console=self._console, transient=True, redirect_stdout=False)

    def show(self, *, passing: bool = False) -> None:  # noqa: ARG002
        """Start drawing at the first event; later ones are picked up by rich's refreshes."""
        self._live.start()

    def say(self, line: str, *, style: str = "") -> None:
        """Print a line above the frame."""
        self._console.print(Text(" ".join(line.split()), style=style))

    def closed(self) -> None:
        """Clear the frame and give the cursor back."""
        self._live.stop()
        if self._file is not None:
            self._file.close()


class _Frame:
    """What rich asks for the picture at each refresh, so that clocks run between events too."""

    def __init__(self, progress: LiveProgress) -> None:
        self._progress = progress

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        try:
            width, height = options.max_width - _CTRL_C, options.size.height - _LAST
            view, plain = self._progress.view, options.ascii_only
            yield draw(view, self._progress.now(), width, height, today=time.time(), plain=plain)
        except Exception as error:  # rich draws in a thread of its own, where nothing could catch it
            yield Text(f"(progress cannot be drawn: {error})", style="dim")


def _own_stderr() -> TextIO:
    """Another handle on the terminal: fd 2 itself points elsewhere while TensorFlow is imported in this process."""
    return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding, errors="replace")
