"""Ctrl-C as a question that the search answers when an epoch is over."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.events import Events


class Interrupt:
    """Turns the first SIGINT into a flag, so that the best model so far is delivered; the second one ends at once.

    Outside the main thread Python delivers no signals, and the flag can only be set by :meth:`request`.

    Example:
        >>> with Interrupt() as interrupt:
        ...     interrupt.requested
        False
    """

    def __init__(self) -> None:
        self.requested = False
        self._acknowledged = False
        self._previous: Any = None
        self._installed = False

    def request(self) -> None:
        """Ask the search to finish its epoch and deliver."""
        self.requested = True

    def acknowledge(self, events: Events) -> None:
        """Say once that Ctrl-C was heard: a person who sees nothing presses it again, which ends without a model."""
        if self.requested and not self._acknowledged:
            self._acknowledged = True
            events.warning("finishing the epoch, then delivering the best model; Ctrl-C again ends at once")

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._on_signal)
            self._installed = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._installed:
            signal.signal(signal.SIGINT, self._previous)
            self._installed = False

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
