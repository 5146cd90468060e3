"""Decode a listing of picture files into the files of a dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from automl.data.checks import check_classes, check_room
from automl.data.dataset import Dataset, finish
from automl.data.folder import Listing
from automl.data.images.contract import ImageContract
from automl.data.images.parallel import Progress, each_picture
from automl.data.images.pictures import Header, PictureError, decode_picture, read_header
from automl.data.images.sizes import working_contract
from automl.data.labels import encode, encode_as
from automl.data.targets import ClassTarget
from automl.errors import DataError

OnBadFile = Literal["error", "skip"]
Skipped = tuple[tuple[str, str], ...]


def read_files(
    listing: Listing, folder: Path, *, like: Dataset | None, on_bad_file: OnBadFile, on_progress: Progress | None
) -> None:
    """Write the dataset of a listing into ``folder``: look at every header, settle the contract, decode, label.

    Raises:
        DataError: A file is no picture (unless those are skipped), or too little is left.
    """
    headers = each_picture(lambda _, file: read_header(file), listing.files)
    pictures, without_header = _sift(listing, headers, on_bad_file)
    sound = [header for header in headers if isinstance(header, Header)]
    contract = working_contract(sound) if like is None else image_contract(like)
    pictures, undecodable = _decode(pictures, folder / "x.image.npy", contract, on_bad_file, on_progress)
    labels = np.array(pictures.labels)
    if like is None:
        check_classes(listing.labels, left=pictures.labels)
        classes, codes = encode(labels)
    else:
        classes, codes = like.classes, encode_as(labels, like.classes)
    np.save(folder / "y.label.npy", codes)
    skipped = tuple(sorted(without_header + undecodable))
    finish(
        folder,
        inputs={"image": contract},
        targets={"label": ClassTarget(classes=classes)},
        names=pictures.names,
        skipped=skipped,
        source=str(listing.root),
    )


def image_contract(dataset: Dataset) -> ImageContract:
    """What the pictures of a dataset are.

    Raises:
        DataError: They are something else.
    """
    contract = dataset.contract
    if not isinstance(contract, ImageContract):
        raise DataError(f"pictures are needed, and the data is of the kind {contract.kind!r}")
    return contract


def refuse(root: Path, skipped: Skipped) -> None:
    """Raise about files that are no pictures, naming the first."""
    name, reason = skipped[0]
    files = "1 file is no usable picture" if len(skipped) == 1 else f"{len(skipped)} files are no usable pictures"
    first = "it is" if len(skipped) == 1 else "the first is"
    raise DataError(f"{files}: {first} {root / name} ({reason}); remove such files, or skip them (--on-bad-file skip)")


def _decode(
    listing: Listing, path: Path, contract: ImageContract, on_bad_file: OnBadFile, on_progress: Progress | None
) -> tuple[Listing, Skipped]:
    """Decode into a ``.npy`` file, in the listing's order; what cannot be decoded is sifted out."""
    shape = (len(listing.files), *contract.shape)
    check_room(path.parent, int(np.prod(shape)) * np.dtype(contract.dtype).itemsize)
    x = np.lib.format.open_memmap(path, mode="w+", dtype=contract.dtype, shape=shape)

    def decode(position: int, file: Path) -> None:
        x[position] = decode_picture(file, contract)

    def on_done(done: int) -> None:
        if on_progress is not None:
            on_progress(done, len(listing.files))

    outcomes = each_picture(decode, listing.files, on_done=on_done)
    x.flush()
    good, skipped = _sift(listing, outcomes, on_bad_file)
    if skipped:
        np.save(path.with_name("good.npy"), x[[outcome is None for outcome in outcomes]])
        path.with_name("good.npy").replace(path)
    return good, skipped


def _sift(listing: Listing, outcomes: Sequence[object], on_bad_file: OnBadFile) -> tuple[Listing, Skipped]:
    """The listing without its bad files, and those with their reasons."""
    bad = [isinstance(outcome, PictureError) for outcome in outcomes]
    skipped = tuple(
        (name, outcome.reason)
        for name, outcome in zip(listing.names, outcomes, strict=True)
        if isinstance(outcome, PictureError)
    )
    if skipped and on_bad_file == "error":
        refuse(listing.root, skipped)
    if all(bad):
        raise DataError(f"no pictures in {listing.root}: none of its {len(bad)} files is one")
    files = tuple(file for file, is_bad in zip(listing.files, bad, strict=True) if not is_bad)
    labels = tuple(label for label, is_bad in zip(listing.labels, bad, strict=True) if not is_bad)
    return dataclasses.replace(listing, files=files, labels=labels), skipped
