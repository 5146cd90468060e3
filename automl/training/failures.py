"""What goes wrong inside Keras, in words: exceptions become ``TrialFailure``.

Guards stand around the calls into Keras and nowhere else, so that a mistake of this package is never taken for a bad
trial.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from automl.errors import AutoMLError
from automl.failures import Failure, FailureKind, TrialFailure

_MOST_TEXT = 2000  # characters of a message: TensorFlow appends whole graphs
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # Keras prints what a layer raised in bold
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DISK_FULL_TEXTS = ("No space left on device", "Disk quota exceeded", "File too large")  # HDF5 and TensorFlow cite them


@contextmanager
def guard(kind: FailureKind, doing: str, *, only: tuple[type[Exception], ...] = (Exception,)) -> Iterator[None]:
    """Turn whatever the body raises into a ``TrialFailure`` of ``kind``, or of the disk or the memory that ran out.

    Args:
        kind: What a failure here means.
        doing: What was being done, for the message: "build the network".
        only: What is caught. Around code of this package it is what the machine can do to it; the rest is our mistake.
    """
    try:
        yield
    except TrialFailure:
        raise
    except only as error:
        actual = _disk(error) or _memory(error) or kind
        text = str(error) if isinstance(error, AutoMLError) else f"{type(error).__name__}: {error}"
        text = _COLOUR.sub("", text)[:_MOST_TEXT]
        raise TrialFailure(Failure.of(actual, f"could not {doing}: {text}")) from error


def not_finite(what: str) -> TrialFailure:
    """The failure of a training that left the real numbers."""
    return TrialFailure(Failure.of("nan_loss", what))


def as_message(failure: TrialFailure) -> Failure:
    """The failure as it travels, with the traceback of what caused it."""
    return failure.failure.model_copy(update={"traceback": "".join(traceback.format_exception(failure))})


def _disk(error: BaseException | None) -> FailureKind | None:
    """Whether a disk ran full, also when that is what an error arose from: closing a half-written file fails too."""
    while error is not None:
        full = isinstance(error, OSError) and error.errno in _DISK_FULL
        if full or any(text in str(error) for text in _DISK_FULL_TEXTS):
            return "disk_full"
        error = error.__cause__ or error.__context__
    return None


def _memory(error: Exception) -> FailureKind | None:
    """Which memory ran out, if any did; by name and text, as every backend has its own exception."""
    if isinstance(error, MemoryError):
        return "oom_ram"
    name, text = type(error).__name__, str(error)
    exhausted = name in ("ResourceExhaustedError", "OutOfMemoryError") or "RESOURCE_EXHAUSTED" in text
    if not exhausted:
        return None
    on_gpu = any(word in text for word in ("GPU", "gpu", "CUDA"))
    return "oom_gpu" if on_gpu else "oom_ram"
