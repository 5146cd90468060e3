"""Tables into classes or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from automl.arch import Architecture, Input, Node
from automl.config import Arrays, SearchConfig
from automl.data import Dataset, Part, PreparedData, Rows, TableContract
from automl.data.tables.beside import Given
from automl.data.tables.fit import fit_tidy
from automl.data.tables.read import INPUT, read_table
from automl.data.tables.source import table_part
from automl.data.tables.warn import equal_rows, leaking
from automl.errors import DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.tasks.answers import Answers, Classes, Labels, Numbers
from automl.tasks.rows import RowsTask

_SMALLEST_BATCH = 16
_FEWEST_STEPS = 32


class _Tabular(RowsTask):
    """A CSV or Parquet file, a folder of them by parts, a data frame or an array."""

    default_space: ClassVar[str] = "tabular"

    def read(
        self, source: Any, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
    ) -> Dataset:
        """See ``RowsTask``."""
        given = None
        if isinstance(source, Arrays):
            given = Given(source.y, source.weights, source.groups)
            source = source.x
        elif isinstance(source, Path) and source.is_dir():
            source = table_part(source, part) or source
        dataset = read_table(
            source,
            answer=self.answers.kind,
            output=self.answers.output,
            columns=config.columns,
            given=given,
            like=like,
            cache_dir=config.cache_dir,
            on_progress=lambda done, total: events.preparing("rows", done, total),
        )
        for note in dataset.notes:
            events.warning(note)
        return dataset

    def has_validation(self, source: Path) -> bool:
        """A folder with a ``val.csv`` beside its ``train.csv``."""
        return table_part(source, "validation") is not None

    def fit(self, prepared: PreparedData, rows: Rows, config: SearchConfig, events: Events) -> dict[str, Any]:
        """The scales of numbers and where cells are missing."""
        contract = _contract(prepared)
        for warning in leaking(rows, contract, seed=config.seed):
            events.warning(warning)
        _warn_of_equal_rows(rows, prepared.rows("validation"), events)
        return {
            "preprocessing": {INPUT: [fit_tidy(rows.x, contract, weights=rows.weights, seed=config.seed)]},
            "fronts": {INPUT: front(contract)},
        }

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """A row of numbers, of columns that say where some are missing, and of codes."""
        contract = _contract(prepared)
        gaps = len(prepared.preprocessing[INPUT][0]["args"]["gaps"])
        return {INPUT: Input((contract.shape[0] + gaps,), codes=contract.codes)}

    def found(self, prepared: PreparedData) -> dict[str, object]:
        """Columns with what they are and why."""
        contract = _contract(prepared)
        return {
            "columns": {column.name: {"kind": column.kind, "reason": column.reason} for column in contract.columns},
            "left_out": {each.name: each.reason for each in contract.left_out},
            "numbers": len(contract.numbers),
            "categories": len(contract.categories),
        }

    def settle_inputs(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Small tables get small batches; there is nothing to augment."""
        return training.model_copy(update={"batch_size": _batch_size(training.batch_size, prepared)})


class TabularClassify(_Tabular):
    """Every row is of one class."""

    name: ClassVar[str] = "tabular-classify"
    answers: ClassVar[Answers] = Classes()


class TabularLabel(_Tabular):
    """Every row has any number of labels."""

    name: ClassVar[str] = "tabular-classify"
    answers: ClassVar[Answers] = Labels()


class TabularRegress(_Tabular):
    """Every row has one number or several."""

    name: ClassVar[str] = "tabular-regress"
    answers: ClassVar[Answers] = Numbers()


def front(contract: TableContract) -> dict[str, Any]:
    """The architecture that makes the working form of raw numbers and texts; see ``PreparedData.fronts``."""
    inputs, nodes, parts = dict[str, Input](), list[Node](), list[str]()
    if contract.numbers:
        inputs["numbers"] = Input((len(contract.numbers),))
        parts.append("numbers")
    if contract.categories:
        inputs["categories"] = Input((len(contract.categories),), "string")
        values = [list(column.values) for column in contract.categories]
        nodes.append(Node("codes", "lookup", {"values": values}, ("categories",)))
        parts.append("codes")
    if len(parts) == 2:
        nodes.append(Node("row", "concat", {}, tuple(parts)))
    return Architecture.assemble(inputs, nodes, {INPUT: "row" if len(parts) == 2 else parts[0]}).to_json()


def _batch_size(wanted: int, prepared: PreparedData) -> int:
    """A power of two with which an epoch has at least 32 steps, but no less than 16 rows, and no more than wanted."""
    rows = len(prepared.split.train)
    return min(wanted, max(_SMALLEST_BATCH, 1 << max(0, (rows // _FEWEST_STEPS).bit_length() - 1)))


def _contract(prepared: PreparedData) -> TableContract:
    contract = prepared.contract
    if not isinstance(contract, TableContract):
        raise DataError(f"a table is needed, and the data is of the kind {contract.kind!r}")
    return contract


def _warn_of_equal_rows(training: Rows, validation: Rows, events: Events) -> None:
    count = equal_rows(training, validation)
    if count:
        events.warning(
            f"{count} of {len(validation)} validation rows are equal to training rows, answer and all: "
            "the score is too good by as much as a network remembers them"
        )
