"""A display may break; the search behind it may not."""

from __future__ import annotations

import logging
from collections.abc import Callable

from automl.events import Events
from automl.progress.forward import Forwarding

logger = logging.getLogger("automl.progress")


class Guarded(Forwarding):
    """Passes every event on until the display behind it raises; from then on it is silent.

    >>> class Broken(Events):
    ...     def stopping(self, reason):
    ...         raise OSError("the terminal is gone")
    >>> Guarded(Broken()).stopping("time is up")

    Args:
        display: Who listens.
        complain: Told once why it is silent from now on, where the person should know.
    """

    def __init__(self, display: Events, complain: Callable[[str], None] | None = None) -> None:
        self._display: Events = display
        self._complain = complain

    def _tell(self, hook: str, *args: object) -> None:
        try:
            getattr(self._display, hook)(*args)
        except Exception as error:
            logger.info("the progress display failed in %s and is switched off: %r", hook, error)
            broken, self._display = self._display, Events()
            _close(broken)
            if self._complain is not None:
                self._complain(str(error))


def _close(display: Events) -> None:
    try:
        display.closed()  # gives the terminal its cursor back
    except Exception as error:
        logger.info("the progress display could not be closed: %r", error)
