"""From what a person has to a ``Dataset`` of pictures in the cache: the doors of this room."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl.config import Arrays
from automl.data.cache import cached
from automl.data.checks import check_classes
from automl.data.dataset import CACHE_FORMAT, Dataset
from automl.data.folder import Listing, Part, folder_parts, list_class_folder
from automl.data.images.asked import Reading
from automl.data.images.keep import keep_arrays, keep_npz, keep_stream
from automl.data.images.listed import Listed
from automl.data.images.paths import are_paths, list_paths, list_table, table_folder
from automl.data.images.read_files import image_contract, read_files, refuse
from automl.data.images.stream import is_stream
from automl.data.npz import npz_parts
from automl.data.tables.beside import checked_weights, group_numbers
from automl.data.tables.source import is_table
from automl.errors import DataError

_PARTS: tuple[Part, ...] = ("train", "validation", "test")
_PLAIN = Reading()


def parts_of(source: Path) -> frozenset[Part]:
    """The parts (train, validation, test) that a folder or ``.npz`` file names; none when it is all one.

    Raises:
        DataError: There is no such folder or file.
    """
    if is_table(source):
        return frozenset()
    if table_folder(source) is not None:
        return frozenset(part for part in _PARTS if table_folder(source, part) is not None)
    return npz_parts(source) if _is_npz(source) else frozenset(folder_parts(source))


def read_images(source: Path, *, part: Part = "train", reading: Reading = _PLAIN, **how: Any) -> Dataset:
    """Read pictures with answers from a class folder, a table of paths, or an ``.npz`` file.

    Args:
        source: One sub-folder a class, maybe below ``train/``, ``val/`` and ``test/``; a table with a column of paths,
            or a folder with such a ``train.csv``; or a file with ``x`` and ``y``.
        part: Which part is meant where the source names parts.
        reading: How to read it.
        **how: Attributes of ``Reading``, instead of those of ``reading``.

    Raises:
        DataError: The data cannot be used; the cache holds nothing of it.
        ConfigError: A table does not say what is to be predicted.
    """
    reading = replace(reading, **how)
    if not source.exists():
        raise DataError(f"no such file or folder: {source}")
    table = source if is_table(source) else table_folder(source, part)
    if table is not None:
        column = "" if reading.like is None else image_contract(reading.like).column
        return _read_listed(list_table(table, reading.asked.columns, kind=reading.asked.kind, column=column), reading)
    if _is_npz(source):
        return keep_npz(source, part, reading)
    listing = list_class_folder(source, part=part)
    if reading.like is None:
        _check_listing(listing)
    return _read_listed(Listed.of_folder(listing, reading.asked.kind), reading)


def read_arrays(
    x: Any,
    y: Any,
    *,
    weights: Any = None,
    groups: Any = None,
    source: str = "arrays",
    reading: Reading = _PLAIN,
    **how: Any,
) -> Dataset:
    """Keep pictures and answers that are in memory, or that come from iterating.

    Args:
        x: (n, height, width[, channels]) of any numeric dtype or booleans. Whole numbers from 0 to 255 are kept as
            uint8, everything else as float32. Or paths of n files; a data frame with a column of paths; a
            ``tf.data.Dataset`` or ``PyDataset``, which also gives the answers.
        y: Classes (n,): strings, integers, booleans or one-hot rows; labels as for ``label_sets``; numbers (n,) or
            (n, k). None where ``x`` has them.
        weights: How much each row counts, (n,); None when all count alike.
        groups: Whom or what each row is of, (n,).
        source: What to call it in a list of the cache.
        reading: How to read it.
        **how: Attributes of ``Reading``, instead of those of ``reading``.

    Raises:
        DataError: They cannot be used; the cache holds nothing of them.
    """
    reading = replace(reading, **how)
    asked = reading.asked
    if is_stream(x):
        if y is not None:
            raise DataError("a data set gives the answers too: leave out y")
        if weights is not None:
            raise DataError("a data set gives the weights too, as (x, y, weights): leave out sample_weight")
        return keep_stream(x, groups, reading, source)
    if hasattr(x, "columns") and hasattr(x, "iloc"):
        listed = list_table(x, asked.columns, kind=asked.kind, y=None if y is None else asked.columns_of(y, len(x)))
    elif are_paths(x):
        if y is None:
            raise DataError("labels are missing: y is needed beside the paths")
        listed = list_paths(x, asked.columns_of(y, len(x)))
    else:
        return keep_arrays(x, Arrays(None, y, weights, groups), reading, source)
    if weights is not None:
        listed = replace(listed, weights=checked_weights(weights, len(listed)))
    if groups is not None:
        listed = replace(listed, groups=group_numbers(groups, len(listed)))
    return _read_listed(listed, reading)


def _read_listed(listed: Listed, reading: Reading) -> Dataset:
    listed = listed.without_weightless()

    def write(aside: Path) -> None:
        read_files(
            listed,
            aside,
            asked=reading.asked,
            like=reading.like,
            on_bad_file=reading.on_bad_file,
            on_progress=reading.on_progress,
        )

    dataset = cached(_file_key(listed, reading), write, cache_dir=reading.cache_dir)
    if dataset.skipped and reading.on_bad_file == "error":  # an earlier call was told to skip them, this one is not
        refuse(dataset.skipped)
    return dataset


def _check_listing(listing: Listing) -> None:
    if listing.empty:
        raise DataError(f"class folder {listing.root / listing.empty[0]} is empty; put pictures in it or delete it")
    check_classes(listing.labels)


def _file_key(listed: Listed, reading: Reading) -> str:
    """Equal for equal files (by path, size and time of change) that are decoded in the same way."""
    like = reading.like
    config = {
        "cache_format": CACHE_FORMAT,
        "kind": "files",
        "where": str(Path(listed.where).absolute()),
        "asked": asdict(reading.asked),
        "column": listed.column,
        "like": None
        if like is None
        else [like.contract.to_json(), *(each.to_json() for each in like.targets.values())],
    }
    sha = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for file, name in zip(listed.files, listed.names, strict=True):
        try:
            stat = file.stat()
            sha.update(
                f"{name}\0{file.absolute()}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode("utf-8", "surrogateescape")
            )
        except (OSError, ValueError) as error:  # reading will say so
            sha.update(f"{name}\0{error}\0".encode("utf-8", "surrogateescape"))
    for column in listed.columns:
        sha.update(repr(column.tolist()).encode("utf-8", "surrogateescape"))
    for beside in (listed.weights, listed.groups):
        sha.update(b"|" if beside is None else np.ascontiguousarray(beside).data)
    return sha.hexdigest()[:40]


def _is_npz(source: Path) -> bool:
    if not source.exists():
        raise DataError(f"no such file or folder: {source}")
    if source.is_dir():
        return False
    if source.suffix.lower() != ".npz":
        raise DataError(f"{source} is neither a folder of pictures, a table of paths (.csv, .parquet) nor an .npz file")
    return True
