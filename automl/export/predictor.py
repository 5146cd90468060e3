"""A finished model in use: raw pictures in, classes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from automl.backend import no_retracing_warnings
from automl.data import ImageContract
from automl.data.labels import encode_as
from automl.errors import DataError, ExportError
from automl.export.bundle import Bundle, load_bundle
from automl.export.evaluation import Evaluation, score
from automl.export.keras_model import feed, first_output, input_dtype, read_model
from automl.export.manifest import MANIFEST_FILE, Manifest, Output
from automl.export.predictions import Predictions
from automl.export.sources import ArraySource, FileSource, OnBadFile, Source, open_source
from automl.ops import own_layers

if TYPE_CHECKING:
    import keras

_BATCH_PIXELS = 1 << 22  # 84 pictures of 224 x 224: a few hundred MB with the activations of an ordinary network
_LARGEST_BATCH = 256


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model with its manifest, ready to answer.

    Attributes:
        bundle: Where it came from.
        contract: What its pictures are.
        keras_model: The network with its preprocessing: raw pixels to probabilities.
    """

    bundle: Bundle
    contract: ImageContract
    keras_model: keras.Model

    @property
    def manifest(self) -> Manifest:
        """What the bundle says about itself."""
        return self.bundle.manifest

    @property
    def output(self) -> Output:
        """The only output: its classes and their type."""
        (output,) = self.manifest.outputs.values()
        return output

    @cached_property
    def classes(self) -> np.ndarray:
        """The classes (k,), text, int64 or bool; columns of probabilities follow them."""
        return self.output.labels()

    def predict_proba(self, x: Any, *, batch_size: int | None = None) -> np.ndarray:
        """Probabilities of pictures in memory.

        Args:
            x: (n, h, w) or (n, h, w, c), any numeric dtype, the size and the range of values the model learned from.
            batch_size: Pictures at a time; None chooses by their size. It changes nothing but memory and time.

        Returns:
            (n, k) float32, columns in the order of ``classes``.

        Raises:
            DataError: Another shape, no numbers, NaN, or values the model cannot have learned from.
        """
        return self._answer(ArraySource(x, self.contract), batch_size)

    def predict(self, x: Any, *, batch_size: int | None = None) -> np.ndarray:
        """The most probable class (n,) of pictures in memory; see ``predict_proba``."""
        labels: np.ndarray = self.classes[self.predict_proba(x, batch_size=batch_size).argmax(axis=1)]
        return labels

    def predict_files(self, paths: Sequence[Path | str], *, on_bad_file: OnBadFile = "error") -> Predictions:
        """Answers to picture files of any size, read batch by batch.

        Raises:
            DataError: A file is no picture and ``on_bad_file`` is ``"error"``.
        """
        files = [Path(path) for path in paths]
        return self._predictions(FileSource(files, self.contract, on_bad_file=on_bad_file))

    def predict_data(self, data: Path | str, *, on_bad_file: OnBadFile = "error") -> Predictions:
        """Answers to every picture of a folder (labelled or not), to one picture, or to the rows of an ``.npz``.

        Raises:
            DataError: There is nothing, or something that cannot be read.
        """
        return self._predictions(open_source(Path(data), self.contract, labelled=False, on_bad_file=on_bad_file))

    def evaluate(self, x: Any, y: Any = None, *, on_bad_file: OnBadFile = "error") -> Evaluation:
        """Score the model on labelled data.

        Args:
            x: A class folder or an ``.npz`` with labels; or pictures as for ``predict_proba``.
            y: Labels (n,) when ``x`` is pictures.
            on_bad_file: What to do about a file that is no picture.

        Raises:
            DataError: The data cannot be used, has no labels, or has a class the model does not know.
        """
        if isinstance(x, (str, Path)):
            source = open_source(Path(x), self.contract, labelled=True, on_bad_file=on_bad_file)
        else:
            source = ArraySource(x, self.contract, labels=y)
        if source.labels is None:
            raise DataError("evaluation needs labels: give y, a folder with a sub-folder a class, or an .npz with y")
        truth = encode_as(source.labels, self.output.classes)  # before the answers, which take long
        probabilities = self._answer(source)
        return score(truth[source.kept()], probabilities, self.classes)

    def _predictions(self, source: Source) -> Predictions:
        probabilities = self._answer(source)
        return Predictions(
            column=source.column,
            names=source.names(),
            labels=self.classes[probabilities.argmax(axis=1)],
            probabilities=probabilities,
            classes=self.classes,
            skipped=tuple(source.skipped),
        )

    def _answer(self, source: Source, batch_size: int | None = None) -> np.ndarray:
        answers = [np.zeros((0, len(self.classes)), np.float32)]
        answers.extend(self._batches(source.batches(batch_size or self._fitting_batch())))
        return np.concatenate(answers)

    def _batches(self, batches: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        dtype = input_dtype(self.keras_model)
        for pixels in batches:
            if len(pixels):
                with no_retracing_warnings():
                    answer = self.keras_model.predict_on_batch(feed(self.keras_model, pixels.astype(dtype, copy=False)))
                yield np.asarray(first_output(answer), dtype=np.float32)

    def _fitting_batch(self) -> int:
        height, width, _ = self.contract.shape
        return max(1, min(_LARGEST_BATCH, _BATCH_PIXELS // (height * width)))


def load_model(path: Path | str) -> TrainedModel:
    """Open the model of a run or a bundle.

    The files are compared with their checksums, and Keras loads the network in safe mode: no code in it is run.

    Args:
        path: A run's folder or a bundle's.

    Raises:
        ExportError: There is none, it is torn, altered or newer, or Keras cannot load it.
    """
    bundle = load_bundle(path)
    _check_layers(bundle)
    contract = _contract(bundle)
    return TrainedModel(bundle, contract, _checked(read_model(bundle.model_file), bundle, contract))


def _check_layers(bundle: Bundle) -> None:
    """The model is data, perhaps someone else's: it says what it needs, and only the person imports code."""
    missing = sorted({*bundle.manifest.layers} - {op.origin for op in own_layers()})
    if missing:
        modules = ",".join(sorted({origin.partition(":")[0] for origin in missing}))
        raise ExportError(
            f"{bundle.directory} holds layers of someone's own, {', '.join(missing)}: import {modules} first "
            f"(--import {modules} on the command line)"
        )


def _contract(bundle: Bundle) -> ImageContract:
    where = bundle.directory / MANIFEST_FILE
    if len(bundle.manifest.inputs) != 1 or len(bundle.manifest.outputs) != 1:
        raise ExportError(f"{where} describes several inputs or outputs, which this version does not serve")
    (document,) = bundle.manifest.inputs.values()
    try:
        return ImageContract.from_json(document)
    except ValidationError as error:
        raise ExportError(f"{where} has an input contract that this version cannot read: {error}") from None


def _checked(model: keras.Model, bundle: Bundle, contract: ImageContract) -> keras.Model:
    (output,) = bundle.manifest.outputs.values()
    wanted = ((None, *contract.shape), (None, len(output.classes)))
    found = (tuple(model.inputs[0].shape), tuple(model.outputs[0].shape))
    if len(model.inputs) != 1 or len(model.outputs) != 1 or found != wanted:
        raise ExportError(
            f"{bundle.model_file} takes and gives {found}, where its manifest says {wanted}; export the model again"
        )
    return model
