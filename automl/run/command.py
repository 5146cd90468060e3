"""The configuration of a run as ``run.json`` and the study keep it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from pathlib import Path
from typing import Any, Literal, TypeGuard

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from automl.config import Arrays, Columns, Limits, SearchConfig
from automl.errors import StudyError
from automl.ops import own_layers
from automl.space import Space

_IN_MEMORY = "arrays ("


class Before(BaseModel):
    """A study whose trials a new one takes over.

    Attributes:
        study: Its name.
        models: Folder of its models, relative to the run's.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    study: str
    models: str


class Command(BaseModel):
    """What a person asked for, JSON-able: files by absolute path, arrays and spaces from Python by name.

    Fields are those of ``SearchConfig`` where the name is the same. What an older version did not keep has its default;
    what a newer one kept beside is left out.

    Attributes:
        space: Name or file of the space; None for the task's own.
        space_text: Source of a space that has no file.
        layers: ``module:qualname`` of the person's own layers that were known.
        adopting: Study whose trials are being taken over; None when there is none, or when that is done.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    task: str
    data: str
    validation: str | None = None
    folds: int | None = None
    space: str | None = None
    space_text: str = ""
    max_trials: int | None = None
    time_budget: float | None = None
    max_epochs: int | None = None
    ensemble: int | None = None
    refit: bool | None = None
    objective: str | None = None
    seed: int
    seeded: bool = False
    out: str | None = None
    study: str | None = None
    workers: int | None = None
    gpus: tuple[int, ...] | None = None
    limits: Limits = Limits()
    early_discard: bool = True
    imports: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    on_bad_file: Literal["error", "skip"] = "error"
    columns: Columns = Columns()
    class_weight: str | dict[str, float | str | dict[str, float]] | None = None
    loss: str | None = None
    metrics: tuple[str, ...] = ()
    cache_dir: str | None = None
    preset: str | None = None
    origins: dict[str, str] = {}
    adopting: Before | None = None

    @classmethod
    def of(cls, config: SearchConfig) -> Command:
        """The configuration as it is kept; passwords are not part of it."""
        space = config.space
        return cls(
            **{name: getattr(config, name) for name in _SAME},
            data=source_name(config.data),
            validation=None if config.validation is None else source_name(config.validation),
            space=space.name if isinstance(space, Space) else None if space is None else space_name(space),
            space_text=space.source if isinstance(space, Space) else "",
            out=None if config.out is None else str(config.out.absolute()),
            class_weight=_named_weights(config.class_weight),
            cache_dir=None if config.cache_dir is None else str(config.cache_dir.absolute()),
            origins=dict(config.origins),
            layers=tuple(op.origin for op in own_layers() if op.origin is not None),
        )

    @classmethod
    def read(cls, document: Mapping[str, Any], *, where: object) -> Command:
        """The configuration from where it was kept; ``where`` names that in messages.

        Raises:
            StudyError: It is damaged.
        """
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise StudyError(f"the command kept in {where} is damaged: {place}: {first['msg']}") from None

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return self.model_dump(mode="json")


_SAME = (
    "task", "max_trials", "time_budget", "max_epochs", "ensemble", "refit", "objective", "seed", "seeded", "study",
    "workers", "gpus", "limits", "early_discard", "imports", "on_bad_file", "columns", "folds", "loss", "metrics",
    "preset",
)  # fmt: skip


def source_name(source: Path | Arrays) -> str:
    """Data by name: a file's absolute path, or what arrays look like.

    >>> import numpy as np
    >>> source_name(Arrays(np.zeros((2, 8, 8), "uint8")))
    'arrays (2, 8, 8) uint8'
    """
    if isinstance(source, Arrays):
        return f"arrays ({_looks(source.x)}"
    return str(source) if in_memory(source) else str(source.absolute())


def _looks(x: Any) -> str:
    """Shape and type of what is in memory; of what has none, such as a data set, its name."""
    try:
        found = np.asarray(x) if isinstance(x, list | tuple) else x
        shape = ", ".join(map(str, found.shape)) + ("," if len(found.shape) == 1 else "")
    except (AttributeError, ValueError):
        return f"{type(x).__name__})"
    return f"{shape}) {getattr(found, 'dtype', None) or f'of {found.shape[1]} columns'}"


def _named_weights(weights: Any) -> Any:
    """Class weights by the names of the classes; of several outputs by theirs first."""
    if isinstance(weights, Mapping):
        return {str(name): _named_weights(weight) for name, weight in weights.items()}
    return float(weights) if isinstance(weights, Real) else weights


def in_memory(source: Path | Arrays) -> bool:
    """Whether data is known by what arrays look like, the arrays themselves being gone."""
    return str(source).startswith(_IN_MEMORY)


def space_name(space: str | Path) -> str:
    """A space by name: a shipped one's, or a file's absolute path.

    >>> space_name("cnn")
    'cnn'
    """
    return space if is_shipped(space) else str(Path(space).absolute())


def is_shipped(space: str | Path) -> TypeGuard[str]:
    """Whether a space is named as one that comes with the package, and not by its file."""
    return isinstance(space, str) and Path(space).name == space and not Path(space).suffix
