"""From series to a ``Dataset`` in the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.config import Arrays, Columns
from automl.data.cache import cached
from automl.data.checks import check_room
from automl.data.dataset import CACHE_FORMAT, Dataset, finish
from automl.data.folder import Part
from automl.data.series.contract import SeriesContract
from automl.data.series.source import Series, key_of, open_series
from automl.data.series.steps import check_fits, known_steps, padded
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import bytes_of, checked_weights, given_columns, group_numbers
from automl.data.tables.read import Answer
from automl.data.targets import TargetContract
from automl.errors import DataError

Progress = Callable[[int, int], None]

INPUT = "series"

_AT_ONCE = 1 << 24  # numbers


def read_series(
    source: Any,
    *,
    answer: Answer,
    output: str,
    columns: Columns,
    part: Part = "train",
    like: Dataset | None = None,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> Dataset:
    """Read series with their answers.

    Args:
        source: A ``.ts``, ``.tsv`` or ``.npz`` file, a folder with such a file for each part, or ``Arrays``.
        answer: Whether series are of classes, or have numbers.
        output: Name of the target.
        columns: The encoding of a text file, and whether series without an answer are left out.
        part: Which part is meant of data that comes in parts.
        like: Training data that this is validation data for; it gives the contracts.
        cache_dir: Where the cache is; None for the user's cache folder.
        on_progress: Called with how many series of how many are kept.

    Raises:
        DataError: The data cannot be used; the cache holds nothing of it.
    """
    reading = _Reading(source, answer, output, columns, part, like)

    def write(aside: Path) -> None:
        reading.write(aside, on_progress)

    return cached(reading.key(), write, cache_dir=cache_dir)


def read_answers(
    found: Series, answer: Answer, *, drop: bool, like: TargetContract | None = None
) -> tuple[TargetContract, NDArray[Any], NDArray[np.bool_]]:
    """The contract of the answers, their codes (m,) or numbers (m, k), and which rows (n,) have one.

    Args:
        found: Series with their answers.
        answer: Whether they are classes or numbers.
        drop: Whether rows without an answer are left out; else they are refused.
        like: What is known of the answers already.

    Raises:
        DataError: There are none, some are missing, or they are not of this kind.
    """
    if found.answers is None:
        raise DataError(f"{found.name} has no answers: each series needs a class or a number (y beside x)")
    given = pd.Series(found.answers, name="y", dtype=object) if found.read else found.answers
    listed = given_columns(given, len(found.values), several=answer != "classes")
    lacking = missing_answers(listed)
    if not drop:
        refuse_missing(lacking, "y")
    if lacking.all():
        raise DataError("no series has an answer to learn from: all labels are missing")
    chosen = [column[~lacking].reset_index(drop=True) for column in listed]
    if found.read and answer == "classes":
        chosen = [_whole(chosen[0])]
    target, values = answers(chosen, answer, like, read=False)
    return target, values, ~lacking


@dataclass(frozen=True, eq=False, slots=True)
class _Reading:
    """Series on their way to the cache."""

    source: Any
    answer: Answer
    output: str
    columns: Columns
    part: Part
    like: Dataset | None

    def key(self) -> str:
        config = {
            "cache_format": CACHE_FORMAT,
            "kind": "series",
            "content": key_of(self.source, self.part),
            "answer": [self.answer, self.output],
            "columns": asdict(self.columns),
            "like": None if self.like is None else self.like.digest,
        }
        sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
        if isinstance(self.source, Arrays):
            for part in (self.source.y, self.source.weights, self.source.groups):
                sha.update(b"" if part is None else bytes_of(part))
        return sha.hexdigest()[:40]

    def write(self, aside: Path, on_progress: Progress | None) -> None:
        """Write the files of the dataset."""
        found = open_series(self.source, part=self.part, encoding=self.columns.encoding)
        known = None if self.like is None else self.like.targets[self.output]
        target, values, kept = read_answers(found, self.answer, drop=self.columns.drop_missing_labels, like=known)
        chosen = [each for each, keep in zip(found.values, kept.tolist(), strict=True) if keep]
        contract = self._contract(chosen)
        np.save(aside / f"y.{self.output}.npy", values)
        if isinstance(self.source, Arrays) and self.source.weights is not None:
            np.save(aside / "weights.npy", checked_weights(self.source.weights, len(kept))[kept].astype(np.float32))
        if isinstance(self.source, Arrays) and self.source.groups is not None:
            np.save(aside / "groups.npy", group_numbers(self.source.groups, len(kept))[kept])
        cut = check_fits(chosen, contract)
        _keep(aside / f"x.{INPUT}.npy", chosen, contract, on_progress)
        finish(
            aside,
            inputs={INPUT: contract},
            targets={self.output: target},
            notes=tuple(_notes(chosen, kept, contract, cut)),
            source=found.name,
        )

    def _contract(self, series: list[NDArray[np.float32]]) -> SeriesContract:
        if self.like is not None:
            contract = self.like.inputs[INPUT]
            if not isinstance(contract, SeriesContract):
                raise DataError("the training data is no series")
            return contract
        steps = [count for count in map(known_steps, series) if count]
        if not steps:
            raise DataError("nothing is known of any series: every number is missing (NaN)")
        return SeriesContract(length=max(steps), channels=series[0].shape[1], shortest=min(steps))


def _keep(path: Path, series: list[Any], contract: SeriesContract, on_progress: Progress | None) -> None:
    """Write the working form piece by piece."""
    shape = (len(series), *contract.shape)
    check_room(path.parent, int(np.prod(shape)) * 4)
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    at_once = max(1, _AT_ONCE // (contract.length * contract.channels))
    for start in range(0, len(series), at_once):
        stop = min(start + at_once, len(series))
        out[start:stop] = padded(series[start:stop], contract)
        if on_progress is not None:
            on_progress(stop, len(series))
    out.flush()


def _notes(series: list[Any], kept: NDArray[np.bool_], contract: SeriesContract, cut: int) -> Iterator[str]:
    """What people should know."""
    if cut:
        yield f"{cut} of {len(series)} series are longer than {contract.length} steps; the rest of them is left out"
    empty = [row for row, each in enumerate(series) if not known_steps(each)]
    if empty:
        yield f"{len(empty)} of {len(series)} series have no number at all (NaN), the first is series {empty[0]}"
    dropped = int((~kept).sum())
    if dropped:
        yield f"{dropped} of {len(kept)} series are left out: their answer is missing"


def _whole(labels: pd.Series) -> pd.Series:
    """Text of a file as whole numbers, where all of it is: UCR files have 1, -1 and 1.0000000e+00."""
    try:
        numbers = labels.astype(np.float64)
    except ValueError:
        return labels.astype(str)
    whole = bool((numbers == numbers.round()).all() and (numbers.abs() < 2**53).all())
    leading = any(text.lstrip("+-").startswith("0") and text.lstrip("+-0").isdecimal() for text in labels)
    return numbers.astype(np.int64) if whole and not leading else labels.astype(str)
