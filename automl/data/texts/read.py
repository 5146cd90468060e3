"""From texts to a ``Dataset`` in the cache: looked through once to know their words, read once more to keep them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.config import Columns
from automl.data.cache import cached
from automl.data.checks import check_room
from automl.data.dataset import CACHE_FORMAT, Dataset, finish
from automl.data.folder import Part
from automl.data.tables.answers import answers, missing_answers, refuse_missing
from automl.data.tables.beside import (
    Given,
    bytes_of,
    checked_weights,
    given_columns,
    group_numbers,
    joined,
    listed_names,
)
from automl.data.tables.encode import as_floats
from automl.data.tables.source import Table, table_part
from automl.data.texts.column import Chosen, as_texts, find_text
from automl.data.texts.contract import TextContract
from automl.data.texts.look import Found, look_through
from automl.data.texts.markup import all_aloud
from automl.data.texts.source import FilesTable, is_table, open_text_folder, open_texts
from automl.data.texts.words import lookup, numbers
from automl.errors import ConfigError, DataError, did_you_mean

Progress = Callable[[int, int], None]

INPUT = "text"

_MANY_CUT = 0.02  # of the texts are told of when their ends are not read


def read_texts(
    source: Any,
    *,
    answer: Any,
    output: str,
    columns: Columns,
    given: Given | None = None,
    part: Part = "train",
    like: Dataset | None = None,
    cache_dir: Path | None = None,
    on_bad_file: Literal["error", "skip"] = "error",
    on_progress: Progress | None = None,
) -> Dataset:
    """Read texts with the answers to them.

    Args:
        source: A CSV, TSV, JSONL or Parquet file, or a folder of them by parts; a folder of text files by class; a
            data frame; a list, an array or a Series of text.
        answer: What is looked for in the answers, see ``tables.answers``.
        output: Name of the target.
        columns: Which columns are text, answers and weights, and how to read the file.
        given: Answers and weights that are no columns.
        part: Which part is meant of a folder.
        like: Training data that this is validation or test data for; it gives the contracts.
        cache_dir: Where the cache is; None for the user's cache folder.
        on_bad_file: What to do about a text file that is no text.
        on_progress: Called with how many texts of how many are kept.

    Raises:
        DataError: The data cannot be used; the cache holds nothing of it.
        ConfigError: No answers are named, or not in a way that this file can be read by.
    """
    table: Table
    if isinstance(source, Path) and source.is_dir() and not is_table(source):
        if answer == "numbers":
            raise DataError(f"{source} is a folder of text files, which has no numbers to predict; give a table")
        if answer == "labels":
            raise DataError(f"the folders in {source} are one class a text, and labels are needed; give a table")
        table = open_text_folder(source, part=part, encoding=columns.encoding, on_bad_file=on_bad_file)
        given = Given(y=np.array(table.labels))
    else:
        if isinstance(source, Path) and source.is_dir():
            source = table_part(source, part) or source
        table = open_texts(source, encoding=columns.encoding)
    reading = _Reading(table, answer, output, columns, given or Given(), like)
    reading.check_names()

    def write(aside: Path) -> None:
        reading.write(aside, on_progress)

    return cached(reading.key(), write, cache_dir=cache_dir)


@dataclass(frozen=True, eq=False, slots=True)
class _Reading:
    """Texts on their way to the cache."""

    table: Table
    answer: Any
    output: str
    columns: Columns
    given: Given
    like: Dataset | None

    def check_names(self) -> None:
        """The answers are named, and are there."""
        if self.given.y is None and not self.columns.target:
            raise ConfigError(f"which column is to be predicted? say --target NAME; {listed_names(self.table)}")
        for name in self._spoken_for():
            if name not in self.table.names:
                hint = did_you_mean(name, self.table.names)
                raise DataError(f"there is no column {name!r} in {self.table.name}; {hint}")

    def key(self) -> str:
        try:
            table = self.table.key()
        except UnicodeEncodeError as error:
            raise DataError(f"{self.table.name} holds half a character (a lone surrogate): {error}") from None
        config = {
            "cache_format": CACHE_FORMAT,
            "kind": "text",
            "html": 1,  # how it is told and read, see ``markup``
            "table": table,
            "answer": [self.answer, self.output],
            "columns": asdict(self.columns),
            "like": None if self.like is None else self.like.digest,
        }
        sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
        for part in (self.given.y, self.given.weights, self.given.groups):
            sha.update(b"" if part is None else bytes_of(part))
        return sha.hexdigest()[:40]

    def write(self, aside: Path, on_progress: Progress | None) -> None:
        """Write the files of the dataset."""
        like = None if self.like is None else _contract_of(self.like)
        chosen = find_text(self.table, like=like, spoken_for=self._spoken_for(), said=self.columns.text)
        found = look_through(self.table, chosen.name, beside=self._beside(), count=self.like is None)
        if found.rows == 0:
            raise DataError(f"{self.table.name} has 0 rows (Found array with 0 sample(s)); at least two are needed")
        answered, weights, groups = self._beside_texts(found)
        kept = self._kept(answered)
        if weights is not None:
            kept &= weights > 0
        target, values = answers(
            [column[kept] for column in answered],
            self.answer,
            None if self.like is None else self.like.targets[self.output],
            read=self.given.y is None,
        )
        contract = self._contract(chosen, found)
        np.save(aside / f"y.{self.output}.npy", values)
        if weights is not None:
            np.save(aside / "weights.npy", weights[kept].astype(np.float32))
        if groups is not None:
            np.save(aside / "groups.npy", groups[kept])
        empty = self._keep(aside / f"x.{INPUT}.npy", chosen.name, contract, kept, on_progress)
        files = self.table if isinstance(self.table, FilesTable) else None
        finish(
            aside,
            inputs={INPUT: contract},
            targets={self.output: target},
            names=[] if files is None else [path for path, keep in zip(files.paths, kept, strict=True) if keep],
            skipped=() if files is None else files.skipped,
            notes=tuple(self._notes(chosen, contract, found, kept, empty)),
            source=self.table.name,
        )

    def _beside_texts(self, found: Found) -> tuple[list[pd.Series], NDArray[np.float64] | None, Any]:
        """Answers, weights and numbers of groups."""
        whole = {name: joined(pieces) for name, pieces in found.beside.items()}
        if self.given.y is None:
            answered = [whole[name] for name in self.columns.target]
        else:
            answered = given_columns(
                self.given.y, found.rows, several=self.answer == "numbers", labels=self.answer == "labels"
            )
        weights, groups = self.given.weights, self.given.groups
        if (name := self.columns.weight) is not None:
            weights = as_floats(whole[name], name=name, start=0)
        if (name := self.columns.group) is not None:
            groups = whole[name]
        return (
            answered,
            None if weights is None else checked_weights(weights, found.rows),
            None if groups is None else group_numbers(groups, found.rows),
        )

    def _kept(self, answered: Sequence[pd.Series]) -> NDArray[np.bool_]:
        lacking = missing_answers(answered, self.answer)
        if not self.columns.drop_missing_labels:
            refuse_missing(lacking, ", ".join(map(str, self.columns.target)) or "y")
        if lacking.all():
            raise DataError("no row has an answer to learn from: all labels are missing")
        return ~lacking

    def _contract(self, chosen: Chosen, found: Found) -> TextContract:
        if self.like is not None:
            return _contract_of(self.like)
        assert found.counts is not None
        if found.constant:
            shown = found.first[:40] + ("..." if len(found.first) > 40 else "")
            raise DataError(f"all {found.rows} texts are equal ({shown!r}): there is nothing to learn from")
        vocabulary = found.counts.vocabulary()
        if not vocabulary:
            raise DataError(f"no text of {self.table.name} has a word in it (0 feature(s)): nothing to learn from")
        return TextContract(
            column=chosen.name if self.table.named else "",
            reason=chosen.reason,
            unit=found.counts.unit,
            html=found.html,
            length=found.counts.length(),
            tokens=vocabulary,
        )

    def _keep(
        self, path: Path, name: str, contract: TextContract, kept: NDArray[np.bool_], on_progress: Progress | None
    ) -> int:
        """Write the working form, piece by piece, and tell how many texts have no token."""
        shape = (int(kept.sum()), contract.length)
        check_room(path.parent, int(np.prod(shape)) * np.dtype(contract.dtype).itemsize)
        out = np.lib.format.open_memmap(path, mode="w+", dtype=contract.dtype, shape=shape)
        known = lookup(contract)
        seen = written = empty = 0
        for frame in self.table.frames():
            texts = as_texts(frame[name], start=seen)[kept[seen : seen + len(frame)]].tolist()
            texts = all_aloud(texts) if contract.html else texts
            out[written : written + len(texts)] = numbers(texts, contract, known)
            empty += sum(not text.strip() for text in texts)
            seen, written = seen + len(frame), written + len(texts)
            if on_progress is not None:
                on_progress(seen, len(kept))
        out.flush()
        return empty

    def _notes(
        self, chosen: Chosen, contract: TextContract, found: Found, kept: NDArray[np.bool_], empty: int
    ) -> Iterator[str]:
        for name, reason in chosen.others.items():
            if "--text" in reason or self.columns.text is not None:
                yield f"column {name!r} is left out: {reason}"
        dropped = int((~kept).sum())
        if dropped:
            yield f"{dropped} of {len(kept)} rows are left out: their answer is missing, or their weight is 0"
        if empty:
            yield f"{empty} of {len(kept) - dropped} texts are empty; each counts as one unknown word"
        cut = 0 if found.counts is None else found.counts.longer_than(contract.length)
        if cut > len(kept) * _MANY_CUT:
            yield f"{cut} of {len(kept)} texts have more than {contract.length} {contract.unit}; the rest is not read"

    def _beside(self) -> tuple[str, ...]:
        """Columns that stand beside the text."""
        target = () if self.given.y is not None else self.columns.target
        named = (*target, self.columns.weight, self.columns.group)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def _spoken_for(self) -> tuple[str, ...]:
        return (*self._beside(), *self.columns.ignore)


def _contract_of(dataset: Dataset) -> TextContract:
    contract = dataset.inputs[INPUT]
    if not isinstance(contract, TextContract):
        raise DataError("the training data is no text")
    return contract
