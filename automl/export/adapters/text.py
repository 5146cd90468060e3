"""Texts: lists, columns of tables and text files, read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import given_columns, joined
from automl.data.tables.source import Table, table_part
from automl.data.texts.column import as_texts, find_text
from automl.data.texts.contract import TextContract
from automl.data.texts.markup import all_aloud
from automl.data.texts.source import ENDINGS, FilesTable, is_table, open_text_folder, open_texts
from automl.errors import DataError
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth
from automl.export.manifest import Output

INPUT = "text"

_BATCH_TOKENS = 1 << 17  # a few hundred MB with the activations of an ordinary network
_LARGEST_BATCH = 2048
_PROBES = 24


class TextAdapter(Adapter):
    """Texts of any length."""

    def __init__(self, contract: TextContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """A list, an array or a Series of text; a table with the column; a folder of text files, or one of them."""
        return TextSource(self._open(x, reading, labelled=False), self._contract)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """The answers are a column, class folders, or stand beside the texts."""
        source = TextSource(self._open(x, reading, labelled=y is None), self._contract)
        truth = source.read_truth(output, y, drop=reading.drop_missing_labels)
        return source, lambda: truth

    def given(self, rows: Any) -> dict[str, Any]:
        """A tensor, because ``predict_on_batch`` takes no NumPy strings."""
        import tensorflow as tf

        return {INPUT: tf.constant([text.encode("utf-8", "replace") for text in rows], tf.string)}

    def shapes(self) -> set[Shape]:
        """One text a row."""
        return {(None,)}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """``text``: UTF-8."""
        return {INPUT: ((None,), "string")}

    def probe(self, seed: int = 0) -> np.ndarray:
        """Texts of known and unknown words, in all sorts of spelling; empty, long and odd ones."""
        rng = np.random.default_rng(seed)
        odd = [
            "",
            " ",
            "\x00",
            "never seen \U0001f600",
            "<b>Bold</b>, isn't it?",
            "\u202e\u05e9\u05dc\u05d5\u05dd ÜBER\u00a0Maß",
        ]
        known = np.array(self._contract.tokens, object)
        gap = " " if self._contract.unit == "words" else ""
        lengths = rng.integers(1, 2 * self._contract.length, _PROBES - len(odd))
        ordinary = [gap.join(rng.choice(known[: rng.integers(1, len(known) + 1)], length)) for length in lengths]
        ordinary[0], ordinary[1] = ordinary[0].upper(), ordinary[1].title()
        return np.array([*odd, *ordinary], object)

    def batch_size(self) -> int:
        """So many that they fit, whatever their length."""
        return max(1, min(_LARGEST_BATCH, _BATCH_TOKENS // self._contract.length))

    def _open(self, x: Any, reading: Reading, *, labelled: bool) -> Table:
        if not isinstance(x, str | Path) or (isinstance(x, str) and not Path(x).exists()):
            return open_texts(x, encoding=reading.encoding)
        path = Path(x)
        one = path.is_file() and path.suffix.lower() in ENDINGS and not self._contract.column
        if not one and path.exists() and is_table(path):
            return open_texts((table_part(path, "test") if path.is_dir() else path) or path, encoding=reading.encoding)
        return open_text_folder(
            path, part="test", encoding=reading.encoding, labelled=labelled, on_bad_file=reading.on_bad_file
        )


class TextSource:
    """Texts of a table, read piece by piece; a row's name is its number, or its file.

    Args:
        table: Where they come from.
        contract: What the model takes.

    Raises:
        DataError: The column of the text is not there.
    """

    def __init__(self, table: Table, contract: TextContract) -> None:
        self._table = table
        self._files = table if isinstance(table, FilesTable) else None
        self._column = find_text(table, like=contract).name
        self._html = contract.html
        self._kept: np.ndarray | None = None
        self._rows = 0
        self.column: Literal["path", "row"] = "row" if self._files is None else "path"

    @property
    def skipped(self) -> Sequence[str]:
        """Text files that are no text."""
        return () if self._files is None else tuple(name for name, _ in self._files.skipped)

    def read_truth(self, output: Output, y: Any, *, drop: bool) -> np.ndarray:
        """The right answers, codes (n,) or numbers (n, k).

        Args:
            output: What is answered.
            y: The right answers, (n,) or (n, k); None when they are columns of the table, or class folders.
            drop: Whether rows without one are left out, here and by ``batches``, rather than refused.

        Raises:
            DataError: There are none, one is missing, or one is not what the model answers.
        """
        read = False
        if y is not None or (self._files is not None and self._files.labels):
            given = np.array(self._files.labels) if y is None and self._files is not None else y
            rows = sum(len(frame) for frame in self._table.frames())
            columns = given_columns(given, rows, several=output.kind == "numbers", labels=output.kind == "labels")
        else:
            columns, read = self._answered(output), True
        lacking = missing_answers(columns, output.kind)
        if not drop:
            refuse_missing(lacking, ", ".join(output.columns) or "y")
        self._kept = ~lacking
        columns = [column[self._kept] for column in columns]
        return answers(columns, output.kind, output.target(), read=read)[1]

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Texts (m,)."""
        start = 0
        for frame in self._table.frames():
            kept = slice(None) if self._kept is None else self._kept[start : start + len(frame)]
            texts = as_texts(frame[self._column], start=start)[kept]
            if self._html:
                texts = np.array(all_aloud(texts), object)
            for first in range(0, len(texts), size):
                yield texts[first : first + size]
            start += len(frame)
            self._rows = start

    def kept(self) -> np.ndarray:
        """Numbers of the rows with an answer; known after ``batches``."""
        return np.arange(self._rows) if self._kept is None else np.flatnonzero(self._kept)

    def names(self) -> tuple[str, ...] | tuple[int, ...]:
        """Numbers of the rows, from 0, or the files."""
        rows = self.kept().tolist()
        return tuple(rows) if self._files is None else tuple(str(self._files.files[row]) for row in rows)

    def _answered(self, output: Output) -> list[pd.Series]:
        if not output.columns:
            raise DataError("evaluation needs answers: give y beside the texts, or a folder with a sub-folder a class")
        missing = [name for name in output.columns if name not in self._table.names]
        if missing:
            raise DataError(f"there is no column {missing[0]!r} in {self._table.name} to compare the answers with")
        frames = [frame[list(output.columns)] for frame in self._table.frames()]
        return [joined([frame[name] for frame in frames]) for name in output.columns]
