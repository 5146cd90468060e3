"""Answers to rows that have a name, and how they are written as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from automl.files import write_whole


@dataclass(frozen=True, eq=False, slots=True)
class Predictions:
    """What a model answered.

    Attributes:
        column: What ``names`` are: ``path`` of pictures, ``row`` for numbers of rows (from 0), the column of time
            stamps of forecasts.
        names: One a row.
        labels: The most probable class of each row, (n,), in the classes' dtype; or numbers (n, m); of labels their
            texts (n,), or 0 and 1 (n, m).
        probabilities: (n, k) float32; columns follow ``classes``; none, k = 0, where the answers are numbers.
        classes: The k classes.
        answers: What the labels are called: ``label``, or the names of the m numbers.
        skipped: Files that were left out because they are no pictures.
    """

    column: str
    names: tuple[str, ...] | tuple[int, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    classes: np.ndarray
    skipped: tuple[str, ...] = ()
    answers: tuple[str, ...] = ("label",)

    def __len__(self) -> int:
        return len(self.names)


def write_predictions(target: Path | TextIO, predictions: Predictions, *, proba: bool = False) -> None:
    """Write answers as CSV (RFC 4180: comma, CRLF, quotes only where needed; UTF-8).

    The columns are ``path`` or ``row``, ``label`` (or the names of the numbers) and, with ``proba``, one a class under
    the class' own name with the shortest digits that give the same float32 back. Cells are exactly what the labels are:
    one that begins with ``=`` is not disarmed for spreadsheets, because then it would be another label.

    Args:
        target: A file, written whole or not at all, or an open text stream (opened with ``newline=""``).
        predictions: The answers.
        proba: Whether to write the probabilities too.

    Raises:
        OSError: The file cannot be written.
    """
    if not isinstance(target, Path):
        csv.writer(target).writerows(_rows(predictions, proba))
        return
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(predictions, proba))
    target.parent.mkdir(parents=True, exist_ok=True)
    # A file name that is not UTF-8 comes back as the bytes it is.
    write_whole(target, text.getvalue().encode("utf-8", errors="surrogateescape"))


def _rows(predictions: Predictions, proba: bool) -> Iterator[list[object]]:
    classes = predictions.classes.tolist() if proba else []
    yield [predictions.column, *predictions.answers, *classes]
    for name, label, chances in zip(predictions.names, predictions.labels, predictions.probabilities, strict=True):
        said = [str(number) for number in label] if np.ndim(label) else [label]
        yield [name, *said, *(str(chance) for chance in (chances if proba else ()))]
