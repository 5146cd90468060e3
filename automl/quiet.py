"""Importing TensorFlow without its start-up messages, which no setting switches off."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO, cast

_STDERR = 2
_lock = threading.RLock()
_inside = False


@contextmanager
def quiet_import() -> Iterator[None]:
    """What C++ libraries write to file descriptor 2 in the body is not shown, unless the body raises.

    Python's own ``sys.stderr`` keeps reaching the terminal, so a progress display in another thread goes on. A thread
    that comes second waits; in the same thread a second one within the first does nothing.

    >>> with quiet_import():
    ...     import json
    """
    global _inside  # noqa: PLW0603  file descriptor 2 belongs to the whole process, and so does this
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _lock:
        if _inside:
            yield
            return
        _inside = True
        try:
            with _captured():
                yield
        finally:
            _inside = False


@contextmanager
def _captured() -> Iterator[None]:
    try:
        original = os.dup(_STDERR)
    except OSError:  # no stderr at all (a daemon, pythonw): nobody to keep quiet for
        yield
        return
    with ExitStack() as stack, tempfile.TemporaryFile() as captured:
        stack.callback(os.close, original)
        stack.enter_context(_python_writes_to(original))
        os.dup2(captured.fileno(), _STDERR)
        stack.callback(os.dup2, original, _STDERR)
        try:
            yield
        except BaseException:
            captured.seek(0)
            os.write(original, captured.read())
            raise


@contextmanager
def _python_writes_to(descriptor: int) -> Iterator[None]:
    """``sys.stderr`` writes to ``descriptor``, if it is the plain one that writes to file descriptor 2."""
    plain = sys.stderr
    try:
        swap = plain is not None and plain.fileno() == _STDERR
    except (OSError, ValueError, AttributeError):  # replaced by a notebook or a test: not in the way
        swap = False
    if not swap:
        yield
        return
    plain.flush()
    with os.fdopen(os.dup(descriptor), "w", buffering=1, encoding=plain.encoding, errors=plain.errors) as stream:
        swapped = _Stderr(stream)
        sys.stderr = stand_in = cast(TextIO, swapped)
        try:
            yield
        finally:
            swapped.target = plain
            if sys.stderr is stand_in:
                sys.stderr = plain


class _Stderr:
    """Stands for ``sys.stderr`` during an import. Log handlers that the import makes keep it, so it must stay open."""

    def __init__(self, target: TextIO) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)
