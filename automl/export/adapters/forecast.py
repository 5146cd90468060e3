"""Series to forecast: windows in memory, or cut from files and data frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from automl.data import ForecastContract
from automl.data.forecast.asked import RawWindows, to_forecast, to_score
from automl.errors import DataError
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth
from automl.export.manifest import Output

_BATCH_NUMBERS = 1 << 22
_LARGEST_BATCH = 1024


class ForecastAdapter(Adapter):
    """Windows of as many steps as the model looks back on, in the columns' own units."""

    def __init__(self, contract: ForecastContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """The last window of each series of a file or a data frame; or windows in memory.

        Those are (n, lookback, channels), or a mapping of ``series`` and ``future`` to such arrays where something is
        known of the future.
        """
        if isinstance(x, str | Path) or hasattr(x, "iloc") or x is None:
            return WindowSource(to_forecast(x, self._contract, encoding=reading.encoding).windows)
        return WindowSource(self._windows(x))

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """Every window of a file or a data frame; what follows it is the answer."""
        if isinstance(x, str | Path) or hasattr(x, "iloc"):
            windows, truth = to_score(x, self._contract, encoding=reading.encoding)
            return WindowSource(windows), lambda: truth
        if y is None:
            raise DataError("evaluation needs answers: give y (n, horizon * targets) beside the windows")
        answers = np.asarray(y, np.float64).reshape(len(y), -1)
        if answers.shape[1] != output.width:
            raise DataError(f"y has {answers.shape[1]} numbers a row, and the model answers with {output.width}")
        return WindowSource(self._windows(x)), lambda: answers

    def given(self, rows: Any) -> dict[str, Any]:
        """``series``, and ``future`` where something is known of it."""
        return {"series": rows.series} | ({"future": rows.future} if self._contract.coming else {})

    def shapes(self) -> set[Shape]:
        """Of both."""
        return {shape for shape, _ in self.signature().values()}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """Raw windows."""
        contract = self._contract
        found: dict[str, tuple[Shape, str]] = {"series": ((None, contract.lookback, len(contract.channels)), "float32")}
        if contract.coming:
            found["future"] = ((None, contract.horizon, len(contract.coming)), "float32")
        return found

    def probe(self, seed: int = 0) -> RawWindows:
        """Noise and walks about the training rows' mean, and windows in which nothing happens."""
        contract, rng = self._contract, np.random.default_rng(seed)
        count, mean, scale = len(contract.channels), np.array(contract.mean), np.array(contract.scale)
        noise = rng.normal(size=(6, contract.lookback, count))
        walks = rng.normal(size=(4, contract.lookback, count)).cumsum(axis=1)
        still = np.broadcast_to(rng.normal(size=(2, 1, count)), (2, contract.lookback, count))
        series = mean + scale * np.concatenate([noise, walks, still])
        ahead = slice(count - len(contract.coming), None)
        future = mean[ahead] + scale[ahead] * rng.normal(size=(12, contract.horizon, len(contract.coming)))
        return RawWindows(series.astype(np.float32), future.astype(np.float32))

    def batch_size(self) -> int:
        """The longer the windows, the fewer."""
        return max(1, min(_LARGEST_BATCH, _BATCH_NUMBERS // int(np.prod(self._contract.shape))))

    def _windows(self, x: Any) -> RawWindows:
        """Windows in memory, checked."""
        parts = x if isinstance(x, Mapping) else {"series": x}
        wanted = {name: shape[1:] for name, (shape, _) in self.signature().items()}
        if missing := wanted.keys() - parts.keys():
            raise DataError(f"{', '.join(sorted(missing))} is missing: give a mapping of {', '.join(wanted)} to arrays")
        found = {name: np.asarray(parts[name], np.float32) for name in wanted}
        for name, shape in wanted.items():
            if found[name].shape[1:] != shape or not np.isfinite(found[name]).all():
                raise DataError(
                    f"{name} has the shape {found[name].shape}; (n, {', '.join(map(str, shape))}) is needed, and all "
                    "numbers finite"
                )
        empty = np.zeros((len(found["series"]), self._contract.horizon, 0), np.float32)
        return RawWindows(found["series"], found.get("future", empty))


class WindowSource:
    """Windows in memory; a row's name is its number."""

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, windows: RawWindows) -> None:
        self.windows = windows

    def batches(self, size: int) -> Iterator[RawWindows]:
        """Slices."""
        for start in range(0, len(self.windows), size):
            yield self.windows[start : start + size]

    def kept(self) -> np.ndarray:
        """All of them."""
        return np.arange(len(self.windows))

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(range(len(self.windows)))
