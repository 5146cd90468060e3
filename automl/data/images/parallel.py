"""Work on many picture files at once, in the files' order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from automl.data.images.pictures import PictureError, bombs_are_errors

Result = TypeVar("Result")

_MOST_THREADS = 16
_AHEAD = 8  # files a thread whose results may wait for their turn


def each_picture(work: Callable[[Path], Result], files: Sequence[Path]) -> Iterator[Result | PictureError]:
    """``work(file)`` for every file, in order: its result, or the error that says why the file is no picture.

    Threads suffice: Pillow decodes without holding the interpreter's lock. No more results are kept than are about to
    be asked for, so memory does not grow with the number of files.

    Args:
        work: Called from several threads.
        files: What to work on.
    """

    def guarded(file: Path) -> Result | PictureError:
        try:
            return work(file)
        except PictureError as error:
            return error

    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    waiting = deque[Future[Result | PictureError]]()
    with bombs_are_errors(), ThreadPoolExecutor(threads) as pool:
        try:
            for file in files:
                waiting.append(pool.submit(guarded, file))
                if len(waiting) > threads * _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for thousands of files
