"""Ctrl-C, and being asked to end by the system, as a question that the search answers when an epoch is over."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.events import Events

# Those that the platform has: Windows knows no hang-up.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupt:
    """Turns the first SIGINT, SIGTERM or SIGHUP into a flag, so that the best model so far is delivered.

    The second one ends at once, by KeyboardInterrupt with
    the first one's number. A SIGHUP that is ignored stays so: that is what ``nohup`` is for.
    Outside the main thread Python delivers no signals, and the flag can only be set by :meth:`request`.

    Attributes:
        requested: Whether the search should end.
        signal: Number of the signal that said so first; None without one.

    Example:
        >>> with Interrupt() as interrupt:
        ...     interrupt.requested
        False
    """

    def __init__(self) -> None:
        self.requested = False
        self.signal: int | None = None
        self._acknowledged = False
        self._previous: dict[int, Any] = {}

    def request(self) -> None:
        """Ask the search to finish its epoch and deliver."""
        self.requested = True

    @property
    def reason(self) -> str:
        """Why the search ends, or an empty text."""
        if not self.requested:
            return ""
        ctrl_c = self.signal in (None, signal.SIGINT)
        return "stopped by Ctrl-C" if ctrl_c else f"stopped by {signal.Signals(self.signal or 0).name}"

    def acknowledge(self, events: Events) -> None:
        """Say once that it was heard: a person who sees nothing presses it again, which ends without a model."""
        if self.requested and not self._acknowledged:
            self._acknowledged = True
            events.warning("finishing the epoch, then delivering the best model; Ctrl-C again ends at once")

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._previous.clear()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt(self.signal)
        self.requested, self.signal = True, number
