"""Series into the steps that come next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from automl.arch import Architecture, Input, Node
from automl.config import Arrays, SearchConfig
from automl.data import Dataset, ForecastContract, Part, PreparedData, Rows, Split
from automl.data.folds import split_of
from automl.data.forecast.folds import folds_of
from automl.data.forecast.naive import LAST, repeated
from automl.data.forecast.read import INPUT, asked_for, parts_of, read_forecast
from automl.data.forecast.roles import Roles
from automl.data.forecast.segments import BETWEEN, MOST_VALIDATION, TRAIN, VALIDATION
from automl.data.forecast.source import has_part, open_series
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.metrics import MORE_OF_FORECASTS, OF_FORECASTS, score
from automl.tasks.answers import Answers, Numbers
from automl.tasks.folds import refuse_validation_part
from automl.tasks.rows import RowsTask

_SMALLEST_BATCH = 8
_STEPS_AN_EPOCH = 16
_FEWEST_STEPS = 1_000  # of a training
_MOST_EPOCHS = 150


class Steps(Numbers):
    """The coming steps of every column to forecast, one after the other."""

    metrics: ClassVar[tuple[str, ...]] = OF_FORECASTS
    default_objective: ClassVar[str] = "val_mse"
    more: ClassVar[tuple[str, ...]] = MORE_OF_FORECASTS

    def split(self, dataset: Dataset, seed: int) -> Split:  # noqa: ARG002  nothing is shuffled
        """The latest rows of each series validate; see ``automl.data.forecast.segments``."""
        parts = parts_of(dataset)
        train, validation, between = (np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, BETWEEN))
        return Split(train=train, validation=validation, between=between)

    folded_by: ClassVar[str] = "each validates on steps that come after those it trains on"

    def folds(self, dataset: Dataset, count: int, seed: int) -> list[Split]:  # noqa: ARG002
        """Rolling origin: parts of each series one after the other, the rows before them training."""
        return [split_of(codes) for codes, _ in folds_of(dataset)]

    def fitted(self, prepared: PreparedData, rows: Rows, config: SearchConfig) -> dict[str, Any]:  # noqa: ARG002
        """Scales of the columns in the training rows, and the error of repeating a season there."""
        contract = contract_of(prepared)
        count = len(contract.targets)
        scales = {
            "mean": list(contract.mean[:count]) * contract.horizon,
            "scale": list(contract.scale[:count]) * contract.horizon,
            "naive": list(contract.naive),
        }
        return {"scales": {self.output: scales}}

    def summary(self, prepared: PreparedData) -> dict[str, object]:
        """The columns to forecast."""
        return {"targets": list(contract_of(prepared).targets)}

    def check(self, config: SearchConfig) -> None:
        """Rows are steps: they have no weights, groups or labels."""
        super().check(config)
        for option in ("weight", "group", "text", "path", "multi_label", "drop_missing_labels"):
            if getattr(config.columns, option):
                raise ConfigError(f"rows of {config.task} are steps in time; leave out --{option.replace('_', '-')}")


class SeriesForecast(RowsTask):
    """A CSV or Parquet file in time order, a folder of them by parts, or a data frame."""

    name: ClassVar[str] = "series-forecast"
    default_space: ClassVar[str] = "forecast"
    answers: ClassVar[Answers] = Steps()
    forecasts: ClassVar[bool] = True

    def read(
        self, source: Any, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
    ) -> Dataset:
        """All rows, also those to validate on: windows of the one look back on the other."""
        del part, like
        columns = config.columns
        if isinstance(source, Path) and config.validation is None and has_part(source, "validation"):
            refuse_validation_part(config)
        roles = Roles(columns.target, columns.past, columns.known, columns.time, columns.series, columns.ignore)
        asked = asked_for(columns.horizon, columns.lookback, roles)
        training = open_series(_table(source), encoding=columns.encoding)
        later = None
        if config.validation is not None:
            later = open_series(_table(config.validation), "validation", encoding=columns.encoding)
        elif isinstance(source, Path) and has_part(source, "validation"):
            later = open_series(source, "validation", encoding=columns.encoding)
        dataset = read_forecast(training, later, asked, folds=config.folds, cache_dir=config.cache_dir)
        for note in dataset.notes:
            events.warning(note)
        return dataset

    def has_validation(self, source: Path) -> bool:  # noqa: ARG002
        """``read`` has read it."""
        return False

    def _read_validation(self, config: SearchConfig, training: Dataset, events: Events) -> Dataset | None:
        """``read`` has read it."""
        del config, training, events
        return None

    def fit(self, prepared: PreparedData, rows: Rows, config: SearchConfig, events: Events) -> dict[str, Any]:
        """The scale of each channel, whether a season is worth repeating, and what is known beside the past."""
        del config, events
        contract = contract_of(prepared)
        naive = naive_forecasts(rows, contract)[0]
        ahead = slice(len(contract.channels) - len(contract.coming), None)
        mean = [*contract.mean, *contract.mean[ahead]]
        scale = [*contract.scale, *contract.scale[ahead]]
        args = {"mean": mean, "variance": [each * each for each in scale]}
        fronts = {INPUT: front(contract)} if contract.coming else {}
        return {
            "preprocessing": {INPUT: [{"op": "normalize", "args": args}]},
            "traits": {"seasonal": naive != LAST},
            "fronts": fronts,
        }

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """Windows; their codes say how many steps of how many channels are to be forecast, and how long a season is.

        A season that is a worse forecast of the training rows than the last value is none: networks would begin there.
        """
        contract = contract_of(prepared)
        season = contract.season if prepared.traits["seasonal"] else 1
        return {INPUT: Input(contract.shape, codes=(contract.horizon, len(contract.targets), season))}

    def found(self, prepared: PreparedData) -> dict[str, object]:
        """How time goes on, what is looked back on and why, and which naive forecast is the line to beat."""
        contract = contract_of(prepared)
        latest = prepared.folds[-1] if prepared.folds else prepared
        naive, _ = naive_forecasts(latest.rows("validation"), _measured(latest))
        return {
            "series": max(1, len(contract.tails)),
            "time": f"{contract.time.column or 'rows'}, steps of {contract.time.step}",
            "horizon": contract.horizon,
            "lookback": f"{contract.lookback} ({contract.reasons.get('lookback', '')})",
            "season": f"{contract.season} ({contract.reasons.get('season', '')})",
            "past": list(contract.past),
            "known": [*contract.known, *contract.cycles],
            "naive": naive,
            "notes": _notes(contract, naive),
        }

    def folds(self, whole: PreparedData, count: int, seed: int) -> list[PreparedData]:
        """The data in each fold, on the scale of its own training rows."""
        (dataset,) = whole.datasets
        contracts = [contract for _, contract in folds_of(dataset)]
        return [
            replace(fold, datasets=(replace(dataset, inputs={INPUT: contract}),))
            for fold, contract in zip(super().folds(whole, count, seed), contracts, strict=True)
        ]

    def guessing(self, prepared: PreparedData) -> dict[str, float]:
        """The better one of repeating the last step and repeating the season before."""
        _, scores = naive_forecasts(prepared.rows("validation"), _measured(prepared))
        return {f"val_{name}": value for name, value in scores.items()}

    def settle_inputs(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Few windows get small batches and are seen more often; there is nothing to augment."""
        rows = len(prepared.split.train)
        fitting = max(_SMALLEST_BATCH, 1 << max(0, (rows // _STEPS_AN_EPOCH).bit_length() - 1))
        batch_size = min(training.batch_size, fitting)
        steps = -(-rows // batch_size)
        epochs = max(training.epochs, min(_MOST_EPOCHS, -(-_FEWEST_STEPS // steps)))
        patience = training.patience and round(training.patience * epochs / training.epochs)
        return training.model_copy(update={"batch_size": batch_size, "epochs": epochs, "patience": patience})


def naive_forecasts(rows: Rows, contract: ForecastContract) -> tuple[str, dict[str, float]]:
    """The better of two forecasts that need no network, by the squared error, and its scores on some windows."""
    count = len(contract.targets)
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_VALIDATION)).astype(np.int64))
    pieces = [rows.x[chosen[start : start + 512]][..., :count] for start in range(0, len(chosen), 512)]
    windows = np.concatenate(pieces).astype(np.float64)
    ruler = {"scale": contract.scale[:count], "naive": contract.naive}
    found = {
        name: {metric: score(metric, rows.y[chosen], answer, ruler=ruler) for metric in OF_FORECASTS}
        for name, answer in repeated(windows, contract).items()
    }
    name = min(found, key=lambda each: found[each]["mse"])
    return name, found[name]


def _notes(contract: ForecastContract, naive: str) -> list[str]:
    """What was found, for people."""
    time = contract.time
    found = {
        "forecast": f"{', '.join(contract.targets)}: {contract.horizon} steps of {time.step}",
        "time": f"{time.column}: {time.reason}" if time.column else "no column: rows follow each other step by step",
        "lookback": f"{contract.lookback} steps: {contract.reasons.get('lookback', '')}",
        "season": f"{contract.season} steps: {contract.reasons.get('season', '')}",
        "past": ", ".join(contract.past),
        "known": ", ".join((*contract.known, *(f"{each} (of the date)" for each in contract.cycles))),
        "naive": f"{naive} repeated is the better naive forecast",
    }
    return [f"{name:<9} {said}" for name, said in found.items() if said]


def front(contract: ForecastContract) -> dict[str, Any]:
    """The architecture that brings what is known of the steps to come beside the past; see ``PreparedData.fronts``."""
    inputs = {
        "series": Input((contract.lookback, len(contract.channels))),
        "future": Input((contract.horizon, len(contract.coming))),
    }
    nodes = [Node("row", "ahead", {}, ("series", "future"))]
    return Architecture.assemble(inputs, nodes, {INPUT: "row"}).to_json()


def _measured(prepared: PreparedData) -> ForecastContract:
    """What is forecast, on the scale of these training rows: those of a fold are not those of all rows."""
    contract, (scales,) = contract_of(prepared), prepared.scales.values()
    count = len(contract.targets)
    return contract.model_copy(
        update={
            "scale": (*scales["scale"][:count], *contract.scale[count:]),
            "naive": tuple(scales["naive"]),
        }
    )


def contract_of(prepared: PreparedData) -> ForecastContract:
    """What is forecast.

    Raises:
        DataError: The data is of another kind.
    """
    contract = prepared.contract
    if not isinstance(contract, ForecastContract):
        raise DataError(f"series to forecast are needed, and the data is of the kind {contract.kind!r}")
    return contract


def _table(source: Any) -> Any:
    if not isinstance(source, Arrays):
        return source
    if source.y is not None or source.weights is not None:
        raise ConfigError("a forecast is learned from the series themselves: give no y and no weights beside them")
    return source.x
