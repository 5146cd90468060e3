"""Passing on what is told of one part of the data, under its name."""

from __future__ import annotations

from automl.events import Events


class Of(Events):
    """What is told of one input, or of one fold, under its name.

    Args:
        events: Who is told.
        name: What to begin warnings with.
    """

    def __init__(self, events: Events, name: str) -> None:
        self._events = events
        self._name = name

    def preparing(self, what: str, done: int, total: int) -> None:
        """See ``Events``."""
        self._events.preparing(what, done, total)

    def warning(self, message: str) -> None:
        """See ``Events``."""
        self._events.warning(f"{self._name}: {message}")
