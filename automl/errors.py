"""Everything this package raises.

AutoMLError
├── SpaceError            the search space is not valid (file, line, column, path, hint)
│   └── ShapeError        layers do not fit together
├── DataError             the data cannot be used as given (what, how many, where)
├── ConfigError           options that contradict each other or do not exist
├── StudyError            a study that is missing, newer, locked or someone else's
│   └── StorageError      its database is full, broken or locked for too long
├── SearchError           the search ended without a model (why, trial by trial)
├── TrialFailure          one trial ended badly (kind, message, advice, transient)
└── ExportError           an artifact could not be written or did not agree with the model

Every message says what happened, shows the value, and says what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class AutoMLError(Exception):
    """Base of everything below; ``except AutoMLError`` catches every expected failure."""


class SpaceError(AutoMLError):
    """The search space is not valid.

    Inner functions raise it with the bare message; whoever knows the place adds it with :meth:`at`, so that
    ``str(error)`` reads ``cnn.yaml:31:19: stage/block/kind=sep: unknown argument 'fliters' of 'conv'; did you ...``.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.path = path

    def at(
        self,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        path: str | None = None,
    ) -> SpaceError:
        """The same error with the place filled in; what an inner caller already said is kept."""
        self.file = self.file if self.file is not None else file
        if self.line is None:
            self.line, self.column = line, column
        self.path = self.path if self.path is not None else path
        return self

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ShapeError(SpaceError):
    """Layers do not fit together: the message names the shapes and where they came from."""


class DataError(AutoMLError, ValueError):
    """The data cannot be used as given."""


class ConfigError(AutoMLError):
    """Options that contradict each other or do not exist."""


class StudyError(AutoMLError):
    """A study that is missing, newer than this version, locked or someone else's."""


class StorageError(StudyError):
    """The database of a study is full, broken or locked for too long: nothing that was asked for is wrong."""


class SearchError(AutoMLError):
    """The search ended without a model.

    Args:
        message: What happened and what to do.
        out_of_time: Whether the time was over before any trial was; otherwise the trials failed.
        out_of_trials: Whether as many trials failed as were asked for, so that going on needs more of them.
    """

    def __init__(self, message: str, *, out_of_time: bool = False, out_of_trials: bool = False) -> None:
        super().__init__(message)
        self.out_of_time, self.out_of_trials = out_of_time, out_of_trials


class ExportError(AutoMLError):
    """An artifact could not be written or did not agree with the model."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, else all of them.

    >>> did_you_mean("fliters", ["filters", "kernel"])
    "did you mean 'filters'?"
    >>> did_you_mean("xyz", ["filters", "kernel"])
    'known: filters, kernel'
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"
