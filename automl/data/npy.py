"""Writing a ``.npy`` file row by row, without knowing how many there will be and without mapping it into memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray


class RowWriter:
    """Appends rows of one shape and dtype.

    Pages of a mapped file count as memory of the process until the system takes them back, so a data set larger than
    memory is written as a stream; NumPy leaves room in a header for more rows.

    Args:
        file: An empty file, open for writing.
        shape: Of one row.
        dtype: Of its values.
    """

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], dtype: Any) -> None:
        self._file = file
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.rows = 0
        self._header()
        self._start = file.tell()

    def write(self, rows: NDArray[Any]) -> None:
        """Append (n, ...) rows; values are converted."""
        self._file.write(np.ascontiguousarray(rows, self.dtype).data)
        self.rows += len(rows)

    def finish(self) -> None:
        """Say at the beginning of the file how many rows there are."""
        self._file.seek(0)
        self._header()
        assert self._file.tell() == self._start, "NumPy pads headers so that the number of rows may grow"

    def _header(self) -> None:
        about = {"descr": self.dtype.str, "fortran_order": False, "shape": (self.rows, *self.shape)}
        np.lib.format.write_array_header_1_0(self._file, about)


@contextmanager
def writing_rows(path: Path, shape: tuple[int, ...], dtype: Any) -> Iterator[RowWriter]:
    """A ``.npy`` file that is whole when the block ends without an error."""
    with path.open("wb") as file:
        writer = RowWriter(file, shape, dtype)
        yield writer
        writer.finish()
