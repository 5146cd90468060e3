"""Pictures on their way into a model: raw pixels of any size, in memory, in files or one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.config import Columns
from automl.data import ImageContract, Part, list_class_folder, list_pictures
from automl.data.images.asked import Asked
from automl.data.images.listed import Listed
from automl.data.images.paths import are_paths, list_table, table_folder
from automl.data.images.stream import is_stream
from automl.data.tables.source import is_table
from automl.errors import DataError
from automl.export.adapters.base import Adapter, Reading, Shape, Source, Truth, encode_truth
from automl.export.adapters.picture_sources import ArraySource, FileSource, StreamSource, open_arrays
from automl.export.manifest import Output

if TYPE_CHECKING:
    import tensorflow as tf

_BATCH_PIXELS = 1 << 22  # 84 pictures of 224 x 224: a few hundred MB with the activations of an ordinary network
_LARGEST_BATCH = 256


class PictureAdapter(Adapter):
    """Pictures of the working size in memory, of any size in files."""

    def __init__(self, contract: ImageContract) -> None:
        self._contract = contract

    def source(self, x: Any, reading: Reading) -> Source:
        """An array (n, h, w) or (n, h, w, c); an ``.npz``, a folder, a table of paths or a picture; a list of files."""
        if isinstance(x, str | Path):
            return self._of_path(Path(x), reading)
        if are_paths(x):
            return FileSource([Path(file) for file in x], self._contract, on_bad_file=reading.on_bad_file)
        if hasattr(x, "columns") and hasattr(x, "iloc"):
            return self._of_list(self._listed(x, None, None, reading), reading)
        if is_stream(x):
            return StreamSource(x, self._contract)
        return ArraySource(x, self._contract)

    def labelled(self, x: Any, y: Any, output: Output, reading: Reading) -> tuple[Source, Truth]:
        """A folder with a sub-folder a class, a table with answers, an ``.npz`` with y, or an array and its answers."""
        if is_stream(x):
            stream = StreamSource(x, self._contract)
            return stream, lambda: encode_truth(stream.answers(), output, rows=len(stream.kept()))
        table = _table_of(x, "test")
        if table is not None:
            listed = self._listed(table, y, output, reading)
            truth = listed.answers(output.kind, output.target())[1]
        elif isinstance(x, str | Path) and not _is_npz(Path(x)):
            listed = Listed.of_folder(list_class_folder(Path(x), part="test"), output.kind)
            truth = listed.answers(output.kind, output.target())[1]
        else:
            return self._of_arrays(x, y, output)
        source = self._of_list(listed, reading)
        return source, lambda: truth[source.kept()]

    def _of_path(self, path: Path, reading: Reading) -> Source:
        if _is_npz(path):
            return open_arrays(path, self._contract)[0]
        table = _table_of(path, "test")
        if table is not None:
            return self._of_list(self._listed(table, None, None, reading), reading)
        if not path.exists():
            raise DataError(f"no such file or folder: {path}")
        return FileSource(list_pictures(path), self._contract, on_bad_file=reading.on_bad_file)

    def _of_arrays(self, x: Any, y: Any, output: Output) -> tuple[Source, Truth]:
        source: Source
        if isinstance(x, str | Path):
            source, found = open_arrays(Path(x), self._contract)
            y = found if y is None else y
            if y is None:
                raise DataError(f"{x} has no labels: an array y (or y_test) is needed beside x")
        elif are_paths(x):
            source = FileSource([Path(file) for file in x], self._contract)
        else:
            source = ArraySource(x, self._contract)
        if y is None:
            raise DataError("evaluation needs labels: give y, a folder with a sub-folder a class, or an .npz with y")
        truth = encode_truth(y, output, rows=source.rows)
        return source, lambda: truth

    def _listed(self, table: Any, y: Any, output: Output | None, reading: Reading) -> Listed:
        """The pictures that a table names, and the answers to them where an output asks."""
        if output is None:
            return list_table(table, Columns(encoding=reading.encoding), kind=None, column=self._contract.column)
        if y is None and not output.columns:
            raise DataError(
                f"the model was not trained from a table, so which column of {table} has the answers is not known; "
                "give y, or a folder with a sub-folder a class"
            )
        columns = Columns(
            target=output.columns, encoding=reading.encoding, drop_missing_labels=reading.drop_missing_labels
        )
        given = None if y is None else Asked(output.kind).columns_of(y, len(y))
        return list_table(table, columns, kind=output.kind, column=self._contract.column, y=given)

    def _of_list(self, listed: Listed, reading: Reading) -> FileSource:
        return FileSource(listed.files, self._contract, names=listed.names, on_bad_file=reading.on_bad_file)

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


def _is_npz(path: Path) -> bool:
    return path.suffix.lower() == ".npz"


def _table_of(x: Any, part: Part) -> Any:
    """A table, or the file of one; None where it is something else."""
    if hasattr(x, "columns") and hasattr(x, "iloc"):
        return x
    if not isinstance(x, str | Path):
        return None
    return Path(x) if is_table(Path(x)) else table_folder(Path(x), part)
