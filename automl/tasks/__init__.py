"""Tasks: what differs between kinds of data and kinds of answers.

>>> names()[-2:]
('text-classify', 'text-regress')
>>> get("image-classify").default_objective
'val_accuracy'
"""

from __future__ import annotations

from automl.errors import ConfigError, did_you_mean
from automl.tasks.base import Task
from automl.tasks.image import ImageClassify
from automl.tasks.series import SeriesClassify, SeriesRegress
from automl.tasks.tabular import TabularClassify, TabularRegress
from automl.tasks.text import TextClassify, TextRegress

__all__ = ["Task", "get", "names"]

_ALL: tuple[Task, ...] = (
    ImageClassify(),
    SeriesClassify(),
    SeriesRegress(),
    TabularClassify(),
    TabularRegress(),
    TextClassify(),
    TextRegress(),
)
_TASKS: dict[str, Task] = {task.name: task for task in _ALL}


def names() -> tuple[str, ...]:
    """The names of all tasks, sorted."""
    return tuple(sorted(_TASKS))


def get(name: str) -> Task:
    """The task with this name.

    Raises:
        ConfigError: There is none; the message says the nearest.
    """
    if name not in _TASKS:
        raise ConfigError(f"unknown task {name!r}; {did_you_mean(name, _TASKS)}")
    return _TASKS[name]
