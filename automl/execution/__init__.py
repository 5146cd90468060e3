"""Where jobs run: in a thread of this process or in a worker process, behind one small protocol."""

from __future__ import annotations

from pathlib import Path

from automl.errors import ConfigError
from automl.execution.base import Event, Executor
from automl.execution.process import ProcessExecutor
from automl.execution.thread import ThreadExecutor

__all__ = ["Event", "Executor", "ProcessExecutor", "ThreadExecutor", "make_executor"]


def make_executor(workers: int, *, log_dir: Path) -> Executor:
    """An executor, not started yet.

    Args:
        workers: 0: a thread in this process; 1: one worker process.
        log_dir: Where workers write what libraries say.

    Raises:
        ConfigError: Any other number.
    """
    if workers == 0:
        return ThreadExecutor()
    if workers == 1:
        return ProcessExecutor(log_dir=log_dir)
    raise ConfigError(f"workers is {workers}; use 1 for a worker process or 0 to train in this process")
