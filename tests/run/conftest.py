"""A search of two trials on a few scanned digits, in this process, that the tests continue in many ways."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from automl.config import SearchConfig
from automl.events import Events
from automl.run import SearchResult, run_search
from automl.study import StudyReader, TrialRecord

TINY = """
version: 1
name: tiny
task: image-classify
model:
  - conv: {filters: {choice: [4, 8, 12, 16]}, stride: 2}
  - relu
  - dropout: {rate: {float: [0.0, 0.5]}}
  - flatten
  - head
train: {lr: {float: [0.001, 0.1], log: true, default: 0.01}}
"""


class OpenedOnly(Events):
    """Ends the session once the study is open."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def warning(self, message: str) -> None:
        self.said.append(message)

    def search_started(self, start) -> None:
        raise KeyboardInterrupt


class Place:
    """A folder with ``digits.npz`` and ``tiny.yaml``, and searches in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        digits = load_digits(n_class=3)
        np.savez(folder / "digits.npz", x=(digits.images[:90] * 15).astype("uint8"), y=digits.target[:90])
        (folder / "tiny.yaml").write_text(TINY)

    def config(self, out: str, **changes: Any) -> SearchConfig:
        """The search of every test: two trials of two epochs, repeatable, in this process."""
        given: dict[str, Any] = {
            "task": "image-classify",
            "data": self.folder / "digits.npz",
            "space": self.folder / "tiny.yaml",
            "max_trials": 2,
            "max_epochs": 2,
            "seed": 2,
            "seeded": True,
            "out": self.folder / out,
            "workers": 0,
            "cache_dir": self.folder / "cache",
        }
        return SearchConfig(**given | changes)

    def search(self, out: str, events: Events | None = None, **changes: Any) -> SearchResult:
        """Do it."""
        return run_search(self.config(out, **changes), events)

    def copy(self, run: str, name: str) -> Path:
        """A copy of a run, to be changed."""
        shutil.copytree(self.folder / run, self.folder / name)
        return self.folder / name


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def ended(shared: Place) -> SearchResult:
    """A search that came to its own end, in ``ended``; tests only look at it or copy it."""
    return shared.search("ended")


@pytest.fixture
def records() -> Callable[..., list[TrialRecord]]:
    """The trials of a run: ``records(folder)``."""

    def records(run: Path, study: str | None = None) -> list[TrialRecord]:
        with StudyReader.open(run, study=study) as reader:
            return reader.trials()

    return records
