"""Where series come from: ``.ts`` and ``.tsv`` files, ``.npz`` files, folders of them by parts, arrays."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.config import Arrays
from automl.data.folder import Part
from automl.data.npz import npz_parts, read_npz
from automl.data.series.steps import Steps, as_float32, as_series, check_series
from automl.data.series.ts import parse_numbers, read_ts, text_lines
from automl.errors import DataError

SUFFIXES = (".ts", ".tsv", ".npz")
_PARTS: dict[str, Part] = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}
_PART_OF_NAME = re.compile(r"(?:^|[_.-])(train|validation|val|test)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """Series with their answers.

    Attributes:
        values: One array (time, channels) each.
        answers: (n,) text or values, (n, k) numbers; None where there are none.
        read: Whether the answers were read from text.
        name: What to call where they come from.
    """

    values: list[Steps]
    answers: Any
    read: bool
    name: str


def open_series(source: Any, *, part: Part = "train", encoding: str | None = None, length: int | None = None) -> Series:
    """Series and, where they are there, answers.

    Args:
        source: A file, a folder, or ``Arrays``.
        part: Which part is meant of data that comes in parts.
        encoding: Of a text file; None for UTF-8.
        length: Steps that a model takes, where answers may be missing: a ``.tsv`` whose lines have exactly so many
            numbers has none.

    Raises:
        DataError: There is nothing, or something that cannot be read.
    """
    if isinstance(source, Arrays):
        return Series(as_series(source.x), source.y, read=False, name="x")
    path = series_file(Path(source), part)
    if path.suffix.lower() == ".npz":
        return _from_npz(path, part)
    if path.suffix.lower() == ".ts":
        found = read_ts(path, encoding=encoding)
        series, answers = found.series, found.answers
    else:
        series, answers = _from_tsv(path, encoding, length)
    try:
        check_series(series)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return Series(series, answers or None, read=True, name=str(path))


def series_file(source: Path, part: Part) -> Path:
    """The file of a part: of a folder ``NAME_TRAIN.ts`` and so on, the file itself otherwise.

    Raises:
        DataError: There is none, several, or it is of a kind that is not read.
    """
    if not source.exists():
        raise DataError(f"no such file or folder: {source}")
    if source.is_dir():
        found = _part_files(source).get(part, [])
        if len(found) == 1:
            return found[0]
        listed = ", ".join(file.name for file in found) or "none"
        raise DataError(
            f"{source} needs exactly one file of its {part} part, such as NAME_{part.upper()}.ts, {part}.tsv or an "
            f".npz; found {listed}: name the file"
        )
    if source.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{source} is no file of series that is read here: .ts (sktime, aeon), .tsv (UCR: the answer, then the "
            "steps, tabs between them, no header) or .npz (x, y)"
        )
    return source


def parts_of(source: Path) -> frozenset[Part]:
    """Parts that a folder or an ``.npz`` holds by name; none of a plain file.

    Raises:
        DataError: There is no such file, or one that cannot be read.
    """
    if source.is_dir():
        return frozenset(part for part, files in _part_files(source).items() if files)
    return npz_parts(source) if source.suffix.lower() == ".npz" else frozenset()


def key_of(source: Any, part: Part) -> str:
    """Equal for equal content: of the file, or of the arrays."""
    sha = hashlib.sha256(part.encode())
    if isinstance(source, Arrays):
        for each in as_series(source.x):
            sha.update(repr(each.shape).encode() + np.ascontiguousarray(each).tobytes())
        return sha.hexdigest()
    path = series_file(Path(source), part)
    sha.update(path.suffix.lower().encode())
    with path.open("rb") as content:
        sha.update(hashlib.file_digest(content, "sha256").digest())
    return sha.hexdigest()


def _part_files(folder: Path) -> dict[Part, list[Path]]:
    """The files of each part; an ``.npz`` with parts in it stands for all of them."""
    found: dict[Part, list[Path]] = {"train": [], "validation": [], "test": []}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
            continue
        if named := _PART_OF_NAME.search(file.stem):
            found[_PARTS[named[1].lower()]].append(file)
        elif file.suffix.lower() == ".npz":
            parts: frozenset[Part] = npz_parts(file) or frozenset({"train"})
            for part in parts:
                found[part].append(file)
    return found


def _from_npz(path: Path, part: Part) -> Series:
    arrays = read_npz(path, part=part)
    series = as_series(arrays.x)
    lengths = _lengths(path, part, len(series))
    if lengths is not None:
        series = [each[:steps] for each, steps in zip(series, lengths, strict=True)]
    return Series(series, arrays.y, read=False, name=str(path))


def _lengths(path: Path, part: Part, rows: int) -> Any:
    """The array ``len`` or ``len_train``: how many steps of each row are its own."""
    with np.load(path, allow_pickle=False) as arrays:
        suffixes = [f"_{word}" for word, meant in _PARTS.items() if meant == part]
        names = [f"len{suffix}" for suffix in (*suffixes, "") if f"len{suffix}" in arrays.files]
        if not names:
            return None
        lengths = arrays[names[0]]
    if lengths.shape != (rows,) or lengths.dtype.kind not in "iu" or (lengths < 0).any():
        raise DataError(f"{names[0]!r} of {path} must say for each of the {rows} series how many steps it has")
    return lengths.tolist()


def _from_tsv(path: Path, encoding: str | None, length: int | None) -> tuple[list[Steps], list[str]]:
    """A series a line; trailing NaN means that it is shorter."""
    series, answers = [], []
    for number, line in text_lines(path, encoding):
        cells = [cell.strip() for cell in line.split("\t")]
        if length is None or len(cells) != length:
            answers.append(cells.pop(0))
        values = parse_numbers(cells, f"{path}:{number}")
        series.append(as_float32(values)[:, np.newaxis])
    if answers and len(answers) < len(series):
        raise DataError(f"{path}: {len(answers)} of {len(series)} lines have an answer before the {length} steps")
    return series, answers
