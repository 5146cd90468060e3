"""Decode listed picture files into the files of a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from automl.data.checks import check_room
from automl.data.dataset import Array, Dataset, finish
from automl.data.images.asked import INPUT, Asked, OnBadFile, Progress
from automl.data.images.contract import ImageContract
from automl.data.images.listed import Listed
from automl.data.images.parallel import each_picture
from automl.data.images.pictures import Header, PictureError, decode_picture, read_header
from automl.data.images.sizes import working_contract
from automl.data.npy import RowWriter, writing_rows
from automl.errors import DataError

Skipped = tuple[tuple[str, str], ...]


def read_files(
    listed: Listed,
    folder: Path,
    *,
    asked: Asked,
    like: Dataset | None,
    on_bad_file: OnBadFile,
    on_progress: Progress | None,
) -> None:
    """Write the dataset of listed files into ``folder``: look at every header, settle the contract, decode, label.

    Raises:
        DataError: A file is no picture (unless those are skipped), or too little is left.
    """
    headers = list(each_picture(read_header, listed.files))
    pictures, without_header = _sift(listed, headers, on_bad_file)
    sound = [header for header in headers if isinstance(header, Header)]
    contract = working_contract(sound, column=listed.column) if like is None else image_contract(like)
    pictures, undecodable = _decode(pictures, folder / f"x.{INPUT}.npy", contract, on_bad_file, on_progress)
    if like is None:
        pictures.check_left(listed, asked.kind)
    target, values = pictures.answers(asked.kind, None if like is None else like.targets[asked.output])
    write_beside(folder, asked.output, values, weights=pictures.weights, groups=pictures.groups)
    finish(
        folder,
        inputs={INPUT: contract},
        targets={asked.output: target},
        names=pictures.names,
        skipped=tuple(sorted(without_header + undecodable)),
        notes=(*listed.notes, *_described(sound, contract)),
        source=listed.where,
    )


def write_beside(folder: Path, output: str, values: Array, *, weights: Array | None, groups: Array | None) -> None:
    """Write the answers, and weights and groups where there are some."""
    np.save(folder / f"y.{output}.npy", values)
    if weights is not None:
        np.save(folder / "weights.npy", weights.astype(np.float32))
    if groups is not None:
        np.save(folder / "groups.npy", groups)


def image_contract(dataset: Dataset) -> ImageContract:
    """What the pictures of a dataset are.

    Raises:
        DataError: They are something else.
    """
    contract = dataset.contract
    if not isinstance(contract, ImageContract):
        raise DataError(f"pictures are needed, and the data is of the kind {contract.kind!r}")
    return contract


def refuse(skipped: Skipped) -> None:
    """Raise about files that are no pictures, naming the first."""
    place, reason = skipped[0]
    files = "1 file is no usable picture" if len(skipped) == 1 else f"{len(skipped)} files are no usable pictures"
    first = "it is" if len(skipped) == 1 else "the first is"
    raise DataError(f"{files}: {first} {place} ({reason}); remove such files, or skip them (--on-bad-file skip)")


def _decode(
    listed: Listed, path: Path, contract: ImageContract, on_bad_file: OnBadFile, on_progress: Progress | None
) -> tuple[Listed, Skipped]:
    """Decode into a ``.npy`` file, in the list's order; what cannot be decoded is sifted out."""
    check_room(path.parent, len(listed) * int(np.prod(contract.shape)) * np.dtype(contract.dtype).itemsize)

    def decode(file: Path) -> Array:
        return decode_picture(file, contract)

    with writing_rows(path, contract.shape, contract.dtype) as out:
        outcomes = list(_written(each_picture(decode, listed.files), out, len(listed), on_progress))
    return _sift(listed, outcomes, on_bad_file)


def _written(
    found: Iterable[Array | PictureError], out: RowWriter, total: int, on_progress: Progress | None
) -> Iterator[PictureError | None]:
    """Write each picture, and tell which is none."""
    for done, outcome in enumerate(found, start=1):
        if not isinstance(outcome, PictureError):
            out.write(outcome[np.newaxis])
        if on_progress is not None:
            on_progress(done, total)
        yield outcome if isinstance(outcome, PictureError) else None


def _sift(listed: Listed, outcomes: Sequence[object], on_bad_file: OnBadFile) -> tuple[Listed, Skipped]:
    """The list without its bad files, and those with their reasons."""
    good = [not isinstance(outcome, PictureError) for outcome in outcomes]
    skipped = tuple(
        (place, outcome.reason)
        for place, outcome in zip(listed.places, outcomes, strict=True)
        if isinstance(outcome, PictureError)
    )
    if skipped and on_bad_file == "error":
        refuse(skipped)
    if not any(good):
        raise DataError(f"no pictures in {listed.where}: none of its {len(good)} files is one")
    return (listed.only(good) if skipped else listed), skipped


def _described(headers: Sequence[Header], contract: ImageContract) -> Iterator[str]:
    """What the files hold, for people."""
    kinds = Counter(header.kind for header in headers)
    yield "pictures are " + ", ".join(f"{kind} ({count:,})" for kind, count in kinds.most_common())
    sizes = Counter((header.height, header.width) for header in headers)
    height, width, _ = contract.shape
    if sizes == {(height, width): len(headers)}:
        return
    if len(sizes) == 1:
        ((tall, wide),) = sizes
        yield f"all are {tall} x {wide} (height x width), resized to {height} x {width}"
        return
    small, large = min(sizes, key=lambda size: size[0] * size[1]), max(sizes, key=lambda size: size[0] * size[1])
    yield (
        f"{len(sizes):,} sizes from {small[0]} x {small[1]} to {large[0]} x {large[1]} (height x width), "
        f"resized to {height} x {width}"
    )
