"""The formats a model can be handed over in, each checked against the model before it gets its name."""

from __future__ import annotations

import contextlib
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from automl.errors import ConfigError, ExportError, did_you_mean
from automl.export.bundle import load_bundle
from automl.export.keras_model import full_precision
from automl.export.loading import load_model
from automl.export.manifest import MANIFEST_FILE
from automl.export.parity import Answers, check_parity
from automl.export.predictor import TrainedModel
from automl.export.savedmodel import ServedModel, write_savedmodel
from automl.files import folder_size, whole_folder

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Exported:
    """An artifact that was written and agrees with the model.

    Attributes:
        format: ``keras`` or ``savedmodel``.
        path: Its folder.
        size: Bytes of all its files.
        parity: The largest difference of a probability from the model's that was seen.
    """

    format: str
    path: Path
    size: int
    parity: float


class Format(ABC):
    """One way to hand a model over."""

    name: ClassVar[str]

    @abstractmethod
    def target(self, out: Path, name: str) -> Path:
        """The folder it will be; ConfigError when something else is there."""

    @abstractmethod
    def write(self, model: TrainedModel, folder: Path) -> None:
        """Fill an empty folder."""

    @abstractmethod
    def answers(self, folder: Path, model: TrainedModel) -> Answers:
        """Open what was written of ``model``: rows of its kind to probabilities or numbers (n, k)."""


class KerasFormat(Format):
    """The bundle itself, ``OUT/<name>-keras/``: for this package and for plain Keras."""

    name = "keras"

    def target(self, out: Path, name: str) -> Path:
        """``OUT/<name>-keras``, which must be free."""
        folder = out / f"{name}-keras"
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise ConfigError(f"{folder} exists already; choose another folder or name, or remove it")
        return folder

    def write(self, model: TrainedModel, folder: Path) -> None:
        """Copy the bundle's files."""
        for name in (MANIFEST_FILE, *model.manifest.files):
            shutil.copyfile(model.bundle.directory / name, folder / name)
        load_bundle(folder)

    def answers(self, folder: Path, model: TrainedModel) -> Answers:  # noqa: ARG002
        """Load it again."""
        return load_model(folder).answer


class SavedModelFormat(Format):
    """A TensorFlow SavedModel, ``OUT/<name>/<version>/``: for TensorFlow Serving and ``tf.saved_model.load``."""

    name = "savedmodel"

    def target(self, out: Path, name: str) -> Path:
        """The next version below ``OUT/<name>``: TensorFlow Serving serves the highest one and changes by itself."""
        base = out / name
        if not base.exists():
            return base / "1"
        versions = [int(path.name) for path in base.iterdir() if path.name.isdecimal()] if base.is_dir() else []
        if not versions and not (base.is_dir() and not any(base.iterdir())):
            raise ConfigError(
                f"{base} exists and holds no version of a model (a folder called 1); choose another folder or name"
            )
        return base / str(max(versions, default=0) + 1)

    def write(self, model: TrainedModel, folder: Path) -> None:
        """Trace and save the graph."""
        write_savedmodel(model.keras_model, model.manifest.outputs, model.adapter, folder=folder)

    def answers(self, folder: Path, model: TrainedModel) -> Answers:
        """Ask it through its signature."""
        return ServedModel(folder, model.adapter, model.manifest.outputs).answer


_FORMATS = MappingProxyType({format_.name: format_ for format_ in (KerasFormat(), SavedModelFormat())})
FORMATS: tuple[str, ...] = tuple(_FORMATS)


def export_model(model: TrainedModel, formats: Sequence[str], out: Path, *, name: str | None = None) -> list[Exported]:
    """Write a model in other formats.

    Every artifact is loaded again and asked twice before it gets its name: it answers as ``model`` does, to 1e-5, or
    it is not there. Whether the names are free is looked at before anything is written.

    Args:
        model: What to hand over.
        formats: Names from ``FORMATS``; ones named twice are written once.
        out: Folder to write into; made when it is missing.
        name: Name of the artifacts; None takes the model's own.

    Returns:
        What was written, in the order of ``formats``.

    Raises:
        ConfigError: An unknown format, a name that is no file name, or a place that is taken.
        ExportError: The disk says no, or an artifact does not answer as the model does.
    """
    chosen = [_format(word) for word in dict.fromkeys(formats)]
    if not chosen:
        raise ConfigError(f"no format is given; known: {', '.join(FORMATS)}")
    if name is not None and not _NAME.fullmatch(name):
        raise ConfigError(f"name {name!r}: use letters, digits, '.', '_' and '-', beginning with a letter or digit")
    folder_name = name or _file_name(model.manifest.name)
    targets = [format_.target(out, folder_name) for format_ in chosen]
    return [_export(model, format_, target) for format_, target in zip(chosen, targets, strict=True)]


def _export(model: TrainedModel, format_: Format, target: Path) -> Exported:
    probe = model.adapter.probe()
    try:
        with whole_folder(target) as work:
            format_.write(model, work)
            what = f"the {format_.name} export of {model.bundle.directory}"
            with full_precision():
                parity = _parity(model, format_.answers(work, model), probe, what)
        return Exported(format_.name, target, folder_size(target), parity)
    except OSError as error:
        raise ExportError(f"{target} could not be written: {error}") from error
    finally:
        with contextlib.suppress(OSError):  # says no to a folder with something in it, which is the point
            target.parent.rmdir()


def _parity(model: TrainedModel, answers: Answers, probe: Any, what: str) -> float:
    """The largest difference of any output."""
    return max(
        check_parity(
            _columns(model.answer, columns),
            _columns(answers, columns),
            probe,
            what=what,
            relative=relative,
        )
        for columns, relative in model.parts()
    )


def _columns(answers: Answers, columns: slice) -> Answers:
    return lambda rows: answers(rows)[:, columns]


def _format(word: str) -> Format:
    if word not in _FORMATS:
        raise ConfigError(f"unknown format {word!r}; {did_you_mean(word, FORMATS)}")
    return _FORMATS[word]


def _file_name(name: str) -> str:
    """A model's name made into a file name: ``my digits/2`` becomes ``my-digits-2``."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("._-")[:100]
    return plain or "model"
