"""The bundle: the folder in which a finished model lives.

::

    model/
      model.keras          the network with its preprocessing, plain Keras layers only
      manifest.json        task, classes, input contract, metrics, versions, checksums
      space.yaml           the search space it was found in
      architecture.json    the network as data, canonical; of several networks the first one
      architecture-2.json  and the further ones

Nothing in it is a pickle, and nothing in this file imports Keras.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from automl.errors import ExportError
from automl.export.manifest import MANIFEST_FILE, FileSum, Manifest
from automl.files import sha256_of, whole_folder

MODEL_FOLDER = "model"
MODEL_FILE = "model.keras"
SPACE_FILE = "space.yaml"
ARCHITECTURE_FILE = "architecture.json"

_REQUIRED = (MODEL_FILE, SPACE_FILE, ARCHITECTURE_FILE)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle on the disk.

    Attributes:
        directory: Its folder.
        manifest: What it says about itself.
    """

    directory: Path
    manifest: Manifest

    @property
    def model_file(self) -> Path:
        """The network, a ``.keras`` file."""
        return self.directory / MODEL_FILE

    @property
    def space_file(self) -> Path:
        """The search space as it was loaded."""
        return self.directory / SPACE_FILE

    def architecture(self) -> dict[str, Any]:
        """The network as data: what ``Architecture.from_json`` takes."""
        document: dict[str, Any] = json.loads((self.directory / ARCHITECTURE_FILE).read_text(encoding="utf-8"))
        return document


def write_bundle(
    directory: Path,
    *,
    model_file: Path,
    manifest: Manifest,
    space_text: str,
    architecture: Mapping[str, Any],
    more: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Manifest:
    """Write a bundle, whole or not at all; an older bundle at the same place is replaced.

    Args:
        directory: The bundle's folder; folders above it are made.
        model_file: The ``.keras`` file, which is copied.
        manifest: All but ``files``, which is filled here.
        space_text: The search space as it was loaded.
        architecture: ``Architecture.to_json()``.
        more: Architectures of further networks in the model, by the names of their files.

    Returns:
        The manifest as it was written.

    Raises:
        ExportError: The folder holds something that is no bundle, the model file is missing or torn, or the disk
            says no.
    """
    if directory.exists() and not _replaceable(directory):
        raise ExportError(f"{directory} is not empty and holds no bundle; choose another folder or remove it")
    if not zipfile.is_zipfile(model_file):
        raise ExportError(f"{model_file} is missing or torn: it is no whole .keras file")
    texts = {ARCHITECTURE_FILE: architecture, **more}
    try:
        with whole_folder(directory) as work:
            shutil.copyfile(model_file, work / MODEL_FILE)
            (work / SPACE_FILE).write_text(space_text, encoding="utf-8", newline="\n")
            for name, document in texts.items():
                text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
                (work / name).write_text(text, encoding="utf-8", newline="\n")
            sums = {name: _sum_of(work / name) for name in (*_REQUIRED, *more)}
            written = manifest.model_copy(update={"files": sums})
            (work / MANIFEST_FILE).write_text(written.text(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ExportError(f"the bundle {directory} could not be written: {error}") from error
    return written


def load_bundle(path: Path | str, *, verify: bool = True) -> Bundle:
    """Find and check a bundle.

    Args:
        path: A run's folder (with ``model/manifest.json`` in it) or a bundle's (with ``manifest.json`` in it).
        verify: Whether to compare every file with its checksum.

    Raises:
        ExportError: There is none, it was written by a newer version, or a file of it is missing, torn or altered.
    """
    directory = _locate(Path(path))
    manifest_file = directory / MANIFEST_FILE
    try:
        manifest = Manifest.parse(manifest_file.read_bytes(), where=manifest_file)
        for name in _REQUIRED:
            if name not in manifest.files:
                raise ExportError(f"{manifest_file} says nothing about {name}; export the model again")
        if verify:
            for name, wanted in manifest.files.items():
                _check(directory / name, wanted)
    except OSError as error:
        raise ExportError(f"the bundle {directory} cannot be read: {error}") from error
    return Bundle(directory, manifest)


def _locate(path: Path) -> Path:
    for directory in (path / MODEL_FOLDER, path):
        if (directory / MANIFEST_FILE).is_file():
            return directory
    if (path / "run.json").is_file():
        raise ExportError(f"the run {path} holds no model yet (no {MODEL_FOLDER}/{MANIFEST_FILE}): it was not finished")
    if not path.exists():
        raise ExportError(f"there is no run or model at {path}: no such folder")
    raise ExportError(
        f"{path} is neither a run (no {MODEL_FOLDER}/{MANIFEST_FILE} in it) nor a model (no {MANIFEST_FILE} in it)"
    )


def _replaceable(directory: Path) -> bool:
    if not directory.is_dir():
        return False
    return (directory / MANIFEST_FILE).is_file() or not any(directory.iterdir())


def _sum_of(path: Path) -> FileSum:
    return FileSum(sha256=sha256_of(path), size=path.stat().st_size)


def _check(path: Path, wanted: FileSum) -> None:
    advice = "copy the bundle or export the model again"
    if not path.is_file():
        raise ExportError(f"{path} is missing; {advice}")
    size = path.stat().st_size
    if size != wanted.size:
        raise ExportError(f"{path} is torn: it has {size} bytes where its manifest says {wanted.size}; {advice}")
    if sha256_of(path) != wanted.sha256:
        raise ExportError(f"{path} was altered: its SHA-256 is not the one in its manifest; {advice}")
