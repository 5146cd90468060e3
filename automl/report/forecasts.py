"""How well a network forecasts: examples, the error by distance, the scores by column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data import ForecastContract
from automl.data.forecast.naive import repeated
from automl.export.forecasts import score_forecasts
from automl.report.answers import HeldOut
from automl.report.figures import forecast_picture, steps_picture
from automl.report.parts import Drawing, Part, Table, Text
from automl.report.words import number

Array = NDArray[Any]

COLUMNS = 3
_MOST = 4000  # windows that are judged
_BEFORE = 3.0  # horizons of the past that are drawn


def judged_forecasts(
    held: HeldOut, truth: Array, answers: Array, contract: ForecastContract, prefix: str
) -> list[Part]:
    """Parts about held-out windows.

    Args:
        held: The windows.
        truth: (n, horizon * targets).
        answers: Likewise.
        contract: Of the model.
        prefix: Of the ids of pictures.
    """
    chosen = np.unique(np.linspace(0, len(truth) - 1, min(len(truth), _MOST)).astype(np.int64))
    windows = np.asarray(held.rows.x[chosen], np.float64)[..., : len(contract.channels)]
    truth, answers = truth[chosen], answers[chosen]
    found = score_forecasts(windows, truth, answers, contract)
    compared = [[name, number(value), number(found.baseline.get(name))] for name, value in found.metrics.items()]
    header = ["score", "this network", f"repeating the {found.guess}"]
    parts: list[Part] = [Table(f"Scores on {found.rows:,} windows held back", header, compared, frozenset({1, 2}))]
    if len(found.per_column) > 1:
        rows = [[each.column, number(each.rmse), number(each.mae), number(each.r2)] for each in found.per_column]
        parts.append(Table("By column", ["column", "RMSE", "MAE", "R2"], rows, frozenset({1, 2, 3})))
    shape = (len(truth), contract.horizon, len(contract.targets))
    truths, said = truth.reshape(shape), answers.reshape(shape)
    naive = repeated(windows[..., : shape[2]], contract)[found.guess].reshape(shape)
    for column, name in enumerate(contract.targets[:COLUMNS]):
        parts += _column(
            windows[..., column], truths[..., column], said[..., column], name, f"{prefix}f{column}", contract
        )
        if contract.horizon > 1:
            errors = [np.abs(each[..., column] - truths[..., column]).mean(axis=0) for each in (said, naive)]
            drawn = steps_picture(errors[0], errors[1], f"repeating the {found.guess}", name)
            parts.append(Drawing(drawn.inline(f"{prefix}e{column}"), drawn.text))
    if len(contract.targets) > COLUMNS:
        parts.append(Text(f"Pictures are of the first {COLUMNS} of {len(contract.targets)} columns.", quiet=True))
    return parts


def _column(past: Array, truth: Array, said: Array, name: str, prefix: str, contract: ForecastContract) -> list[Part]:
    """The latest window, an ordinary one, and the two that went worst."""
    errors = np.abs(said - truth).mean(axis=1)
    order = np.argsort(errors, kind="stable")
    picked = {"latest": len(truth) - 1, "ordinary": int(order[len(order) // 2])}
    picked |= {"worst": int(order[-1])} | ({"second worst": int(order[-2])} if len(order) > 3 else {})
    different = {row: title for title, row in reversed(picked.items())}
    before = max(8, round(_BEFORE * contract.horizon))
    shown = [
        (f"{title}: {number(errors[row])} off", past[row][-before:], truth[row], said[row])
        for row, title in reversed(different.items())
    ]
    drawn = forecast_picture(shown, name)
    return [Drawing(drawn.inline(prefix), f"{name}: what was forecast and what came, with the mean absolute error.")]
