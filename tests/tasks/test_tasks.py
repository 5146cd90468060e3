"""The registry of tasks, and what every task says of itself."""

from __future__ import annotations

import pytest

from automl import tasks
from automl.errors import ConfigError


def test_tasks_are_found_by_name() -> None:
    kinds = ("image", "series", "tabular", "text")
    assert {f"{kind}-{answer}" for kind in kinds for answer in ("classify", "regress")} <= set(tasks.names())
    assert tasks.names() == tuple(sorted(tasks.names()))
    for name in tasks.names():
        assert tasks.get(name).name == name


def test_an_unknown_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown task 'image-clasify'; did you mean 'image-classify'\?"):
        tasks.get("image-clasify")


@pytest.mark.parametrize("name", tasks.names())
def test_objectives_are_found_and_the_default_is_one_of_them(name: str) -> None:
    task = tasks.get(name)
    assert task.objective().metric == task.default_objective
    for metric, direction in task.objectives.items():
        assert task.objective(metric).direction == direction


def test_an_unknown_objective_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown objective 'val_acuracy' .*did you mean 'val_accuracy'\?"):
        tasks.get("image-classify").objective("val_acuracy")
