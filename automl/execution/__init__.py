"""Where jobs run: in a thread of this process or in a worker process, behind one small protocol."""

from __future__ import annotations

from pathlib import Path

from automl.config import Limits
from automl.execution.base import Event, Executor
from automl.execution.crew import Crew, lack_of_memory, plan_crew
from automl.execution.process import ProcessExecutor
from automl.execution.thread import ThreadExecutor

__all__ = [
    "Crew",
    "Event",
    "Executor",
    "ProcessExecutor",
    "ThreadExecutor",
    "lack_of_memory",
    "make_executor",
    "plan_crew",
]


def make_executor(crew: Crew, *, log_dir: Path, limits: Limits) -> Executor:
    """An executor, not started yet.

    Args:
        crew: Who trains; see :func:`plan_crew`.
        log_dir: Where workers write what libraries say.
        limits: What workers may use; a thread in this process cannot be kept to them.
    """
    if crew.workers == 0:
        return ThreadExecutor()
    return ProcessExecutor(crew, log_dir=log_dir, limits=limits)
