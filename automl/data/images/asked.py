"""What is asked of every picture, and how pictures are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from automl.config import Columns
from automl.data.dataset import Dataset
from automl.data.tables.beside import given_columns
from automl.data.targets import TargetContract

Answer = Literal["classes", "labels", "numbers"]
OnBadFile = Literal["error", "skip"]
Progress = Callable[[int, int], None]

INPUT = "image"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every picture.

    Attributes:
        kind: Its class, its labels, or numbers.
        output: Name of the target.
        columns: Where a table has the paths and the answers.
    """

    kind: Answer = "classes"
    output: str = "label"
    columns: Columns = field(default_factory=Columns)

    def columns_of(self, y: Any, rows: int) -> list[pd.Series]:
        """Answers that were handed over, one Series a column; see ``given_columns``."""
        return given_columns(y, rows, several=self.kind == "numbers", labels=self.kind == "labels")


@dataclass(frozen=True, slots=True)
class Reading:
    """How pictures are read.

    Attributes:
        asked: What is asked of every picture.
        like: Training data that this is validation or test data for; it gives the contracts.
        cache_dir: Where the cache is; None for the user's cache folder.
        on_bad_file: What to do about a file that is no picture: ``error`` names it, ``skip`` leaves it out and tells so
            in ``Dataset.skipped``.
        on_progress: Called with how many of how many files are decoded; never when the cache has them.
    """

    asked: Asked = field(default_factory=Asked)
    like: Dataset | None = None
    cache_dir: Path | None = None
    on_bad_file: OnBadFile = "error"
    on_progress: Progress | None = None

    @property
    def like_target(self) -> TargetContract | None:
        """Contract of the training data's answers."""
        return None if self.like is None else self.like.targets[self.asked.output]
