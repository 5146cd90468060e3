"""What goes wrong inside Keras, in words: exceptions become ``TrialFailure``.

Guards stand around the calls into Keras and nowhere else, so that a mistake of this package is never taken for a bad
trial.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from automl.errors import AutoMLError, TrialFailure
from automl.jobs import Failure, FailureKind

_MOST_TEXT = 2000  # characters of a message: TensorFlow appends whole graphs

_ADVICE: dict[FailureKind, str] = {
    "build_error": "This network cannot be built or compiled; the search goes on without it.",
    "data_error": "Check that the prepared data still exists and is readable; another run prepares it again.",
    "train_error": "See the trial's traceback; the search goes on without it.",
    "oom_gpu": "The GPU's memory does not suffice: smaller batches, smaller networks, or fewer programs on the GPU.",
    "oom_ram": "The memory does not suffice: smaller batches, smaller networks, or close other programs.",
    "nan_loss": "A smaller learning rate or a clip_norm usually helps; also look for extreme values in the data.",
}


@contextmanager
def guard(kind: FailureKind, doing: str, *, only: tuple[type[Exception], ...] = (Exception,)) -> Iterator[None]:
    """Turn whatever the body raises into a ``TrialFailure`` of ``kind``, or of the memory that ran out.

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
        actual = _memory(error) or kind
        text = str(error) if isinstance(error, AutoMLError) else f"{type(error).__name__}: {error}"
        message = f"could not {doing}: {text[:_MOST_TEXT]}"
        raise TrialFailure(actual, message, advice=_ADVICE[actual]) from error


def not_finite(what: str) -> TrialFailure:
    """The failure of a training that left the real numbers."""
    return TrialFailure("nan_loss", what, advice=_ADVICE["nan_loss"])


def as_message(failure: TrialFailure) -> Failure:
    """The failure as it travels, with the traceback of what caused it."""
    return Failure.model_validate(
        {
            "kind": failure.kind,
            "message": failure.message,
            "advice": failure.advice,
            "transient": failure.transient,
            "traceback": "".join(traceback.format_exception(failure)),
        }
    )


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
