"""Picture files with the answers to them, wherever both are named: in class folders, or in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.data.checks import check_classes
from automl.data.folder import Listing
from automl.data.images.asked import Answer
from automl.data.tables.answers import answers
from automl.data.targets import TargetContract
from automl.errors import DataError


@dataclass(frozen=True, eq=False, slots=True)
class Listed:
    """Picture files in order, with their answers.

    Attributes:
        where: The folder or table that names them.
        files: What to decode.
        names: The files as people write them.
        places: Where each of them is named, for messages.
        columns: Answers, one Series a column; none where nobody asks.
        read: Whether answers were read from a table.
        weights: How much each row counts, (n,); None when all count alike.
        groups: Number of the group of each row, (n,); None when rows are of no groups.
        notes: What people should know of the list.
        column: Of the table, that has the paths; empty where there is none.
    """

    where: str
    files: tuple[Path, ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    columns: tuple[pd.Series, ...] = ()
    read: bool = False
    weights: NDArray[np.float64] | None = None
    groups: NDArray[np.int64] | None = None
    notes: tuple[str, ...] = ()
    column: str = ""

    @classmethod
    def of_folder(cls, listing: Listing, kind: Answer = "classes") -> Listed:
        """Pictures in class folders.

        Raises:
            DataError: Something else than classes is asked for.
        """
        if kind != "classes":
            wanted = "numbers" if kind == "numbers" else "any number of labels a picture"
            raise DataError(
                f"the folders in {listing.root} are one class a picture, and {wanted} are needed: give a table "
                "with a column of paths, an .npz file or arrays"
            )
        places = tuple(str(listing.root / name) for name in listing.names)
        return cls(str(listing.root), listing.files, listing.names, places, (pd.Series(listing.labels, dtype=object),))

    def __len__(self) -> int:
        return len(self.files)

    def only(self, kept: Sequence[bool]) -> Listed:
        """The rows that are kept."""
        rows = np.flatnonzero(kept)
        return replace(
            self,
            files=tuple(self.files[row] for row in rows),
            names=tuple(self.names[row] for row in rows),
            places=tuple(self.places[row] for row in rows),
            columns=tuple(column.iloc[rows].reset_index(drop=True) for column in self.columns),
            weights=None if self.weights is None else self.weights[rows],
            groups=None if self.groups is None else self.groups[rows],
        )

    def without_weightless(self) -> Listed:
        """Without rows that count nothing: they are as good as none."""
        if self.weights is None or self.weights.all():
            return self
        dropped = int((self.weights == 0).sum())
        note = f"{dropped} of {len(self)} rows are left out: their weight is 0"
        return replace(self.only((self.weights > 0).tolist()), notes=(*self.notes, note))

    def answers(self, kind: Answer, like: TargetContract | None) -> tuple[TargetContract, NDArray[Any]]:
        """The contract of the answers and what is kept of them; see ``tables.answers``."""
        return answers(self.columns, kind, like, read=self.read)

    def check_left(self, before: Listed, kind: Answer) -> None:
        """Skipping files has emptied no class.

        Raises:
            DataError: It has.
        """
        if kind == "classes":
            check_classes(before.columns[0].tolist(), left=self.columns[0].tolist())
