"""Where texts come from: a table, a list in memory, or a folder of text files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from automl.data.folder import Part, folder_parts, list_class_folder, list_pictures
from automl.data.tables.source import FrameTable, Table, open_table, table_part
from automl.data.texts.column import as_texts
from automl.errors import DataError

TEXT = "text"
"""What the column is called where texts are no table."""

ENDINGS = (".txt", ".text", ".md")
"""How the names of text files end."""

_FILES_AT_ONCE = 1000


@dataclass(frozen=True)
class FilesTable:
    """Text files, one a row, read some at a time.

    Attributes:
        root: The folder.
        files: What is read.
        labels: The class folder of each file; empty where that is not asked for.
        encoding: Of every file; None for UTF-8, with or without a byte-order mark.
        skipped: Files that are left out, with the reason.
    """

    root: Path
    files: tuple[Path, ...]
    labels: tuple[str, ...] = ()
    encoding: str | None = None
    skipped: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    named: bool = False

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.root)

    @property
    def names(self) -> tuple[str, ...]:
        """One column."""
        return (TEXT,)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files relative to the folder, with slashes."""
        return tuple(_relative(file, self.root) for file in self.files)

    def frames(self) -> Iterator[pd.DataFrame]:
        """The texts."""
        for start in range(0, len(self.files), _FILES_AT_ONCE):
            texts = [read_text(file, self.encoding) for file in self.files[start : start + _FILES_AT_ONCE]]
            yield pd.DataFrame({TEXT: pd.Series(texts, dtype=object)})

    def key(self) -> str:
        """Of path, size and time of change of every file."""
        sha = hashlib.sha256(repr((str(self.root.resolve()), self.encoding, self.labels)).encode())
        for file, path in zip(self.files, self.paths, strict=True):
            stat = file.stat()
            sha.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
        return sha.hexdigest()


def open_texts(x: Any, *, encoding: str | None = None) -> Table:
    """Texts that are a table's column, or in memory.

    Args:
        x: A CSV, TSV, JSONL or Parquet file, a data frame; a list, an array (n,) or (n, 1) or a Series of text.
        encoding: Of a text file.

    Raises:
        DataError: It is none of these.
    """
    if isinstance(x, str):
        raise DataError("one text is no list of texts; give a list, such as [text]")
    if isinstance(x, Path | pd.DataFrame):
        return open_table(x, encoding=encoding)
    found = as_texts(x if isinstance(x, pd.Series) else pd.Series(_listed(x), dtype=object))
    return FrameTable(pd.DataFrame({TEXT: pd.Series(found, dtype=object)}), named=False, name="texts")


def open_text_folder(
    folder: Path,
    *,
    part: Part = "train",
    encoding: str | None = None,
    labelled: bool = True,
    on_bad_file: Literal["error", "skip"] = "error",
) -> FilesTable:
    """The text files of a folder.

    Args:
        folder: One sub-folder a class, maybe below ``train/``, ``val/`` and ``test/``.
        part: Which part is meant where the folder names parts.
        encoding: Of the files.
        labelled: Whether sub-folders are classes; else they mean nothing, and of parts the test part is meant.
        on_bad_file: What to do about a file that is no text in that encoding.

    Raises:
        DataError: There is no such folder or part, nothing that ends like a text file, or a file that is no text.
    """
    if labelled:
        listing = list_class_folder(folder, part=part, what="texts")
        root, found, labels = listing.root, listing.files, listing.labels
    else:
        root, found = folder, list_pictures(folder, what="texts")
        labels = ("",) * len(found)
    chosen = [(file, label) for file, label in zip(found, labels, strict=True) if file.suffix.lower() in ENDINGS]
    if not chosen:
        raise DataError(f"no text files in {root}: their names should end with one of {', '.join(ENDINGS)}")
    skipped = {}
    for file, _ in chosen if on_bad_file == "skip" else ():
        try:
            read_text(file, encoding)
        except DataError as error:
            skipped[file] = str(error)
    kept = [each for each in chosen if each[0] not in skipped]
    if not kept:
        raise DataError(f"no file in {root} is a text that can be read: {next(iter(skipped.values()))}")
    told = tuple((_relative(file, root), reason) for file, reason in skipped.items())
    files, labels = zip(*kept, strict=True)
    return FilesTable(root, files, labels if labelled else (), encoding, told)


def is_table(source: Path) -> bool:
    """Whether a path is a table, or a folder of tables by parts; else it is a folder of text files."""
    return source.is_file() or table_part(source) is not None or table_part(source, "test") is not None


def has_validation(source: Path) -> bool:
    """Whether a folder comes with a validation part."""
    if not source.is_dir():
        return False
    return table_part(source, "validation") is not None or "validation" in folder_parts(source)


def read_text(file: Path, encoding: str | None = None) -> str:
    """A text file, without a byte-order mark.

    Raises:
        DataError: It cannot be read, or is no text in that encoding; the message says which byte is wrong.
    """
    try:
        return file.read_bytes().decode(encoding or "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file} is no {encoding or 'UTF-8'} text: byte 0x{error.object[error.start]:02x} at offset {error.start}; "
            "if it is Latin-1, say so with --encoding latin-1"
        ) from None
    except LookupError:
        raise DataError(f"unknown encoding {encoding!r}; known are such as utf-8, latin-1, cp1252, utf-16") from None
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error


def _listed(x: Any) -> Sequence[Any]:
    if isinstance(x, list | tuple):
        return x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise DataError(f"X is no list of texts: {error}") from error
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise DataError(f"X has shape {array.shape}; one text a row is needed, shape (n,)")
    if array.dtype.kind not in "UTSO":
        raise DataError(f"X has dtype {array.dtype}; texts (str) are needed")
    return list(array.tolist())


def _relative(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) and file != root else str(file)
