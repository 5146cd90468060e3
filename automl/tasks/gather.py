"""From rows of several inputs to one dataset: every input by the reader of its kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.config import Arrays, Columns, SearchConfig
from automl.data import ClassTarget, Dataset, Part
from automl.data.several.answers import encoded, lacking_answers
from automl.data.several.given import Given, open_given
from automl.data.several.join import Kept, join
from automl.data.several.views import part_view
from automl.data.tables.source import table_part
from automl.errors import DataError
from automl.events import Events
from automl.tasks.folds import refuse_validation_part
from automl.tasks.heard import Of
from automl.tasks.ports import Ports
from automl.tasks.rows import RowsTask

_UNKNOWN = ClassTarget(classes=(0, 1))  # what parts are read with: their readers need some answers


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows of several inputs.

    Attributes:
        kinds: Kind of input to the task that reads it.
        ports: What is read.
        config: What was asked for.
        events: Is told of the progress, and warned.
    """

    kinds: Mapping[str, RowsTask]
    ports: Ports
    config: SearchConfig
    events: Events

    def read(self, source: Any, *, part: Part = "train", like: Dataset | None = None) -> Dataset:
        """One dataset with all inputs and all answers.

        Args:
            source: See ``open_given``.
            part: Which part is meant of a folder.
            like: Training data that this is validation data for; it gives the contracts.

        Raises:
            DataError: It cannot be used.
        """
        columns, outputs = self.config.columns, self.ports.outputs
        given = open_given(source, columns, self.ports.inputs, outputs, part=part)
        lacking = lacking_answers(given.answers, outputs, drop=columns.drop_missing_labels)
        if lacking.any():
            self.events.warning(f"{int(lacking.sum())} of {given.rows} rows are left out: an answer is missing")
        given = given.only(~lacking)
        if given.weights is not None and not given.weights.all():
            zero = int((given.weights == 0).sum())
            self.events.warning(f"{zero} of {given.rows} rows are left out: their weight is 0")
            given = given.only(given.weights > 0)
        self._encoded(given, like)  # answers that cannot be used are found before pictures are read
        given, parts = self._parts(given, like)
        return join(parts, self._encoded(given, like), given, cache_dir=self.config.cache_dir)

    def read_validation(self, training: Dataset) -> Dataset | None:
        """Validation data that was given, or that lies beside the training data; None when it is to be split off."""
        data, source = self.config.data, self.config.validation
        if source is None and isinstance(data, Path) and data.is_dir():
            source = data if table_part(data, "validation") is not None else None
        if source is None:
            return None
        refuse_validation_part(self.config)
        return self.read(source, part="validation", like=training)

    def _encoded(self, given: Given, like: Dataset | None) -> Kept:
        targets = None if like is None else like.targets
        return encoded(given.answers, self.ports.outputs, like=targets, read=given.read)

    def _part(self, name: str, kind: str, rows: Arrays, like: Dataset | None) -> Dataset:
        try:
            return self.kinds[kind].read(rows, plain(self.config), Of(self.events, name), like=like)
        except DataError as error:
            raise DataError(f"the input {name!r}: {error}") from error

    def _parts(self, given: Given, like: Dataset | None) -> tuple[Given, dict[str, Dataset]]:
        """Every input, read by its kind; rows with a picture that cannot be read are left out everywhere."""
        while True:
            parts: dict[str, Dataset] = {}
            kept = np.ones(given.rows, dtype=bool)
            for port in self.ports.inputs:
                before = parts.get(self.ports.first_of_group(port.name))
                if like is not None:
                    before = part_view(like, port.name, like.inputs[port.name].kind, _UNKNOWN)
                rows = Arrays(given.inputs[port.name], np.arange(given.rows) % 2)
                parts[port.name] = part = self._part(port.name, port.kind, rows, before)
                if part.skipped:
                    kept &= _in_order(given.inputs[port.name], part.names)
            if kept.all():
                return given, parts
            given = given.only(kept)


def _in_order(paths: Iterable[Any], names: Sequence[str]) -> NDArray[np.bool_]:
    """Which of the paths were read, (n,): ``names`` are those that were, in their order."""
    left = deque(names)
    kept = []
    for path in paths:
        kept.append(bool(left) and str(Path(path)) == left[0])
        if kept[-1]:
            left.popleft()
    return np.array(kept, dtype=bool)


def plain(config: SearchConfig) -> SearchConfig:
    """What one kind reads and fits its input with: nothing that is said of the others."""
    return replace(
        config,
        columns=Columns(encoding=config.columns.encoding),
        class_weight=None,
        loss=None,
        metrics=(),
        objective=None,
    )
