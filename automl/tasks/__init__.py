"""Tasks: what differs between kinds of data and kinds of answers.

>>> names()[-2:]
('text-classify', 'text-regress')
>>> get("image-classify").default_objective
'val_accuracy'
"""

from __future__ import annotations

from automl.data.label_sets import is_label_sets
from automl.errors import ConfigError, did_you_mean
from automl.tasks.answers import Classes, Labels, Numbers
from automl.tasks.base import Goal, Task
from automl.tasks.forecast import SeriesForecast
from automl.tasks.image import ImageClassify, ImageLabel, ImageRegress
from automl.tasks.multi import Multi
from automl.tasks.series import SeriesClassify, SeriesRegress
from automl.tasks.tabular import TabularClassify, TabularLabel, TabularRegress
from automl.tasks.text import TextClassify, TextLabel, TextRegress

__all__ = ["Goal", "Task", "get", "is_label_sets", "names"]

_ALL: tuple[Task, ...] = (
    ImageClassify(),
    ImageRegress(),
    Multi(
        {"image": ImageClassify(), "series": SeriesClassify(), "tabular": TabularClassify(), "text": TextClassify()},
        {"classes": Classes(), "labels": Labels(), "numbers": Numbers()},
    ),
    SeriesClassify(),
    SeriesForecast(),
    SeriesRegress(),
    TabularClassify(),
    TabularRegress(),
    TextClassify(),
    TextRegress(),
)
_TASKS: dict[str, Task] = {task.name: task for task in _ALL}
_OF_LABELS: dict[str, Task] = {task.name: task for task in (ImageLabel(), TabularLabel(), TextLabel())}


def names() -> tuple[str, ...]:
    """The names of all tasks, sorted."""
    return tuple(sorted(_TASKS))


def get(name: str, *, multi_label: bool = False) -> Task:
    """The task with this name.

    Args:
        name: As it is said on the command line.
        multi_label: Whether a row has any number of labels rather than one class.

    Raises:
        ConfigError: There is none, and the message says the nearest; or it knows no labels.
    """
    if name not in _TASKS:
        raise ConfigError(f"unknown task {name!r}; {did_you_mean(name, _TASKS)}")
    if not multi_label:
        return _TASKS[name]
    if name not in _OF_LABELS:
        raise ConfigError(f"{name} has no labels to give; these tasks have: {', '.join(sorted(_OF_LABELS))}")
    return _OF_LABELS[name]
