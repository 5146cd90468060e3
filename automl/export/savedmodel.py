"""A TensorFlow SavedModel that takes raw pictures of any size and answers with probabilities and labels.

The graph is on its own: loading it needs TensorFlow or TensorFlow Serving, not this package and not Keras.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.errors import ConfigError
from automl.export.keras_model import feed, first_output, input_dtype
from automl.export.manifest import Output

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
    import keras
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"a SavedModel needs Keras on TensorFlow, and it runs on {keras.backend.backend()!r} here; "
            "start again with KERAS_BACKEND=tensorflow"
        )
    height, width, channels = shape
    labels = tf.constant(output.labels().tolist(), {"str": tf.string, "int": tf.int64, "bool": tf.bool}[output.type])
    dtype = input_dtype(model)

    def serve(image: tf.Tensor) -> dict[str, tf.Tensor]:
        pixels = _fit(image, height, width, whole=whole)
        probabilities = first_output(model(feed(model, tf.cast(pixels, dtype)), training=False))
        probabilities = tf.cast(probabilities, tf.float32)
        label = tf.gather(labels, tf.argmax(probabilities, axis=-1))
        return {"probabilities": probabilities, "label": label}

    archive = keras.export.ExportArchive()
    archive.track(model)
    pictures = tf.TensorSpec((None, None, None, channels), tf.float32, name="image")
    archive.add_endpoint(SIGNATURE, serve, input_signature=[pictures])
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

    def predict_proba(self, x: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) float32 of pictures (n, h, w, c)."""
        import tensorflow as tf

        answer = self._answer(image=tf.constant(x, tf.float32))
        probabilities: np.ndarray = answer["probabilities"].numpy()
        return probabilities


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
