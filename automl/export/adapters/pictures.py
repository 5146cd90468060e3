"""Pictures: arrays, or files that are read batch by batch."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from automl.data import (
    ImageContract,
    PictureError,
    as_labels,
    conform,
    decode_picture,
    list_class_folder,
    list_pictures,
    read_npz,
)
from automl.data.images.pictures import bombs_are_errors
from automl.errors import DataError
from automl.export.adapters.base import Adapter, OnBadFile, Reading, Shape, Source, Truth, encode_truth
from automl.export.manifest import Output

if TYPE_CHECKING:
    import tensorflow as tf

log = logging.getLogger("automl.export")

_MOST_READERS = 4
_BATCH_PIXELS = 1 << 22  # 84 pictures of 224 x 224: a few hundred MB with the activations of an ordinary network
_LARGEST_BATCH = 256


class PictureAdapter(Adapter):
    """Pictures of the working size in memory, of any size in files."""

    def __init__(self, contract: ImageContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """An array (n, h, w) or (n, h, w, c); an ``.npz``, a folder or a picture; or a list of files."""
        if isinstance(x, str | Path):
            return open_source(Path(x), self._contract, labelled=False, on_bad_file=reading.on_bad_file)
        if _are_files(x):
            return FileSource([Path(file) for file in x], self._contract, on_bad_file=reading.on_bad_file)
        return ArraySource(x, self._contract)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """A folder with a sub-folder a class, an ``.npz`` with y, or an array and its answers."""
        if isinstance(x, str | Path):
            source = open_source(Path(x), self._contract, labelled=True, on_bad_file=reading.on_bad_file)
        else:
            source = ArraySource(x, self._contract, labels=y)
        if source.labels is None:
            raise DataError("evaluation needs labels: give y, a folder with a sub-folder a class, or an .npz with y")
        truth = encode_truth(source.labels, output, rows=len(source.labels))
        return source, lambda: truth[source.kept()]

    def given(self, rows: Any) -> dict[str, Any]:
        """The pictures."""
        return {"image": rows}

    def shapes(self) -> set[Shape]:
        """The working size."""
        return {(None, *self._contract.shape)}

    def signature(self) -> dict[str, tuple[Shape, str]]:
        """Pictures of any size, with the values that the model learned from."""
        return {"image": ((None, None, None, self._contract.shape[-1]), "float32")}

    def serve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Resize them in the graph."""
        height, width, _ = self._contract.shape
        return {"image": _fit(given["image"], height, width, whole=self._contract.dtype == "uint8")}

    def probe(self, seed: int = 0) -> np.ndarray:
        """See ``probe_pictures``."""
        low, high = self._contract.value_range
        return probe_pictures(
            self._contract.shape, low=low, high=high, whole=self._contract.dtype == "uint8", seed=seed
        )

    def batch_size(self) -> int:
        """The larger the pictures, the fewer."""
        height, width, _ = self._contract.shape
        return max(1, min(_LARGEST_BATCH, _BATCH_PIXELS // (height * width)))


class ArraySource:
    """Pictures in memory; a row's name is its number.

    Args:
        x: (n, h, w) or (n, h, w, c).
        contract: What the model takes.
        labels: (n,) or None.

    Raises:
        DataError: They do not fit the contract, or labels are of another length.
    """

    column: Literal["path", "row"] = "row"
    skipped: Sequence[str] = ()

    def __init__(self, x: Any, contract: ImageContract, *, labels: Any = None) -> None:
        self._pictures = conform(x, contract)
        self.labels = None if labels is None else as_labels(labels, rows=len(self._pictures))

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Slices."""
        for start in range(0, len(self._pictures), size):
            yield self._pictures[start : start + size]

    def kept(self) -> np.ndarray:
        """All of them."""
        return np.arange(len(self._pictures))

    def names(self) -> tuple[int, ...]:
        """Numbers of the rows, from 0."""
        return tuple(range(len(self._pictures)))


class FileSource:
    """Picture files, decoded when their batch comes, so that memory does not grow with their number.

    Args:
        files: What to read.
        contract: What the model takes.
        labels: (n,) or None.
        on_bad_file: ``error`` raises the PictureError; ``skip`` leaves the file out and names it in ``skipped``.
    """

    column: Literal["path", "row"] = "path"

    def __init__(
        self, files: Sequence[Path], contract: ImageContract, *, labels: Any = None, on_bad_file: OnBadFile = "error"
    ) -> None:
        self._files = files
        self._contract = contract
        self._on_bad_file = on_bad_file
        self._kept: list[int] = []
        self.labels = None if labels is None else np.asarray(labels)
        self.skipped: list[str] = []

    def batches(self, size: int) -> Iterator[np.ndarray]:
        """Decode by several threads; Pillow lets go of the interpreter's lock while it decodes."""
        readers = max(1, min(_MOST_READERS, os.cpu_count() or 1))
        with bombs_are_errors(), ThreadPoolExecutor(readers, thread_name_prefix="automl-decode") as pool:
            for start in range(0, len(self._files), size):
                files = self._files[start : start + size]
                found = list(pool.map(self._read, files))
                self._kept += [start + place for place, pixels in enumerate(found) if pixels is not None]
                self.skipped += [str(file) for file, pixels in zip(files, found, strict=True) if pixels is None]
                pictures = [pixels for pixels in found if pixels is not None]
                if pictures:
                    yield np.stack(pictures)

    def kept(self) -> np.ndarray:
        """Those that are pictures."""
        return np.array(self._kept, dtype=np.int64)

    def names(self) -> tuple[str, ...]:
        """Paths as they were given."""
        return tuple(str(self._files[row]) for row in self._kept)

    def _read(self, path: Path) -> np.ndarray | None:
        try:
            return decode_picture(path, self._contract)
        except PictureError as error:
            if self._on_bad_file == "error":
                raise
            log.info("left out: %s", error)
            return None


def open_source(
    data: Path, contract: ImageContract, *, labelled: bool, on_bad_file: OnBadFile = "error"
) -> ArraySource | FileSource:
    """The pictures that a path stands for: an ``.npz``, a folder, or one picture.

    Of data that comes in parts (``train``, ``val``, ``test``) it is the test part.

    Args:
        data: A file or folder.
        contract: What the model takes.
        labelled: Whether labels are needed; otherwise sub-folders mean nothing.
        on_bad_file: What to do about a file that is no picture.

    Raises:
        DataError: There is nothing, nothing that can be read, or no labels where they are needed.
    """
    if data.suffix.lower() == ".npz":
        arrays = read_npz(data, part="test")
        if labelled and arrays.y is None:
            raise DataError(f"{data} has no labels: an array y (or y_test) is needed beside x")
        return ArraySource(arrays.x, contract, labels=arrays.y if labelled else None)
    if labelled:
        listing = list_class_folder(data, part="test")
        return FileSource(listing.files, contract, labels=listing.labels, on_bad_file=on_bad_file)
    if not data.exists():
        raise DataError(f"no such file or folder: {data}")
    return FileSource(list_pictures(data), contract, on_bad_file=on_bad_file)


def probe_pictures(
    shape: tuple[int, int, int], *, low: float = 0.0, high: float = 255.0, whole: bool = True, seed: int = 0
) -> np.ndarray:
    """Pictures to compare answers on: noise, smooth shapes as photographs have, black and white.

    Args:
        shape: Height, width, channels.
        low: Smallest value.
        high: Largest value.
        whole: Whether values are whole numbers (uint8) or float32.
        seed: Seeds the noise and the shapes.

    Returns:
        (12, height, width, channels), uint8 or float32.

    >>> probe_pictures((4, 6, 1)).shape
    (12, 4, 6, 1)
    """
    height, width, channels = shape
    rng = np.random.default_rng(seed)
    noise = rng.random((5, height, width, channels))
    down = np.linspace(0.0, 1.0, height)[None, :, None, None]
    across = np.linspace(0.0, 1.0, width)[None, None, :, None]
    fall, slope, phase = rng.uniform(0.0, 6.0, (3, 5, 1, 1, channels))
    smooth = 0.5 + 0.5 * np.sin(fall * down + slope * across + phase)
    plain = np.broadcast_to(np.array([0.0, 1.0])[:, None, None, None], (2, height, width, channels))
    pictures = low + (high - low) * np.concatenate([noise, smooth, plain])
    return np.rint(pictures).astype(np.uint8) if whole else pictures.astype(np.float32)


def _fit(image: tf.Tensor, height: int, width: int, *, whole: bool) -> tf.Tensor:
    """Bring pictures to the working size, as ``automl.data`` does; those that have it pass untouched."""
    import tensorflow as tf

    def level(pixels: tf.Tensor) -> tf.Tensor:
        return tf.clip_by_value(tf.floor(pixels + 0.5), 0.0, 255.0) if whole else pixels

    def resized() -> tf.Tensor:
        # Pillow, which reads the training pictures, resizes along one axis after the other and rounds in between
        # (half up). Doing the same leaves 0.5 % of the pixels one level off; one step in both axes leaves 10 to 19 %.
        across = level(tf.image.resize(image, (tf.shape(image)[1], width), method="bilinear", antialias=True))
        return level(tf.image.resize(across, (height, width), method="bilinear", antialias=True))

    agrees = tf.reduce_all(tf.equal(tf.shape(image)[1:3], (height, width)))
    pixels = tf.cond(agrees, lambda: level(image), resized)
    return tf.ensure_shape(pixels, (None, height, width, image.shape[-1]))


def _are_files(x: Any) -> bool:
    return isinstance(x, list | tuple) and len(x) > 0 and all(isinstance(file, str | Path) for file in x)
