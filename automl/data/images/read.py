"""From what a person has to a ``Dataset`` in the cache: the doors of this room."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.data import labels as names
from automl.data.cache import cached
from automl.data.checks import check_classes, check_room
from automl.data.dataset import CACHE_FORMAT, Array, Dataset, chunks, finish
from automl.data.folder import Listing, Part, folder_parts, list_class_folder
from automl.data.images import arrays as pixels
from automl.data.images.contract import ImageContract
from automl.data.images.parallel import Progress
from automl.data.images.read_files import OnBadFile, image_contract, read_files, refuse
from automl.data.npz import npz_parts, read_npz
from automl.data.targets import ClassTarget, Label
from automl.errors import DataError


def parts_of(source: Path) -> frozenset[Part]:
    """The parts (train, validation, test) that a folder or ``.npz`` file names; none when it is all one.

    Raises:
        DataError: There is no such folder or file.
    """
    return npz_parts(source) if _is_npz(source) else frozenset(folder_parts(source))


def read_images(
    source: Path,
    *,
    part: Part = "train",
    like: Dataset | None = None,
    cache_dir: Path | None = None,
    on_bad_file: OnBadFile = "error",
    on_progress: Progress | None = None,
) -> Dataset:
    """Read a class folder or an ``.npz`` file of pictures with labels.

    Args:
        source: One sub-folder a class, maybe below ``train/``, ``val/`` and ``test/``; or a file with ``x`` and ``y``.
        part: Which part is meant where the source names parts.
        like: Training data that this is validation or test data for; it gives the contract and the classes.
        cache_dir: Where the cache is; None for the user's cache folder.
        on_bad_file: What to do about a file that is no picture: ``error`` names it, ``skip`` leaves it out with a
            warning and tells so in ``Dataset.skipped``.
        on_progress: Called with how many of how many files are decoded; never when the cache has them.

    Raises:
        DataError: The data cannot be used; the cache holds nothing of it.
    """
    if _is_npz(source):
        found = read_npz(source, part=part)
        if found.y is None:
            raise DataError(f"labels are missing: {source} has no y beside its x")
        return read_arrays(found.x, found.y, like=like, cache_dir=cache_dir, source=str(source))
    listing = list_class_folder(source, part=part)
    if like is None:
        _check_listing(listing)

    def write(aside: Path) -> None:
        read_files(listing, aside, like=like, on_bad_file=on_bad_file, on_progress=on_progress)

    dataset = cached(_file_key(listing, like), write, cache_dir=cache_dir)
    if dataset.skipped and on_bad_file == "error":  # an earlier call was told to skip them, this one is not
        refuse(listing.root, dataset.skipped)
    return dataset


def read_arrays(
    x: Any, y: Any, *, like: Dataset | None = None, cache_dir: Path | None = None, source: str = "arrays"
) -> Dataset:
    """Keep pictures and labels that are in memory.

    Args:
        x: (n, height, width[, channels]) of any numeric dtype or booleans. Whole numbers from 0 to 255 are kept as
            uint8, everything else as float32.
        y: (n,) or (n, 1) strings, integers or booleans.
        like: As for ``read_images``.
        cache_dir: As for ``read_images``.
        source: What to call it in a list of the cache.

    Raises:
        DataError: They cannot be used; the cache holds nothing of them.
    """
    pictures = pixels.as_pictures(x) if like is None else pixels.conform(x, image_contract(like))
    labels = names.as_labels(y, rows=len(pictures))
    if like is None:
        check_classes(labels.tolist())
        classes, codes = names.encode(labels)
        contract = pixels.contract_of(pictures)
    else:
        classes, codes, contract = like.classes, names.encode_as(labels, like.classes), image_contract(like)

    def write(aside: Path) -> None:
        check_room(aside, pictures.size * np.dtype(contract.dtype).itemsize)
        pixels.write_pixels(pictures, aside / "x.image.npy", contract)
        np.save(aside / "y.label.npy", codes)
        finish(aside, inputs={"image": contract}, targets={"label": ClassTarget(classes=classes)}, source=source)

    return cached(_array_key(pictures, codes, classes, contract), write, cache_dir=cache_dir)


def _check_listing(listing: Listing) -> None:
    if listing.empty:
        raise DataError(f"class folder {listing.root / listing.empty[0]} is empty; put pictures in it or delete it")
    check_classes(listing.labels)


def _file_key(listing: Listing, like: Dataset | None) -> str:
    """Equal for equal files (by path, size and time of change) that are decoded in the same way."""
    config = {
        "cache_format": CACHE_FORMAT,
        "kind": "files",
        "root": str(listing.root.resolve()),
        "like": None if like is None else [like.contract.to_json(), list(like.classes)],
    }
    sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for file, name in zip(listing.files, listing.names, strict=True):
        try:
            stat = file.stat()
        except OSError as error:
            raise DataError(f"cannot read {file}: {error.strerror}") from error
        sha.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return sha.hexdigest()[:40]


def _array_key(pictures: Array, codes: Array, classes: Sequence[Label], contract: ImageContract) -> str:
    config = {
        "cache_format": CACHE_FORMAT,
        "kind": "arrays",
        "classes": list(classes),
        "contract": contract.to_json(),
        "dtype": pictures.dtype.str,
        "shape": pictures.shape,
    }
    sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for piece in (*chunks(pictures), codes):
        sha.update(np.ascontiguousarray(piece).data)
    return sha.hexdigest()[:40]


def _is_npz(source: Path) -> bool:
    if not source.exists():
        raise DataError(f"no such file or folder: {source}")
    if source.is_dir():
        return False
    if source.suffix.lower() != ".npz":
        raise DataError(f"{source} is neither a folder of pictures nor an .npz file")
    return True
