"""Time series into classes or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from automl.arch import Input
from automl.config import SearchConfig
from automl.data import Dataset, Part, PreparedData, Rows
from automl.data.series.contract import SeriesContract
from automl.data.series.fit import fit_series
from automl.data.series.read import INPUT, read_series
from automl.data.series.source import parts_of
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.tasks.answers import Answers, Classes, Numbers
from automl.tasks.rows import RowsTask

_FEWEST_STEPS = 2_000  # of a training: what networks need that see few rows often
_MOST_EPOCHS = 400
_FORMS = {
    "plain": "scale: all series by the mean and deviation of the training rows",
    "own": "scale: each series by its own mean and deviation, on which neighbours are more alike in their answers",
    "asinh": "scale: bent as logarithms are, on which neighbours are more alike in their answers",
}


class _Series(RowsTask):
    """A ``.ts``, ``.tsv`` or ``.npz`` file, a folder of them by parts, or arrays."""

    default_space: ClassVar[str] = "timeseries"

    def read(
        self, source: Any, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
    ) -> Dataset:
        """See ``RowsTask``."""
        _check_columns(config)
        if isinstance(source, Path) and part not in parts_of(source):
            part = "train"  # a file of its own is what it is given for
        dataset = read_series(
            source,
            answer=self.answers.kind,
            output=self.answers.output,
            columns=config.columns,
            part=part,
            like=like,
            cache_dir=config.cache_dir,
            on_progress=lambda done, total: events.preparing("series", done, total),
        )
        for note in dataset.notes:
            events.warning(note)
        return dataset

    def has_validation(self, source: Path) -> bool:
        """A folder with a ``NAME_VAL.ts``, an ``.npz`` with ``x_val``."""
        return "validation" in parts_of(source)

    def fit(self, prepared: PreparedData, rows: Rows, config: SearchConfig, events: Events) -> dict[str, Any]:
        """The scale on which a network sees the series."""
        contract = _contract(prepared)
        fitted = fit_series(rows.x, rows.y, classes=self.answers.kind == "classes", seed=config.seed)
        if contract.length == 1:
            events.warning("every series has one step: nothing changes in time; a table would do")
        return {"preprocessing": {INPUT: [fitted]}}

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """Steps of all channels, and perhaps one that says where numbers are missing."""
        length, channels = _contract(prepared).shape
        return {INPUT: Input((length, channels + prepared.preprocessing[INPUT][0]["args"]["gaps"]))}

    def found(self, prepared: PreparedData) -> dict[str, object]:
        """How long the series are, and what is done to them."""
        contract, args = _contract(prepared), prepared.preprocessing[INPUT][0]["args"]
        lengths = f"{contract.length} steps" if contract.equal else f"{contract.shortest} to {contract.length} steps"
        notes = [f"series: {lengths}, {contract.channels} channel{'s' * (contract.channels > 1)}", _FORMS[args["form"]]]
        if args["gaps"]:
            notes.append("missing: filled with 0 after scaling, also after the end of a series; a channel says where")
        return {"shape": list(contract.shape), "shortest": contract.shortest, "notes": notes}

    def settle_inputs(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Few series are seen more often: as many epochs as give 2,000 steps, at most 400."""
        steps = -(-len(prepared.split.train) // training.batch_size)
        epochs = max(training.epochs, min(_MOST_EPOCHS, -(-_FEWEST_STEPS // steps)))
        patience = training.patience and round(training.patience * epochs / training.epochs)
        return training.model_copy(update={"epochs": epochs, "patience": patience})


class SeriesClassify(_Series):
    """Every series is of one class."""

    name: ClassVar[str] = "series-classify"
    answers: ClassVar[Answers] = Classes()


class SeriesRegress(_Series):
    """Every series has one number or several."""

    name: ClassVar[str] = "series-regress"
    answers: ClassVar[Answers] = Numbers()


def _check_columns(config: SearchConfig) -> None:
    """Files of series have no columns to name."""
    for name in ("target", "weight", "ignore", "text", "path", "time", "series"):
        if getattr(config.columns, name):
            raise ConfigError(
                f"--{name} is for tables, and files of series have no columns: the answer of a series stands with it"
            )


def _contract(prepared: PreparedData) -> SeriesContract:
    contract = prepared.contract
    if not isinstance(contract, SeriesContract):
        raise DataError(f"series are needed, and the data is of the kind {contract.kind!r}")
    return contract
