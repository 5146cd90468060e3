"""What is decided before the data is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl import tasks
from automl.config import Limits, SearchConfig
from automl.events import Events
from automl.run.setup import set_up
from automl.space import Space


class Heard(Events):
    """Writes down what it is warned of."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, message: str) -> None:
        self.said.append(message)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(), []),
        (Limits(disk=10**9, parameters=10**6), []),
        (Limits(memory=10**9), ["--memory-limit cannot be kept"]),
        (Limits(memory=10**9, worker_memory=10**8), ["--memory-limit and --worker-memory cannot be kept"]),
        (Limits(trial_seconds=60), ["a trial that hangs is not ended by --trial-timeout"]),
    ],
)
def test_limits_that_need_a_process_of_their_own_are_told_where_there_is_none(limits: Limits, said: list[str]) -> None:
    for workers, expected in ((0, said), (1, [])):
        config = SearchConfig(task="image-classify", data=Path("x"), max_trials=1, workers=workers, limits=limits)
        events = Heard()
        set_up(config, tasks.get("image-classify"), Space.load("cnn"), events)
        assert len(events.said) == len(expected)
        assert all(part in whole for part, whole in zip(expected, events.said, strict=True))


def test_workers_that_need_more_memory_than_is_free_are_warned_of() -> None:
    config = SearchConfig(task="image-classify", data=Path("x"), max_trials=1, workers=100_000, gpus=())
    events = Heard()
    set_up(config, tasks.get("image-classify"), Space.load("cnn"), events)
    (said,) = events.said
    assert said.startswith("100000 workers need about 100000.0 GB of memory: ")
