"""The state of Keras and of its backend during one job: memory, precision, seeds, and nothing left behind."""

from __future__ import annotations

import gc
import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np

_log = logging.getLogger("automl.training")

Precision = Literal["float32", "mixed_float16"]


def precision() -> Precision:
    """What to compute in: half precision with float32 weights on a GPU, float32 on a CPU."""
    import keras

    try:
        gpus = keras.distribution.list_devices("gpu")
    except RuntimeError:  # JAX without a GPU says so with an exception
        gpus = []
    return "mixed_float16" if gpus else "float32"


@contextmanager
def session(seed: int, dtype: Precision) -> Iterator[None]:
    """Seed everything a network draws from and compute in ``dtype``; restore and clear all of it at the end.

    Python's and NumPy's own generators are seeded too, because Keras draws the seeds of layers from them, and get
    their state back: a job in the person's process does not change the person's random numbers.
    """
    import keras

    python_state, numpy_state = random.getstate(), np.random.get_state()
    policy = keras.config.dtype_policy()
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        keras.utils.clear_session(free_memory=False)  # True collects as well: once is enough, it takes 0.5 s
        gc.collect()


@contextmanager
def computing_in(dtype: Precision) -> Iterator[None]:
    """Layers made in the body compute in ``dtype``."""
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
