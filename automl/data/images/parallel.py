"""Work on many picture files at once, with progress, in the files' order."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from automl.data.images.pictures import PictureError, bombs_are_errors

Progress = Callable[[int, int], None]
Result = TypeVar("Result")

_MOST_THREADS = 16


def each_picture(
    work: Callable[[int, Path], Result], files: Sequence[Path], *, on_done: Callable[[int], None] | None = None
) -> list[Result | PictureError]:
    """``work(position, file)`` for every file: its result, or the error that says why the file is no picture.

    Threads suffice: Pillow decodes without holding the interpreter's lock.

    Args:
        work: Called from several threads.
        files: What to work on.
        on_done: Called from this thread with how many files are done.
    """

    def guarded(position: int) -> Result | PictureError:
        try:
            return work(position, files[position])
        except PictureError as error:
            return error

    results: list[Result | PictureError] = []
    with bombs_are_errors(), ThreadPoolExecutor(_threads()) as pool:
        try:
            for result in pool.map(guarded, range(len(files))):
                results.append(result)
                if on_done is not None:
                    on_done(len(results))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for thousands of files
            raise
    return results


def _threads() -> int:
    return min(_MOST_THREADS, os.cpu_count() or 1)
