"""Real training: a search that is stopped and continued has the same scores and the same model, to the last bit."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from automl.config import Arrays, SearchConfig
from automl.events import Events
from automl.jobs import EpochReport
from automl.run import run_search
from automl.study import StudyReader

EVERYTHING = """
version: 1
name: everything
task: image-classify
vars:
  filters: {choice: [4, 8], default: 4}
model:
  - conv: {filters: =filters, kernel: 3, stride: 2}
  - bn
  - relu
  - dropout: {rate: {float: [0.1, 0.5], default: 0.3}}
  - gap
  - head
train:
  epochs: 4
  batch_size: 16
  optimizer: {choice: [adamw, sgd], default: adamw}
  lr: {float: [0.005, 0.05], log: true, default: 0.02}
  augment: {flip: true, shift: 1}
"""


class Stopper(Events):
    """Presses Ctrl-C after an epoch.

    Args:
        trial: Number of the trial; None for the final training.
        epoch: Of it.
    """

    def __init__(self, trial: int | None, epoch: int) -> None:
        self._when = (trial, epoch)

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        self._look(number, report)

    def final_epoch_ended(self, report: EpochReport) -> None:
        self._look(None, report)

    def _look(self, number: int | None, report: EpochReport) -> None:
        if (number, report.epoch) == self._when:
            os.kill(os.getpid(), signal.SIGINT)


def search(out: Path, events: Events | None = None, *, workers: int):
    digits = load_digits(n_class=3)
    data = Arrays(np.round(digits.images[:240] * (255 / 16)).astype(np.uint8), digits.target[:240])
    (out.parent / "space.yaml").write_text(EVERYTHING)
    config = SearchConfig(
        "image-classify",
        data,
        space=str(out.parent / "space.yaml"),
        max_trials=3,
        objective="val_loss",
        seed=6,
        seeded=True,
        out=out,
        workers=workers,
        cache_dir=out.parent / "cache",
    )
    return run_search(config, events)


def story(out: Path) -> list[tuple[object, ...]]:
    """Trials by number with their epochs, but for what was lost and for times."""
    with StudyReader.open(out) as study:
        return [
            (
                dict(trial.params),
                trial.state,
                trial.value,
                trial.seed,
                [(epoch.epoch, dict(epoch.metrics), epoch.learning_rate) for epoch in study.epochs(trial.number)],
            )
            for trial in study.trials()
            if trial.state != "orphaned"
        ]


def weights(model_dir: Path) -> list[np.ndarray]:
    import keras

    return keras.saving.load_model(model_dir / "model.keras", safe_mode=True).get_weights()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1])
def test_stopped_twice_and_continued_is_the_same_search_to_the_last_bit(tmp_path, workers: int) -> None:
    alone = search(tmp_path / "alone", workers=workers)
    assert alone.epochs > 1, "a final training of one epoch cannot be stopped in its midst"
    stopped = search(tmp_path / "stopped", Stopper(1, 2), workers=workers)
    assert stopped.interrupted
    stopped = search(tmp_path / "stopped", Stopper(None, 1), workers=workers)
    assert stopped.interrupted
    assert not stopped.refit
    done = search(tmp_path / "stopped", workers=workers)
    assert done.refit
    assert story(tmp_path / "stopped") == story(tmp_path / "alone")
    assert (done.value, done.metrics, done.epochs) == (alone.value, alone.metrics, alone.epochs)
    pairs = zip(weights(done.model_dir), weights(alone.model_dir), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
