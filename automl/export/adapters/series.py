"""Time series: files, arrays and lists of arrays, brought to the length that the model takes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl.config import Arrays
from automl.data.series.contract import SeriesContract
from automl.data.series.read import INPUT, read_answers
from automl.data.series.source import Series, open_series
from automl.data.series.steps import Steps, check_fits, padded
from automl.data.tables.read import Answer
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth
from automl.export.manifest import Output

log = logging.getLogger("automl.export")

_BATCH_NUMBERS = 1 << 18  # a few hundred MB with the activations of an ordinary network
_LARGEST_BATCH = 1024
_PROBES = 16


class SeriesAdapter(Adapter):
    """Steps of as many channels as were learned from."""

    def __init__(self, contract: SeriesContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """A file, a folder with a ``NAME_TEST.ts``, an array (n, time[, channels]), a list of arrays."""
        found = self._open(x, None, reading, length=self._contract.length)
        return SeriesSource(found.values, self._contract)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """The answers are in the file, or stand beside the series."""
        found = self._open(x, y, reading, length=None)
        kind: Answer = "numbers" if output.type == "number" else "classes"
        _, truth, kept = read_answers(found, kind, drop=reading.drop_missing_labels, like=output.target())
        return SeriesSource(found.values, self._contract, kept=kept), lambda: truth

    def given(self, rows: Any) -> dict[str, Any]:
        """Steps as they are, NaN where there is none."""
        return {INPUT: rows}

    def shapes(self) -> set[Shape]:
        """Of the steps."""
        return {(None, *self._contract.shape)}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """``series``, with NaN where a number is missing and after the end."""
        return {INPUT: ((None, *self._contract.shape), "float32")}

    def probe(self, seed: int = 0) -> Steps:
        """Ordinary and extreme numbers, missing ones, short, constant and empty series."""
        rng = np.random.default_rng(seed)
        length, channels = self._contract.shape
        rows = rng.normal(size=(_PROBES, length, channels)) * 10 ** rng.uniform(-2, 3, (_PROBES, 1, channels))
        rows[1][rng.random((length, channels)) < 0.3] = np.nan
        rows[2][max(1, length // 2) :] = np.nan
        rows[3] = rows[3][:1]
        rows[4] = np.nan
        rows[5] = 0
        return rows.astype(np.float32)

    def batch_size(self) -> int:
        """So many that they fit, whatever their length."""
        length, channels = self._contract.shape
        return max(1, min(_LARGEST_BATCH, _BATCH_NUMBERS // (length * channels)))

    def _open(self, x: Any, y: Any, reading: Reading, *, length: int | None) -> Series:
        source = Path(x) if isinstance(x, str | Path) else Arrays(x)
        found = open_series(source, part="test", encoding=reading.encoding, length=length)
        return found if y is None else Series(found.values, y, read=False, name=found.name)


class SeriesSource:
    """Series in memory; a row's name is its number.

    Args:
        series: One array (time, channels) each.
        contract: What the model takes.
        kept: Which of them are asked for, (n,); None for all.

    Raises:
        DataError: They do not fit the contract.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, series: Sequence[Steps], contract: SeriesContract, *, kept: Any = None) -> None:
        self._kept = np.arange(len(series)) if kept is None else np.flatnonzero(kept)
        self._series = series
        self._contract = contract
        if cut := check_fits(series, contract):
            log.warning("%d of %d series are cut to their first %d steps", cut, len(series), contract.length)

    def batches(self, size: int) -> Iterator[Steps]:
        """As float32 (m, time, channels)."""
        for start in range(0, len(self._kept), size):
            yield padded([self._series[row] for row in self._kept[start : start + size]], self._contract)

    def kept(self) -> np.ndarray:
        """Numbers of the rows that are asked for."""
        return self._kept

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(self._kept.tolist())
