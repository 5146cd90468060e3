"""Texts into classes or numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from automl.arch import Architecture, Input, Node
from automl.config import Arrays, SearchConfig
from automl.data import ClassTarget, Dataset, Part, PreparedData, Rows
from automl.data.tables.beside import Given
from automl.data.texts.contract import TextContract
from automl.data.texts.read import INPUT, read_texts
from automl.data.texts.source import has_validation
from automl.data.texts.warn import equal_texts, telling
from automl.data.texts.words import spellings
from automl.errors import DataError
from automl.events import Events
from automl.jobs import TrainingSettings
from automl.tasks.answers import Answers, Classes, Labels, Numbers
from automl.tasks.rows import RowsTask

_SMALLEST_BATCH = 16
_FEWEST_STEPS = 32  # of an epoch
_FEWEST_STEPS_IN_ALL = 1000
_MOST_EPOCHS = 40


class _Text(RowsTask):
    """A table with a column of text, a folder of text files, or a list."""

    default_space: ClassVar[str] = "text"

    def read(
        self, source: Any, config: SearchConfig, events: Events, *, part: Part = "train", like: Dataset | None = None
    ) -> Dataset:
        """See ``RowsTask``."""
        given = None
        if isinstance(source, Arrays):
            given = Given(source.y, source.weights, source.groups)
            source = source.x
        dataset = read_texts(
            source,
            answer=self.answers.kind,
            output=self.answers.output,
            columns=config.columns,
            given=given,
            part=part,
            like=like,
            cache_dir=config.cache_dir,
            on_bad_file=config.on_bad_file,
            on_progress=lambda done, total: events.preparing("texts", done, total),
        )
        for note in dataset.notes:
            events.warning(note)
        if dataset.skipped:
            name, reason = dataset.skipped[0]
            more = f" (and {len(dataset.skipped) - 1} more)" if len(dataset.skipped) > 1 else ""
            events.warning(f"{name}{more} is left out: {reason}")
        return dataset

    def has_validation(self, source: Path) -> bool:
        """A ``val.csv`` beside a ``train.csv``, or a folder ``val`` beside ``train``."""
        return has_validation(source)

    def fit(self, prepared: PreparedData, rows: Rows, config: SearchConfig, events: Events) -> dict[str, Any]:
        """Nothing is fitted: words are numbered when texts are read. What should be known is warned of."""
        contract = _contract(prepared)
        (target,) = prepared.targets.values()
        if isinstance(target, ClassTarget):
            for warning in telling(rows, contract, target.classes, seed=config.seed):
                events.warning(warning)
        validation = prepared.rows("validation")
        equal, same = equal_texts(rows, validation)
        if equal:
            events.warning(
                f"{equal} of {len(validation)} validation texts are equal to training texts, {same} of them answer and "
                "all: the score is too good by as much as a network remembers them"
            )
        return {"preprocessing": {}, "fronts": {INPUT: front(contract)}}

    def inputs(self, prepared: PreparedData) -> Mapping[str, Input]:
        """A row of token numbers."""
        contract = _contract(prepared)
        return {INPUT: Input(contract.shape, "int32", codes=(contract.kinds,))}

    def found(self, prepared: PreparedData) -> dict[str, object]:
        """Which column is the text and why, and how much of it is read."""
        contract = _contract(prepared)
        known = (
            f"{len(contract.tokens):,} different {contract.unit} are known, and the first {contract.length} are read"
        )
        chosen = f"the text is column {contract.column!r}: {contract.reason}; " if contract.column else ""
        notes = [chosen + known]
        if contract.html:
            notes.append(
                "the texts are HTML: tags, comments and scripts are taken out, and entities read as what they stand "
                "for, here and when the model is asked by this package; see the docs for the exported model"
            )
        return {
            "text": contract.column or None,
            "unit": contract.unit,
            "length": contract.length,
            "vocabulary": len(contract.tokens),
            "notes": notes,
        }

    def settle_inputs(self, training: TrainingSettings, prepared: PreparedData) -> TrainingSettings:
        """Few texts get small batches and more epochs; there is nothing to augment."""
        rows = len(prepared.split.train)
        fitting = max(_SMALLEST_BATCH, 1 << max(0, (rows // _FEWEST_STEPS).bit_length() - 1))
        batch_size = min(training.batch_size, fitting)
        wanted = min(_MOST_EPOCHS, math.ceil(_FEWEST_STEPS_IN_ALL / math.ceil(rows / batch_size)))
        epochs = max(training.epochs, wanted)
        patience = None if training.patience is None else math.ceil(training.patience * epochs / training.epochs)
        return training.model_copy(update={"batch_size": batch_size, "epochs": epochs, "patience": patience})


class TextClassify(_Text):
    """Every text is of one class."""

    name: ClassVar[str] = "text-classify"
    answers: ClassVar[Answers] = Classes()


class TextLabel(_Text):
    """Every text has any number of labels."""

    name: ClassVar[str] = "text-classify"
    answers: ClassVar[Answers] = Labels()


class TextRegress(_Text):
    """Every text has one number or several."""

    name: ClassVar[str] = "text-regress"
    answers: ClassVar[Answers] = Numbers()


def front(contract: TextContract) -> dict[str, Any]:
    """The architecture that makes token numbers of raw text; see ``PreparedData.fronts``."""
    known = spellings(contract.tokens)
    args = {
        "spellings": list(known),
        "numbers": list(known.values()),
        "length": contract.length,
        "unit": contract.unit,
    }
    nodes = [Node("tokens", "tokens", args, ("text",))]
    return Architecture.assemble({"text": Input((), "string")}, nodes, {INPUT: "tokens"}).to_json()


def _contract(prepared: PreparedData) -> TextContract:
    contract = prepared.contract
    if not isinstance(contract, TextContract):
        raise DataError(f"texts are needed, and the data is of the kind {contract.kind!r}")
    return contract
