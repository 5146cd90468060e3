"""Pictures that are there more than once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from automl.data.prepared import RowView

_BYTES_AT_ONCE = 1 << 24


def equal_pictures(training: RowView, validation: RowView) -> int:
    """How many validation pictures are training pictures once more, pixel for pixel at the working size."""
    asked = list(_digests(validation))
    wanted = set(asked)
    found = {digest for digest in _digests(training) if digest in wanted}
    return sum(digest in found for digest in asked)


def _digests(pictures: RowView) -> Iterator[bytes]:
    if not len(pictures):
        return
    step = max(1, _BYTES_AT_ONCE // max(1, pictures[:1].nbytes))
    for start in range(0, len(pictures), step):
        for picture in pictures[start : start + step]:
            yield hashlib.blake2b(picture.tobytes(), digest_size=16).digest()
