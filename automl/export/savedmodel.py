"""A TensorFlow SavedModel that takes raw data and answers as people read it.

The graph is on its own: loading it needs TensorFlow or TensorFlow Serving, not this package and not Keras.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.errors import ConfigError
from automl.export.adapters.base import Adapter
from automl.export.keras_model import feed, first_output
from automl.export.manifest import Output
from automl.label_metrics import THRESHOLD

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

SIGNATURE = "serving_default"


def write_savedmodel(model: keras.Model, outputs: Mapping[str, Output], adapter: Adapter, *, folder: Path) -> None:
    """Write the SavedModel.

    Its signature ``serving_default`` takes what the kind of data takes: ``image``, float32 (n, height, width, channels)
    with the values that the model learned from (0 to 255 for ordinary pictures) and any height and width; of a table
    ``numbers``, float32 (n, F) with NaN where one is missing, and ``categories``, text (n, C) with "" where it is
    missing, as the manifest lists them (one of both where there is only that). It gives ``probabilities``, float32
    (n, k), and ``label``, (n,): text, int64 or bool as the classes are, or ``labels``, 0 and 1, int64 (n, k), where a
    row has any number of them; or ``value``, float32 (n, k). With several outputs an answer has the name of its output,
    and probabilities are ``<output>_probabilities``.

    Args:
        model: The network with its preprocessing.
        outputs: Classes or numbers by output.
        adapter: Of its input.
        folder: Where to write; may exist when it is empty.

    Raises:
        ConfigError: Keras runs on another backend than TensorFlow.
    """
    import tensorflow as tf

    _check_backend()
    named = _naming_all(outputs)
    signature = adapter.signature()

    def serve(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        given = adapter.serve(dict(zip(signature, tensors, strict=True)))
        return named(model(feed(model, given), training=False))

    specs = [tf.TensorSpec(shape, dtype, name=name) for name, (shape, dtype) in signature.items()]
    _write(model, serve, specs, folder)


def _check_backend() -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        raise ConfigError(
            f"a SavedModel needs Keras on TensorFlow, and it runs on {keras.backend.backend()!r} here; "
            "start again with KERAS_BACKEND=tensorflow"
        )


def _naming_all(outputs: Mapping[str, Output]) -> Callable[[Any], dict[str, tf.Tensor]]:
    """From what the network says to named answers of one output or of several."""
    if len(outputs) == 1:
        return _naming(next(iter(outputs.values())))
    by_output = {name: _naming(output) for name, output in outputs.items()}

    def named(answer: Any) -> dict[str, tf.Tensor]:
        return {
            f"{name}_probabilities" if what == "probabilities" else name: tensor
            for name, each in by_output.items()
            for what, tensor in each(answer[name]).items()
        }

    return named


def _naming(output: Output) -> Callable[[Any], dict[str, tf.Tensor]]:
    """From what the network says to named answers."""
    import tensorflow as tf

    if not output.classes:
        return lambda answer: {"value": tf.cast(first_output(answer), tf.float32)}
    labels = tf.constant(output.labels().tolist(), {"str": tf.string, "int": tf.int64, "bool": tf.bool}[output.type])

    def named(answer: Any) -> dict[str, tf.Tensor]:
        probabilities = tf.cast(first_output(answer), tf.float32)
        if output.several:
            return {"probabilities": probabilities, "labels": tf.cast(probabilities >= THRESHOLD, tf.int64)}
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
        adapter: Of its input.
        outputs: Classes or numbers by output.
    """

    def __init__(self, folder: Path, adapter: Adapter, outputs: Mapping[str, Output]) -> None:
        import tensorflow as tf

        self._outputs = outputs
        self._adapter = adapter
        self._loaded: Any = tf.saved_model.load(str(folder))  # held: the signature alone does not keep the weights
        self._answer = self._loaded.signatures[SIGNATURE]

    def answer(self, rows: Any) -> np.ndarray:
        """Probabilities or numbers (n, k) float32 of rows of its kind; of several outputs side by side."""
        import tensorflow as tf

        given, signature = self._adapter.given(rows), self._adapter.signature()
        tensors = {name: x if tf.is_tensor(x) else tf.constant(x, signature[name][1]) for name, x in given.items()}
        answer = self._answer(**tensors)
        if len(self._outputs) == 1:
            found: np.ndarray = answer["probabilities" if "probabilities" in answer else "value"].numpy()
        else:
            said = [answer.get(f"{name}_probabilities", answer[name]).numpy() for name in self._outputs]
            found = np.concatenate(said, axis=1)
        return found[: len(rows)]


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
