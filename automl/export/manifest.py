"""``manifest.json``: what a bundle holds, what it was made from and with, and how to check it."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from automl.data import ClassTarget, LabelTarget, NumberTarget, TargetContract
from automl.errors import ExportError
from automl.jobs import TrainingSettings

FORMAT_VERSION: Literal[1] = 1
MANIFEST_FILE = "manifest.json"

Label = bool | int | str
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

_DTYPES = {"str": np.str_, "int": np.int64, "bool": np.bool_, "number": np.float64}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Output(_Part):
    """One output of the model: the classes in the order of its columns, or the names of its numbers.

    Attributes:
        type: Type of every class name, or ``number``.
        classes: At least two, all different; none where the answers are numbers.
        columns: What the answers are called: one name a number; of classes the column of a table that has them, if
            there is one; of labels that column, or one column a label.
        several: Whether a row has any number of the classes, as labels, and not one of them.
        separator: Between a row's labels where they are one text; empty where each has a column of 0 and 1.

    >>> Output.of(["cat", "dog"]).labels().tolist()
    ['cat', 'dog']
    >>> Output.of([False, True]).type
    'bool'
    """

    type: Literal["str", "int", "bool", "number"]
    classes: tuple[Label, ...] = ()
    columns: tuple[str, ...] = ()
    several: bool = False
    separator: str = ""

    def model_post_init(self, _context: object) -> None:
        """Check that there are classes, every one of the type that is said, or numbers."""
        if self.type == "number":
            if self.classes or not self.columns or self.several:
                raise ValueError(f"numbers have names and no classes, got {list(self.columns)}, {list(self.classes)}")
            return
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise ValueError(f"at least two different classes are needed, got {list(self.classes)}")
        strangers = [label for label in self.classes if type(label).__name__ != self.type]
        if strangers:
            raise ValueError(f"class {strangers[0]!r} is not of type {self.type}")

    @classmethod
    def of(cls, classes: Iterable[Label | np.generic], *, column: str = "") -> Output:
        """The output that answers with these classes; NumPy scalars are welcome."""
        plain = tuple(label.item() if isinstance(label, np.generic) else label for label in classes)
        kind = type(plain[0]).__name__ if plain else "str"
        return cls.model_validate({"type": kind, "classes": plain, "columns": (column,) if column else ()})

    @classmethod
    def to_predict(cls, target: TargetContract) -> Output:
        """The output that answers with what a target holds."""
        if isinstance(target, NumberTarget):
            return cls(type="number", columns=target.columns)
        if isinstance(target, ClassTarget):
            return cls.of(target.classes, column=target.column)
        found = cls.of(target.classes)
        return found.model_copy(update={"columns": target.columns, "several": True, "separator": target.separator})

    def target(self) -> TargetContract:
        """The opposite of ``to_predict``."""
        if self.type == "number":
            return NumberTarget(columns=self.columns)
        if self.several:
            return LabelTarget(classes=self.classes, columns=self.columns, separator=self.separator)
        return ClassTarget(classes=self.classes, column=next(iter(self.columns), ""))

    @property
    def kind(self) -> Literal["classes", "labels", "numbers"]:
        """What is answered."""
        if self.type == "number":
            return "numbers"
        return "labels" if self.several else "classes"

    @property
    def width(self) -> int:
        """Columns of the model's answer: one a class, or one a number."""
        return len(self.classes) or len(self.columns)

    def labels(self) -> np.ndarray:
        """The classes as an array (k,) of text, int64 or bool; empty where the answers are numbers."""
        return np.array(self.classes, dtype=_DTYPES[self.type])


class FileSum(_Part):
    """What a file of the bundle must be.

    Attributes:
        sha256: Of its bytes, hexadecimal.
        size: In bytes.
    """

    sha256: Sha256
    size: int = Field(ge=0)


def installed_versions() -> dict[str, str]:
    """Versions of what decides how a model is built, read without importing any of it."""
    versions = {"python": platform.python_version()}
    for package in ("automl", "keras", "tensorflow", "numpy"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:  # such as Keras on JAX alone
            continue
    return versions


def finite_or_none(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    """Metrics as JSON knows them.

    >>> finite_or_none({"loss": float("nan"), "accuracy": 0.5})
    {'loss': None, 'accuracy': 0.5}
    """
    return {name: value if value is not None and math.isfinite(value) else None for name, value in metrics.items()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Member(_Part):
    """One of several networks of a model.

    Attributes:
        trial: Number of the trial it comes from.
        weight: How much its answers count.
        seed: That it was trained with.
        refit: Whether it was trained again on training plus validation rows; otherwise it is the trial's own.
        epochs: Epochs it was trained.
        validation: Metrics of the trial's own network alone, on the validation rows.
        training: How it was trained.
        fingerprint: SHA-256 of its canonical architecture.
        architecture: File in the bundle that holds it.
    """

    trial: int
    weight: int = Field(ge=1)
    seed: int
    refit: bool
    epochs: int = Field(ge=0)
    validation: Mapping[str, float | None]
    training: TrainingSettings
    fingerprint: str
    architecture: FileName

    @field_validator("validation")
    @classmethod
    def _finite(cls, metrics: Mapping[str, float | None]) -> dict[str, float | None]:
        return finite_or_none(metrics)


class Manifest(_Part):
    """What a bundle says about itself.

    Attributes:
        format_version: Of this very file; a newer one is refused.
        task: Name of the task, such as ``image-classify``.
        name: Name of the model for people.
        created: When, in UTC, ISO 8601.
        inputs: Input contract of every input: what raw data must be and how it is brought to the working form.
        outputs: Classes or numbers of every output.
        columns: Of several inputs those that came from columns of a table, with these.
        validation: Metrics of the validated model on the validation rows; with ``refit`` the model in the bundle is
            another one, trained on those rows too. None where a metric was not a finite number.
        baseline: What guessing scores on the validation rows: the most frequent class, the mean.
        folds: How many folds validated: the metrics are means over them then, ``<metric>_std`` says how far they are
            apart, and ``<objective>_fold_<k>`` each of them. None for a single split.
        fold: Which fold's model this is, from 1: it was trained on all rows but those the fold validates on. None
            where there are no folds, or where it was trained on all rows.
        refit: Whether the model was trained again on training plus validation rows; of several networks, all of them.
        members: The networks whose weighted mean the model answers with, the best trial's first; none of a single one.
        epochs: Epochs the model in the bundle was trained.
        training: How it was trained.
        parameters: Weights of the network, preprocessing's constants left out.
        fingerprint: SHA-256 of the canonical architecture.
        metrics: ``module:function`` of a person's own scores, whose modules must be imported before the model is
            evaluated; of several outputs ``output=module:function``.
        layers: ``module:qualname`` of a person's own layers, whose modules must be imported before the model is loaded.
        trial: Number of the trial it comes from.
        study: Name of the study it comes from.
        versions: Of this package, Keras, TensorFlow, NumPy and Python.
        files: Checksum and size of every other file in the bundle.
    """

    format_version: Literal[1] = FORMAT_VERSION
    task: str
    name: str = Field(min_length=1)
    created: str = Field(default_factory=_now)
    inputs: Mapping[str, Mapping[str, Any]] = Field(min_length=1)
    outputs: Mapping[str, Output] = Field(min_length=1)
    columns: Mapping[str, tuple[str, ...]] = {}
    validation: Mapping[str, float | None]
    baseline: Mapping[str, float | None] = {}
    folds: int | None = None
    fold: int | None = None
    refit: bool
    members: tuple[Member, ...] = ()
    epochs: int = Field(ge=0)
    training: TrainingSettings
    parameters: int = Field(ge=0)
    fingerprint: str
    metrics: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    trial: int | None = None
    study: str | None = None
    versions: Mapping[str, str] = Field(default_factory=installed_versions)
    files: Mapping[FileName, FileSum] = {}

    @field_validator("validation", "baseline")
    @classmethod
    def _finite(cls, metrics: Mapping[str, float | None]) -> dict[str, float | None]:
        return finite_or_none(metrics)

    def text(self) -> str:
        """The canonical JSON text: equal manifests are equal to the byte."""
        document = self.model_dump(mode="json")
        return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def parse(cls, text: str | bytes, *, where: object = MANIFEST_FILE) -> Manifest:
        """Read the text of a manifest; ``where`` names it in messages.

        Raises:
            ExportError: It is no JSON, newer than this version of the package, or not what a manifest must be.
        """
        try:
            document = json.loads(text)
        except ValueError as error:
            raise ExportError(f"{where} is torn or no manifest ({error}); copy or export the model again") from None
        version = document.get("format_version") if isinstance(document, dict) else None
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise ExportError(
                f"{where} has format_version {version}, and this version of automl reads {FORMAT_VERSION}: "
                "it was written by a newer one; upgrade automl"
            )
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "manifest"
            raise ExportError(
                f"{where} is no valid manifest: {place}: {first['msg']}; export the model again"
            ) from None
