"""A layer that does what no layer should; imported by the searches of ``test_bad_trials.py``.

The deeds are done while the training step is traced, in the worker; shapes and cost are said beforehand, so that the
coordinator never meets them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time

import keras

from automl.ops import Cost, register_layer

FITS_THE_GPU = 32  # rows
MOST = 40  # blocks of 100 MB that the hog takes: the test's machine is to survive it
_held: list[bytearray] = []


@register_layer("bad", infer=lambda op, x: x, cost=lambda op, x: Cost())
class Bad(keras.Layer):
    """Passes its input on, unless it is told otherwise.

    Args:
        deed: What to do; ``none`` is a good layer.
    """

    def __init__(self, deed: str = "none", **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.deed = deed

    def call(self, x, training=None):
        if self.deed == "nan_validation":
            return x if training else x * float("nan")
        if not training:
            return x
        match self.deed:
            case "nan":
                return x * float("nan")
            case "gpu_memory":
                refuse_on_gpu(x.shape[0])
            case "none":
                pass
            case deed:
                globals()[deed]()
        return x

    def get_config(self):
        return super().get_config() | {"deed": self.deed}


def mistake() -> None:
    raise ValueError("the person's own mistake")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def segfault() -> None:
    ctypes.string_at(0)


def sleep() -> None:
    time.sleep(900)


def hang() -> None:
    ctypes.PyDLL(None).sleep(900)  # in C, with the interpreter's lock held: no thread of this process runs any more


def hog() -> None:
    for _ in range(MOST):
        _held.append(bytearray(os.urandom(1)) * 100_000_000)
        time.sleep(0.02)
    time.sleep(900)


def children() -> None:
    """A child that leaves a child of its own, one in the worker's process group and one in a session of its own."""
    sleeper = "import time; time.sleep(900)"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {sleeper!r}])"
    subprocess.run([sys.executable, "-c", code], check=True)
    subprocess.run([sys.executable, "-c", code], check=True, start_new_session=True)


def refuse_on_gpu(rows: int) -> None:
    import tensorflow as tf

    if rows > FITS_THE_GPU:
        raise tf.errors.ResourceExhaustedError(None, None, f"OOM when allocating {rows} rows on /device:GPU:0")
