"""From a table to a ``Dataset`` in the cache: looked through once to know its columns, read once more to keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.config import Columns
from automl.data.cache import cached
from automl.data.checks import check_room
from automl.data.dataset import CACHE_FORMAT, Dataset, finish
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import (
    Given,
    bytes_of,
    checked_weights,
    given_columns,
    group_numbers,
    joined,
    listed_names,
)
from automl.data.tables.contract import Column, LeftOut, TableContract
from automl.data.tables.encode import as_floats, raw, working
from automl.data.tables.profile import Profile
from automl.data.tables.source import Table, open_table
from automl.data.targets import TargetContract
from automl.errors import ConfigError, DataError, did_you_mean

Answer = Literal["classes", "labels", "numbers"]
Progress = Callable[[int, int], None]

INPUT = "table"


def read_table(
    source: Any,
    *,
    answer: Answer,
    output: str,
    columns: Columns,
    given: Given | None = None,
    like: Dataset | None = None,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """Read a table with the answers to its rows.

    Args:
        source: A CSV or Parquet file, a data frame, or an array (n, columns).
        answer: Whether rows are of classes, or have numbers.
        output: Name of the target.
        columns: Which columns are answers and weights, and how to read the file.
        given: Answers and weights that are no columns.
        like: Training data that this is validation or test data for; it gives the contracts.
        cache_dir: Where the cache is; None for the user's cache folder.
        on_progress: Called with how many rows of how many are kept.

    Raises:
        DataError: The data cannot be used; the cache holds nothing of it.
        ConfigError: No answers are named, or not in a way that this file can be read by.
    """
    table = open_table(source, encoding=columns.encoding)
    reading = _Reading(table, answer, output, columns, given or Given(), like)
    reading.check_names()

    def write(aside: Path) -> None:
        reading.write(aside, on_progress)

    return cached(reading.key(), write, cache_dir=cache_dir)


@dataclass(frozen=True, eq=False, slots=True)
class _Reading:
    """One table on its way to the cache."""

    table: Table
    answer: Answer
    output: str
    columns: Columns
    given: Given
    like: Dataset | None

    def check_names(self) -> None:
        """The answers are named, and are there."""
        if self.given.y is None and not self.columns.target:
            raise ConfigError(f"which column is to be predicted? say --target NAME; {listed_names(self.table)}")
        for name in self._spoken_for():
            if name not in self.table.names:
                hint = did_you_mean(name, self.table.names)
                raise DataError(f"there is no column {name!r} in {self.table.name}; {hint}")

    def key(self) -> str:
        config = {
            "cache_format": CACHE_FORMAT,
            "kind": "table",
            "table": self.table.key(),
            "answer": [self.answer, self.output],
            "columns": asdict(self.columns),
            "like": None if self.like is None else self.like.digest,
        }
        sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
        for part in (self.given.y, self.given.weights, self.given.groups):
            sha.update(b"" if part is None else bytes_of(part))
        return sha.hexdigest()[:40]

    def write(self, aside: Path, on_progress: Progress | None) -> None:
        """Write the files of the dataset."""
        profiles, found, weights, groups = self._look_through()
        total = len(found[0]) if found else 0
        if total == 0:
            raise DataError(f"{self.table.name} has 0 rows (Found array with 0 sample(s)); at least two are needed")
        weights = None if weights is None else checked_weights(weights, total)
        kept = self._kept(found)
        notes = list(self._dropped(kept, weights))
        if weights is not None:
            kept &= weights > 0
        chosen = [column[kept] for column in found]
        target, values = answers(chosen, self.answer, self._like_target(), read=self.given.y is None)
        contract = self._contract(profiles)
        np.save(aside / f"y.{self.output}.npy", values)
        if weights is not None:
            np.save(aside / "weights.npy", weights[kept].astype(np.float32))
        if groups is not None:
            np.save(aside / "groups.npy", group_numbers(groups, total)[kept])
        self._keep(aside / f"x.{INPUT}.npy", contract, kept, on_progress)
        finish(
            aside,
            inputs={INPUT: contract},
            targets={self.output: target},
            notes=(*self._notes(contract), *notes),
            source=self.table.name,
        )

    def _look_through(self) -> tuple[list[Profile], list[pd.Series], Any, Any]:
        """What every column is, the answers, the weights and the groups."""
        spoken = self._spoken_for()
        profiles = (
            [Profile(name, plain=not self.table.named) for name in self.table.names if name not in spoken]
            if self.like is None
            else []
        )
        beside = tuple(dict.fromkeys(name for name in self._beside() if name is not None))
        parts: dict[str, list[pd.Series]] = {name: [] for name in beside}
        rows = 0
        for frame in self.table.frames():
            rows += len(frame)
            for profile in profiles:
                profile.see(frame[profile.name])
            for name, pieces in parts.items():
                pieces.append(frame[name])
        whole = {name: joined(pieces) for name, pieces in parts.items()} if rows else {}
        if self.given.y is None:
            found = [whole[name] for name in self.columns.target] if rows else []
        else:
            found = given_columns(self.given.y, rows, several=self.answer == "numbers", labels=self.answer == "labels")
        weights, groups = self.given.weights, self.given.groups
        if (weight := self.columns.weight) is not None and rows:
            weights = as_floats(whole[weight], name=weight, start=0, comma=None)
        if (group := self.columns.group) is not None and rows:
            groups = whole[group]
        return profiles, found, weights, groups

    def _kept(self, found: Sequence[pd.Series]) -> NDArray[np.bool_]:
        lacking = missing_answers(found, self.answer)
        if not self.columns.drop_missing_labels:
            names = ", ".join(map(str, self.columns.target)) or "y"
            refuse_missing(lacking, names)
        if lacking.all():
            raise DataError("no row has an answer to learn from: all labels are missing")
        return ~lacking

    def _like_target(self) -> TargetContract | None:
        return None if self.like is None else self.like.targets[self.output]

    def _contract(self, profiles: Sequence[Profile]) -> TableContract:
        if self.like is not None:
            contract = self.like.inputs[INPUT]
            if not isinstance(contract, TableContract):
                raise DataError("the training data is no table")
            return contract
        decided = [profile.decide() for profile in profiles]
        learned = tuple(each for each in decided if isinstance(each, Column))
        left_out = tuple(each for each in decided if isinstance(each, LeftOut))
        if not learned:
            why = "; ".join(f"{each.name!r}: {each.reason}" for each in left_out[:5]) or "it has no other columns"
            raise DataError(f"nothing to learn from is left of {self.table.name} (0 feature(s)): {why}")
        return TableContract(columns=learned, left_out=left_out, named=self.table.named)

    def _keep(self, path: Path, contract: TableContract, kept: NDArray[np.bool_], on_progress: Progress | None) -> None:
        """Write the working form, piece by piece."""
        shape = (int(kept.sum()), *contract.shape)
        check_room(path.parent, int(np.prod(shape)) * 4)
        out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        seen = written = 0
        for frame in self.table.frames():
            rows = kept[seen : seen + len(frame)]
            found = working(raw(frame, contract, start=seen, source=self.table.name), contract)[rows]
            out[written : written + len(found)] = found
            seen, written = seen + len(frame), written + len(found)
            if on_progress is not None:
                on_progress(seen, len(kept))
        out.flush()

    def _notes(self, contract: TableContract) -> Iterator[str]:
        if self.like is None:
            for each in contract.left_out:
                yield f"column {each.name!r} is left out: {each.reason}"
            for column in contract.columns:
                if column.lenient:
                    yield f"column {column.name!r}: {column.reason}"

    def _dropped(self, kept: NDArray[np.bool_], weights: NDArray[np.float64] | None) -> Iterator[str]:
        """What is said of rows that are left out; one that counts nothing is as good as none."""
        if not kept.all():
            yield f"{int((~kept).sum())} of {len(kept)} rows are left out: their answer is missing"
        if weights is not None and not (weights[kept] > 0).all():
            if not (weights[kept] > 0).any():
                raise DataError("all sample weights are 0 where there are answers: there is nothing to learn from")
            yield f"{int((weights[kept] == 0).sum())} of {len(kept)} rows are left out: their weight is 0"

    def _beside(self) -> tuple[str | None, ...]:
        """Columns that stand beside those to learn from."""
        target = () if self.given.y is not None else self.columns.target
        return (*target, self.columns.weight, self.columns.group)

    def _spoken_for(self) -> tuple[str, ...]:
        return (*(name for name in self._beside() if name is not None), *self.columns.ignore)
