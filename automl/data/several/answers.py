"""The answers of several outputs: columns that were handed over, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.config import Port
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import given_columns
from automl.data.targets import TargetContract
from automl.errors import DataError

KINDS: Mapping[str, str] = {"classification": "classes", "multilabel": "labels", "regression": "numbers"}
"""What people call an output, and what readers of answers call it."""


def answer_columns(port: Port, y: Any, rows: int) -> list[pd.Series]:
    """Answers of one output that were handed over, one Series a column.

    Raises:
        DataError: They are of another length or shape.
    """
    kind = KINDS[port.kind]
    try:
        return given_columns(y, rows, several=kind == "numbers", labels=kind == "labels")
    except DataError as error:
        raise DataError(f"the answers of {port.name!r}: {error}") from error


def lacking_answers(
    columns: Mapping[str, Sequence[pd.Series]], ports: Sequence[Port], *, drop: bool
) -> NDArray[np.bool_]:
    """Which rows lack an answer of any output.

    Args:
        columns: By output.
        ports: The outputs.
        drop: Whether such rows may be left out.

    Raises:
        DataError: There are some, and they may not; or every row lacks one.
    """
    found = {port.name: missing_answers(columns[port.name], KINDS[port.kind]) for port in ports}
    if not drop:
        for name, lacking in found.items():
            refuse_missing(lacking, f"the answer of {name!r}")
    lacking = np.logical_or.reduce(list(found.values()))
    if lacking.all():
        raise DataError("no row has answers to learn from: one is missing everywhere")
    return np.asarray(lacking, dtype=bool)


def encoded(
    columns: Mapping[str, Sequence[pd.Series]],
    ports: Sequence[Port],
    *,
    like: Mapping[str, TargetContract] | None,
    read: bool,
) -> dict[str, tuple[TargetContract, NDArray[Any]]]:
    """By output its contract and what is kept of its answers; see ``tables.answers``.

    Raises:
        DataError: They are not of the kind that was said.
    """
    kept = {}
    for port in ports:
        before = None if like is None else like[port.name]
        try:
            kept[port.name] = answers(columns[port.name], KINDS[port.kind], before, read=read)
        except DataError as error:
            raise DataError(f"the output {port.name!r}: {error}") from error
    return kept
