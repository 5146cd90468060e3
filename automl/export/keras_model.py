"""The few things to know about a Keras model with one input and one output, whatever its structure is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.backend import start_keras
from automl.errors import ExportError

if TYPE_CHECKING:
    import keras


def read_model(path: Path) -> keras.Model:
    """Load a ``.keras`` file without running any code that is in it (``safe_mode``).

    Raises:
        ExportError: Keras cannot read it.
    """
    start_keras()
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises anything from KeyError to zipfile.BadZipFile here
        raise ExportError(
            f"{path} cannot be loaded by Keras {keras.__version__}: {type(error).__name__}: {error}"
        ) from error


def feed(model: keras.Model, given: Mapping[str, Any]) -> Any:
    """Raw inputs in the structure and the dtypes that the model takes: the only one also by itself or in a list."""
    dtypes = {str(each.name): str(each.dtype) for each in model.inputs}
    if len(given) == 1:
        dtypes = dict(zip(given, dtypes.values(), strict=True))
    ready = {name: x if dtypes[name] == "string" else _cast(x, dtypes[name]) for name, x in given.items()}
    structure = model.input
    if len(given) > 1:
        return ready
    (x,) = ready.values()
    if isinstance(structure, Mapping):
        (name,) = structure
        return {name: x}
    return [x] if isinstance(structure, list) else x


def first_output(answer: Any) -> Any:
    """The only tensor in what the model answered: itself, or the one value of a dictionary or list."""
    if isinstance(answer, Mapping):
        (answer,) = answer.values()
    elif isinstance(answer, (list, tuple)):
        (answer,) = answer
    return answer


def _cast(x: Any, dtype: str) -> Any:
    if hasattr(x, "astype"):
        return x.astype(dtype, copy=False)
    import tensorflow as tf

    return tf.cast(x, dtype)


@contextmanager
def full_precision() -> Iterator[None]:
    """Let float32 be float32 in the body: some GPUs round to TF32 (10 bits), and not alike in every graph."""
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(before)
