"""A TensorFlow SavedModel that takes raw pictures of any size, or rows of a table, and answers as people read it.

The graph is on its own: loading it needs TensorFlow or TensorFlow Serving, not this package and not Keras.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.data import TableContract
from automl.data.tables.encode import RawTable
from automl.errors import ConfigError
from automl.export.keras_model import feed, first_output, input_dtype
from automl.export.manifest import Output
from automl.export.tables import fed

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

SIGNATURE = "serving_default"


def write_savedmodel(
    model: keras.Model, output: Output, *, shape: tuple[int, int, int], whole: bool, folder: Path
) -> None:
    """Write the SavedModel.

    Its signature ``serving_default`` takes ``image``, float32 (n, height, width, channels) with the values that the
    model learned from (0 to 255 for ordinary pictures) and any height and width, and gives ``probabilities``, float32
    (n, k), and ``label``, (n,): text, int64 or bool as the classes are.

    Args:
        model: The network with its preprocessing.
        output: Its classes.
        shape: Working height, width and channels.
        whole: Whether the network's pixels are whole numbers from 0 to 255.
        folder: Where to write; may exist when it is empty.

    Raises:
        ConfigError: Keras runs on another backend than TensorFlow.
    """
    import tensorflow as tf

    _check_backend()
    height, width, channels = shape
    dtype = input_dtype(model)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        pixels = _fit(image, height, width, whole=whole)
        return named(model(feed(model, tf.cast(pixels, dtype)), training=False))

    named = _naming(output)
    _write(model, serve, [tf.TensorSpec((None, None, None, channels), tf.float32, name="image")], folder)


def write_table_model(model: keras.Model, output: Output, contract: TableContract, *, folder: Path) -> None:
    """Write the SavedModel of a table's model.

    Its signature ``serving_default`` takes ``numbers``, float32 (n, F) with NaN where one is missing, and
    ``categories``, text (n, C) with "" where it is missing, as the manifest lists them (one of both where there is
    only that), and gives ``probabilities`` and ``label``, or ``value``, float32 (n, k).

    Raises:
        ConfigError: Keras runs on another backend than TensorFlow.
    """
    import tensorflow as tf

    _check_backend()
    named = _naming(output)
    widths = {"numbers": len(contract.numbers), "categories": len(contract.categories)}
    dtypes = {"numbers": tf.float32, "categories": tf.string}
    names = [name for name, width in widths.items() if width]

    def serve(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        given = dict(zip(names, tensors, strict=True))
        fed = given if len(given) > 1 else feed(model, tensors[0])
        return named(model(fed, training=False))

    _write(model, serve, [tf.TensorSpec((None, widths[name]), dtypes[name], name=name) for name in names], folder)


def _check_backend() -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"a SavedModel needs Keras on TensorFlow, and it runs on {keras.backend.backend()!r} here; "
            "start again with KERAS_BACKEND=tensorflow"
        )


def _naming(output: Output) -> Callable[[Any], dict[str, tf.Tensor]]:
    """From what the network says to named answers."""
    import tensorflow as tf

    if not output.classes:
        return lambda answer: {"value": tf.cast(first_output(answer), tf.float32)}
    labels = tf.constant(output.labels().tolist(), {"str": tf.string, "int": tf.int64, "bool": tf.bool}[output.type])

    def named(answer: Any) -> dict[str, tf.Tensor]:
        probabilities = tf.cast(first_output(answer), tf.float32)
        return {"probabilities": probabilities, "label": tf.gather(labels, tf.argmax(probabilities, axis=-1))}

    return named


def _write(model: keras.Model, serve: Callable[..., Any], signature: Sequence[tf.TensorSpec], folder: Path) -> None:
    import keras

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(SIGNATURE, serve, input_signature=list(signature))
    with _hushed():
        archive.write_out(str(folder), verbose=False)


class ServedModel:
    """A SavedModel as a client sees it: loaded by ``tf.saved_model.load``, asked through its signature.

    Args:
        folder: The version's folder, such as ``served/digits/1``.
    """

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf

        self._loaded: Any = tf.saved_model.load(str(folder))  # held: the signature alone does not keep the weights
        self._answer = self._loaded.signatures[SIGNATURE]

    def answer(self, rows: Any) -> np.ndarray:
        """Probabilities or numbers (n, k) float32 of pictures (n, h, w, c) or of a ``RawTable``."""
        import tensorflow as tf

        given = fed(rows) if isinstance(rows, RawTable) else {"image": rows}
        tensors = {name: x if tf.is_tensor(x) else tf.constant(x, tf.float32) for name, x in given.items()}
        answer = self._answer(**tensors)
        found: np.ndarray = answer["probabilities" if "probabilities" in answer else "value"].numpy()
        return found


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


@contextmanager
def _hushed() -> Iterator[None]:
    """TensorFlow tells at level INFO where it wrote the assets; the person hears it from us."""
    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
