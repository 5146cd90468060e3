"""What TensorFlow sees and how fast it is here, asked in a process of its own, which gives everything back.

``python -m automl.execution.probe gpus`` and ``... speed THREADS`` print one JSON document. Nothing is trained: the
speed is that of the forward and backward pass of some convolutions, norms and activations on made-up numbers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

# Starting TensorFlow takes some seconds, on a busy machine many.
_PATIENCE = 180.0
_ROWS, _SIDE, _CHANNELS, _BLOCKS = 64, 16, 32, 4
_SECONDS = 1.5


def ask(*question: str, gpus: str | None = None) -> Mapping[str, Any] | None:
    """The answer of a process of its own, or None where it did not come.

    Args:
        question: ``gpus``, or ``speed`` and a number of threads, 0 for the library's own.
        gpus: ``CUDA_VISIBLE_DEVICES`` for it; None leaves that as it is.
    """
    import os

    environment = os.environ if gpus is None else {**os.environ, "CUDA_VISIBLE_DEVICES": gpus}
    command = [sys.executable, "-P", "-m", "automl.execution.probe", *question]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=_PATIENCE, check=True)
        answer: Mapping[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    return answer


def _gpus() -> dict[str, Any]:
    from automl.backend import start_keras

    start_keras()
    import tensorflow as tf

    return {
        "gpus": [device.name for device in tf.config.list_physical_devices("GPU")],
        "built_with_cuda": bool(tf.test.is_built_with_cuda()),
    }


def _speed(threads: int) -> dict[str, float]:
    """FLOPs a second of training, and the seconds a step takes however small it is."""
    import tensorflow as tf

    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
    x = tf.random.stateless_normal((_ROWS, _SIDE, _SIDE, _CHANNELS), seed=(0, 0))
    kernels = [
        tf.Variable(tf.random.stateless_normal((3, 3, _CHANNELS, _CHANNELS), seed=(0, block)) / 17.0)
        for block in range(_BLOCKS)
    ]

    def one_step(rows: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            y = rows
            for kernel in kernels:
                y = tf.nn.conv2d(y, kernel, 1, "SAME")
                mean, variance = tf.nn.moments(y, axes=(0, 1, 2))
                y = tf.nn.relu((y - mean) * tf.math.rsqrt(variance + 1e-3))
            loss = tf.reduce_mean(tf.square(y))
        for kernel, gradient in zip(kernels, tape.gradient(loss, kernels), strict=True):
            kernel.assign_sub(1e-3 * gradient)
        return loss

    step = tf.function(one_step)
    whole, small = _seconds(step, x), _seconds(step, x[:1, :2, :2])
    per_row = _BLOCKS * 2 * 9 * _CHANNELS * _CHANNELS * _SIDE * _SIDE
    return {"flops_a_second": 3 * _ROWS * per_row / max(whole - small, 1e-6), "step_seconds": small}


def _seconds(step: Any, rows: Any) -> float:
    """Median seconds of a step, the first ones left out."""
    for _ in range(2):
        float(step(rows))
    times: list[float] = []
    until = time.perf_counter() + _SECONDS / 2
    while time.perf_counter() < until or len(times) < 3:
        began = time.perf_counter()
        float(step(rows))
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]


def main(question: str, *arguments: str) -> None:
    """Answer on stdout."""
    answer = _gpus() if question == "gpus" else _speed(int(arguments[0]))
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
