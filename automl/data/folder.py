"""Folders of pictures: which files there are, in which class, in which part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from automl.errors import DataError

Part = Literal["train", "validation", "test"]

_PARTS: dict[str, Part] = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}
_LITTER = {"thumbs.db", "desktop.ini", "__macosx"}  # hidden files of other systems


@dataclass(frozen=True, slots=True)
class Listing:
    """Pictures in class folders, sorted by class and then by path.

    Attributes:
        root: The folder whose sub-folders are the classes.
        files: One a picture.
        labels: The class of each file.
        empty: Class folders without any file.
    """

    root: Path
    files: tuple[Path, ...]
    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The files as people write them: relative to ``root``, with slashes."""
        return tuple(file.relative_to(self.root).as_posix() for file in self.files)


def folder_parts(folder: Path) -> dict[Part, Path]:
    """The ``train``, ``val`` (or ``validation``) and ``test`` level of a folder; empty where there is none.

    The level is there when every sub-folder has one of these names and at least one of them holds sub-folders itself.

    Raises:
        DataError: There is no such folder, or it has both ``val`` and ``validation``.
    """
    folders = _sub_folders(folder)
    if not folders or any(sub.name.lower() not in _PARTS for sub in folders):
        return {}
    if not any(_sub_folders(sub) for sub in folders):
        return {}
    parts = {_PARTS[sub.name.lower()]: sub for sub in folders}
    if len(parts) < len(folders):
        raise DataError(f"{folder} has both val/ and validation/; keep one of them")
    return parts


def list_class_folder(folder: Path, *, part: Part = "train", what: str = "pictures") -> Listing:
    """Pictures with the class folders they lie in; folders below a class belong to it. Hidden files are left out.

    Args:
        folder: Holds one sub-folder a class, or the level of parts above that.
        part: Which part is meant where there is such a level.
        what: What the files are, for messages.

    Raises:
        DataError: There is no such folder or part, no class folder, or no file at all.
    """
    root = _part_of(folder, part)
    found = {sub.name: tuple(_files_below(sub)) for sub in _sub_folders(root)}
    listed = [(file, name) for name, files in found.items() for file in files]
    if not listed:
        raise DataError(f"no {what} in class folders in {root}; it needs one sub-folder a class, with {what} in it")
    files, labels = zip(*listed, strict=True)
    return Listing(root, files, labels, empty=tuple(name for name, files in found.items() if not files))


def list_pictures(source: Path, *, what: str = "pictures") -> tuple[Path, ...]:
    """Files to predict: one file, or all files below a folder (below its ``test/`` where there is such a level).

    Args:
        source: A file or a folder.
        what: What the files are, for messages.

    Raises:
        DataError: There is no such file or folder, or the folder has no files.
    """
    if source.is_file():
        return (source,)
    root = folder_parts(source).get("test", source)
    files = tuple(_files_below(root))
    if not files:
        raise DataError(f"no {what} in {root}")
    return files


def _part_of(folder: Path, part: Part) -> Path:
    parts = folder_parts(folder)
    if not parts:
        return folder
    if part not in parts:
        there = ", ".join(f"{sub.name}/" for sub in parts.values())
        raise DataError(f"{folder} has no {part}/, only {there}; name the folder to use, such as {_any_of(parts)}")
    return parts[part]


def _any_of(parts: dict[Part, Path]) -> Path:
    return next(iter(parts.values()))


def _visible(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in _LITTER


def _sub_folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _visible(path.name) and path.is_dir())
    except FileNotFoundError:
        raise DataError(f"no such folder: {folder}") from None
    except NotADirectoryError:
        raise DataError(f"{folder} is a file, not a folder of pictures") from None
    except OSError as error:
        raise DataError(f"cannot read the folder {folder}: {error.strerror}") from error


def _files_below(folder: Path) -> Iterator[Path]:
    """Visible files, sorted by path; links to folders are not followed, so no circle is walked."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _visible(name)]
        found += [Path(place, name) for name in files if _visible(name)]
    return iter(sorted(found))
