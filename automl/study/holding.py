"""One search a run: a lock that the system gives back when its process ends, however it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from automl.errors import StudyError
from automl.files import write_whole
from automl.study.owner import Owner

LOCK = ".lock"  # empty, and left where it is: another process may be about to lock it
HOLDER = ".holder.json"  # who has the lock, for the one who is refused


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run's folder for as long as the block runs.

    Raises:
        StudyError: Another search holds it, or nothing can be written there.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StudyError(
            f"{folder} is being searched by {_holder(folder)}; wait for it or stop it first, or choose another --out"
        ) from None
    except OSError as error:
        raise StudyError(f"cannot write into {folder}: {error.strerror}; choose another folder") from None
    try:
        document = Owner.current().to_json() | {"since": datetime.now(UTC).isoformat(timespec="seconds")}
        write_whole(folder / HOLDER, json.dumps(document) + "\n")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def searcher_in(folder: Path) -> Owner | None:
    """The process that holds a run's folder, as far as this machine can tell; also before its study is there."""
    try:
        document = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        owner = Owner.from_json({name: value for name, value in document.items() if name != "since"})
    except (OSError, ValueError, TypeError, AttributeError):  # nobody does, or it has not said who it is
        return None
    return owner if owner.may_live() else None


def _holder(folder: Path) -> str:
    try:
        document = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        since = datetime.fromisoformat(document.pop("since"))
        return f"{Owner.from_json(document)} since {since.astimezone():%Y-%m-%d %H:%M:%S}"
    except (OSError, ValueError, KeyError, TypeError):  # it took the lock a moment ago and has not said who it is
        return "another process"
