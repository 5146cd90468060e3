"""What a model says of the steps to come, and how well it has said it before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl import metrics
from automl.data import ForecastContract
from automl.data.forecast import steps
from automl.data.forecast.asked import RawWindows, to_forecast
from automl.data.forecast.naive import repeated
from automl.errors import DataError
from automl.export.evaluation import Evaluation, NumberScore
from automl.export.predictions import Predictions

if TYPE_CHECKING:
    import pandas as pd

Answer = Callable[[RawWindows], np.ndarray]


@dataclass(frozen=True, eq=False, slots=True)
class Forecasts:
    """The steps that come next.

    Attributes:
        contract: Of the model.
        names: Of the series, n of them.
        times: Time stamps, (n, horizon), see ``data.forecast.steps.zoned``.
        values: (n, horizon, targets) float32.
        notes: What people should know of the data that was gone on from.
    """

    contract: ForecastContract
    names: tuple[str, ...]
    times: np.ndarray
    values: np.ndarray
    notes: tuple[str, ...] = ()

    def index(self) -> pd.Index:
        """The time stamps as an index: dates in the zone of the data, or numbers."""
        import pandas as pd

        axis, stamps = self.contract.time, self.times.ravel()
        if axis.kind == "date":
            found = steps.zoned(stamps, axis)
        else:
            whole = np.round(stamps) == stamps
            found = pd.Index(stamps.astype(np.int64) if whole.all() else stamps)
        if len(self.names) == 1 and axis.kind == "date":
            found.freq = axis.step if not axis.zone else None
        return found.rename(axis.column or None)

    def predictions(self) -> Predictions:
        """One row a series and step: time stamp, series, targets."""
        contract = self.contract
        stamps = tuple(steps.label(float(time), contract.time) for time in self.times.ravel())
        rows = self.values.reshape(-1, len(contract.targets))
        said = np.array([[str(value) for value in row] for row in rows], dtype=object)  # the shortest digits of float32
        named = (contract.series,) if contract.series else ()
        if named:
            series = np.repeat(np.array(self.names, dtype=object), contract.horizon)
            said = np.concatenate([series[:, np.newaxis], said], axis=1)
        return Predictions(
            column=contract.time.column or "row",
            names=stamps,
            labels=said,
            probabilities=np.zeros((len(said), 0), np.float32),
            classes=np.zeros(0),
            answers=(*named, *contract.targets),
        )


def forecast(answer: Answer, x: Any, contract: ForecastContract, *, encoding: str | None = None) -> Forecasts:
    """What comes after the last rows of the data; see ``to_forecast``.

    Args:
        answer: The model: windows to (n, horizon * targets).
        x: A file, a folder, a data frame, or None for what the model was trained on.
        contract: Of the model.
        encoding: Of a text file.

    Raises:
        DataError: The rows are too few, or are not what the model was trained on.
    """
    asked = to_forecast(x, contract, encoding=encoding)
    values = answer(asked.windows).reshape(len(asked.windows), contract.horizon, len(contract.targets))
    return Forecasts(contract, asked.names, asked.times, values, asked.notes)


def score_forecasts(
    windows: np.ndarray,
    truth: np.ndarray,
    answers: np.ndarray,
    contract: ForecastContract,
    *,
    own: Sequence[str] = (),
) -> Evaluation:
    """Score forecasts, with those beside that need no network.

    Args:
        windows: (n, lookback, channels), the columns to forecast first.
        truth: (n, horizon * targets).
        answers: Likewise.
        contract: Of the model.
        own: Further scores, ``module:function``.

    Raises:
        DataError: There is no window.
    """
    if not len(truth):
        raise DataError("there is no window to evaluate on")
    count = len(contract.targets)
    others = repeated(windows[..., :count], contract)
    naive = {name: _scores(truth, each, contract, own) for name, each in others.items()}
    best = min(naive, key=lambda name: naive[name]["mse"])
    by_column = [each.reshape(-1, count) for each in (truth, answers)]
    per_column = tuple(
        NumberScore(
            name,
            **{
                metric: metrics.score(metric, by_column[0][:, [at]], by_column[1][:, [at]])
                for metric in metrics.OF_NUMBERS
            },
        )
        for at, name in enumerate(contract.targets)
    )
    return Evaluation(
        metrics=_scores(truth, answers, contract, own),
        rows=len(truth),
        per_column=per_column,
        baseline=naive[best],
        guess=best,
    )


def _scores(truth: np.ndarray, answers: np.ndarray, contract: ForecastContract, own: Sequence[str]) -> dict[str, float]:
    ruler = {"scale": contract.scale[: len(contract.targets)], "naive": contract.naive}
    wanted = (*metrics.OF_FORECASTS, *metrics.MORE_OF_FORECASTS, *own)
    return {metrics.told(name): metrics.score(name, truth, answers, ruler=ruler) for name in wanted}
