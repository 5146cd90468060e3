"""Starting Keras and its backend in this process: quietly, and without taking all of a GPU's memory."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from automl.quiet import quiet_import

_log = logging.getLogger("automl.backend")


def start_keras() -> None:
    """Import Keras so that it takes GPU memory as it needs it, not all at once; a no-op when that is done.

    JAX reads an environment variable when it is imported, TensorFlow wants to be told before its first operation.
    """
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    with quiet_import():
        import keras

        if keras.backend.backend() == "tensorflow":
            _grow_memory()
        keras.ops.zeros(())  # the first operation starts the devices, which is when TensorFlow speaks again


@contextmanager
def no_retracing_warnings() -> Iterator[None]:
    """TensorFlow does not warn in the body that functions are traced again: every network here is a new one, and is.

    >>> with no_retracing_warnings():
    ...     logging.getLogger("tensorflow").warning("5 out of the last 5 calls triggered tf.function retracing.")
    """
    logger = logging.getLogger("tensorflow")

    def other(record: logging.LogRecord) -> bool:
        return "triggered tf.function retracing" not in record.getMessage()

    logger.addFilter(other)
    try:
        yield
    finally:
        logger.removeFilter(other)


def _grow_memory() -> None:
    import tensorflow as tf

    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:  # the person's own code has used the GPU in this process already
            _log.info("GPU memory growth stays as it is: TensorFlow has already started")
