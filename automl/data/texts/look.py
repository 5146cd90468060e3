"""The first of two goes through texts: their words, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from automl.data.tables.source import Table
from automl.data.texts.column import as_texts
from automl.data.texts.markup import all_aloud, is_html
from automl.data.texts.words import Counts, unit_of

_LOOKED_AT = 1000  # texts that say whether tokens are words or characters


@dataclass(slots=True)
class Found:
    """What going through the texts once finds.

    Attributes:
        beside: The pieces of the columns of answers, weights and groups.
        counts: Of the tokens; None where they are known.
        rows: How many.
        first: The first text.
        constant: Whether all others are equal to it.
        html: Whether they are HTML, where words are counted; these are then those that a person reads.
    """

    beside: dict[str, list[pd.Series]]
    counts: Counts | None = None
    rows: int = 0
    first: str = ""
    constant: bool = True
    html: bool = False


def look_through(table: Table, name: str, *, beside: Sequence[str], count: bool) -> Found:
    """Go through the texts once.

    Args:
        table: Where they are.
        name: Their column.
        beside: Columns that are kept as they are.
        count: Whether their words are to be counted.

    Raises:
        DataError: A cell is no text, or the table cannot be read.
    """
    found = Found({each: [] for each in beside})
    for frame in table.frames():
        texts = as_texts(frame[name], start=found.rows).tolist()
        if found.rows == 0 and count:
            found.html = is_html(texts[:_LOOKED_AT])
        texts = all_aloud(texts) if found.html else texts
        if found.rows == 0 and texts:
            found.first = texts[0]
            found.counts = Counts(unit_of(texts[:_LOOKED_AT])) if count else None
        found.constant = found.constant and all(text == found.first for text in texts)
        found.rows += len(frame)
        if found.counts is not None:
            found.counts.see(texts)
        for each, pieces in found.beside.items():
            pieces.append(frame[each])
    return found
