"""What goes through the pipes between the coordinator and a worker: JSON documents, each after its length.

A frame is four bytes, the length of the document (big-endian), then the document in UTF-8::

    {"type": "report", "body": {...}}

The coordinator sends ``job``, ``reply`` and ``log`` (the file for what is printed from now on). A worker sends
``hello``, ``ready`` (Keras is imported), ``begin`` (it has the job), ``report`` and ``result``, or ``error``: a mistake
of this package.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

_LENGTH = struct.Struct(">I")
_LONGEST = 1 << 28  # a frame is some kilobytes: more than this is no frame


class BrokenFrameError(Exception):
    """The stream does not hold frames: something else has been written to it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message with its kind.

    Attributes:
        type: One of those above.
        body: JSON; floats may be NaN or infinite.
    """

    type: str
    body: Mapping[str, Any]


class FrameWriter:
    """Writes frames whole, from any thread."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, type_: str, body: Mapping[str, Any]) -> None:
        """Write one frame.

        Raises:
            OSError: Nobody reads any more.
        """
        document = json.dumps({"type": type_, "body": body}).encode()
        with self._lock:
            self._stream.write(_LENGTH.pack(len(document)) + document)
            self._stream.flush()


def read_frame(stream: IO[bytes]) -> Frame | None:
    """The next frame; None at the end of the stream, also when it ends in the middle of a frame.

    Raises:
        BrokenFrameError: These bytes are no frame.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _LONGEST:
        raise BrokenFrameError(f"a frame cannot begin with {head!r}")
    text = stream.read(length)
    if len(text) < length:
        return None
    try:
        document = json.loads(text)
        return Frame(type=document["type"], body=document["body"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenFrameError(f"a frame cannot be {text[:80]!r}") from error
