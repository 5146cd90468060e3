"""``.ts`` files, as sktime and aeon write them: lines of ``@`` directives, then a series a line.

    @problemName Vowels
    @univariate false
    @dimensions 2
    @equalLength false
    @classLabel true a e
    @data
    1.0,2.0,?:0.5,0.6,0.7:a
    1.5,2.5:0.4,0.3:e

The channels of a series stand one after the other with colons between them, the answer is the last; ``?`` and ``NaN``
are missing numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from automl.data.series.steps import Steps, as_float32
from automl.errors import DataError

_ANSWERS = ("classlabel", "targetlabel")


@dataclass(slots=True)
class TsFile:
    """What a ``.ts`` file holds.

    Attributes:
        series: One array (time, channels) each, NaN where a number is missing.
        answers: Text of each series' class or number; empty where the file says that it has none.
    """

    series: list[Steps] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


def read_ts(path: Path, *, encoding: str | None = None) -> TsFile:
    """Read a ``.ts`` file.

    Args:
        path: The file.
        encoding: None for UTF-8, with or without a byte-order mark.

    Raises:
        DataError: It is no such file, or uses time stamps; the message has the line.
    """
    reading = _Reading(path)
    for number, line in _lines(path, encoding):
        if line.startswith("@"):
            reading.directive(number, line)
        else:
            reading.row(number, line)
    if not reading.in_data:
        raise DataError(f"{path} has no line '@data': it is no .ts file")
    return reading.found


@dataclass(slots=True)
class _Reading:
    path: Path
    found: TsFile = field(default_factory=TsFile)
    in_data: bool = False
    answered: bool = False
    channels: int | None = None

    def directive(self, number: int, line: str) -> None:
        name, *words = line[1:].split()
        name = name.lower()
        if name == "data":
            self.in_data = True
        elif name == "timestamps" and words and words[0].lower() == "true":
            self._refuse(number, "has time stamps; leave them out (series are taken to have equal steps)")
        elif name in _ANSWERS and words:
            self.answered = words[0].lower() == "true"
        elif name in ("dimensions", "dimension") and words:
            self.channels = int(words[0]) if words[0].isdecimal() else self._refuse(number, "needs a whole number")
        elif name == "univariate" and words and words[0].lower() == "true":
            self.channels = 1

    def row(self, number: int, line: str) -> None:
        if not self.in_data:
            self._refuse(number, "stands before '@data' and begins with neither '@' nor '#'")
        parts = line.split(":")
        if self.answered:
            self.found.answers.append(parts.pop().strip())
        self.channels = self.channels or len(parts)
        if len(parts) != self.channels:
            answer = " and an answer" if self.answered else ""
            self._refuse(number, f"has {len(parts)} channels{answer}, where {self.channels} are expected")
        values = [self._numbers(number, part) for part in parts]
        steps = np.full((max(map(len, values)), len(values)), np.nan, np.float32)
        for channel, each in enumerate(values):
            steps[: len(each), channel] = as_float32(each)
        self.found.series.append(steps)

    def _numbers(self, number: int, text: str) -> NDArray[np.float64]:
        if text.lstrip().startswith("("):
            self._refuse(number, "has time stamps; leave them out (series are taken to have equal steps)")
        cells = [cell.strip() for cell in text.split(",")] if text.strip() else []
        return parse_numbers(cells, f"{self.path}:{number}")

    def _refuse(self, number: int, what: str) -> NoReturn:
        raise DataError(f"{self.path}:{number}: the line {what}")


def parse_numbers(cells: list[str], where: str) -> NDArray[np.float64]:
    """Text as numbers; ``?`` and nothing are missing, NaN.

    Raises:
        DataError: A cell is no number; the message begins with ``where``.

    >>> parse_numbers(["1", "?", "2e3"], "here").tolist()
    [1.0, nan, 2000.0]
    """
    try:
        return np.array([cell if cell not in ("", "?") else "nan" for cell in cells], dtype=np.float64)
    except ValueError:
        place = next(place for place, cell in enumerate(cells) if not _is_number(cell))
        raise DataError(f"{where}: {cells[place]!r} (number {place + 1} of the line) is no number") from None


def _is_number(cell: str) -> bool:
    try:
        float(cell if cell not in ("", "?") else "nan")
    except ValueError:
        return False
    return True


def _lines(path: Path, encoding: str | None) -> Iterator[tuple[int, str]]:
    """Lines that say something, with their numbers."""
    for number, line in text_lines(path, encoding):
        if not line.startswith("#"):
            yield number, line


def text_lines(path: Path, encoding: str | None) -> Iterator[tuple[int, str]]:
    """Lines of a text file that are not blank, with their numbers from 1.

    Raises:
        DataError: The file cannot be read, or not by this encoding.
    """
    try:
        with path.open(encoding=encoding or "utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if text := line.strip("\n\r ").rstrip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not {encoding or 'UTF-8'} text: {error}; name its encoding (--encoding)") from error
    except (OSError, LookupError) as error:
        raise DataError(f"cannot read {path}: {error}") from error
