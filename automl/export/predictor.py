"""A finished model in use: raw data in, classes or numbers out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.backend import no_retracing_warnings
from automl.data import ForecastContract, InputContract, LabelTarget, read_input
from automl.data.label_sets import texts_of
from automl.errors import ConfigError, DataError, ExportError
from automl.export.adapters import Adapter, OnBadFile, Reading, Source, make_adapter
from automl.export.adapters.tables import counted
from automl.export.bundle import Bundle, load_bundle
from automl.export.evaluation import Evaluation, score, score_labels, score_numbers
from automl.export.forecasts import Forecasts, forecast, score_forecasts
from automl.export.keras_model import feed, first_output, read_model
from automl.export.manifest import MANIFEST_FILE, Manifest, Output
from automl.export.predictions import Predictions
from automl.label_metrics import given
from automl.ops import own_layers

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model with its manifest, ready to answer.

    Attributes:
        bundle: Where it came from.
        contract: What its rows are.
        keras_model: The network with its preprocessing: raw data to probabilities or numbers.
    """

    bundle: Bundle
    contract: InputContract
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
    def adapter(self) -> Adapter:
        """How raw data gets into it."""
        return make_adapter(self.contract)

    @cached_property
    def classes(self) -> np.ndarray:
        """The classes (k,), text, int64 or bool; columns of probabilities follow them. None where it says numbers."""
        return self.output.labels()

    @property
    def of_classes(self) -> bool:
        """Whether it answers with classes, and not with numbers."""
        return bool(self.output.classes)

    def predict_proba(self, x: Any, *, batch_size: int | None = None) -> np.ndarray:
        """Probabilities of rows in memory.

        Args:
            x: Pictures (n, h, w) or (n, h, w, c), any numeric dtype, the size and the range of values the model learned
                from; or a data frame, or an array (n, columns).
            batch_size: Rows at a time; None chooses by their size. It changes nothing but memory and time.

        Returns:
            (n, k) float32, columns in the order of ``classes``.

        Raises:
            DataError: Another shape, no numbers, NaN, or values the model cannot have learned from; or the model
                answers with numbers.
        """
        if not self.of_classes:
            raise DataError(f"the model answers with numbers ({', '.join(self.output.columns)}), not with classes")
        return self._answer(self.adapter.source(x, Reading()), batch_size)

    def predict(self, x: Any, *, batch_size: int | None = None) -> np.ndarray:
        """The most probable class (n,) of rows in memory, or the numbers (n,) or (n, k); see ``predict_proba``.

        Of labels those whose probability is at least one half: a set for each row, (n,) of objects, or 0 and 1 (n, k)
        where the model was trained on such rows.
        """
        return self._decided(self._answer(self.adapter.source(x, Reading()), batch_size))

    def _decided(self, answer: np.ndarray) -> np.ndarray:
        """What ``predict`` gives, of what the network says (n, k)."""
        if self.output.several:
            return self._labels(answer)
        if self.of_classes:
            labels: np.ndarray = self.classes[answer.argmax(axis=1)]
            return labels
        return answer[:, 0] if answer.shape[1] == 1 else answer

    def answer(self, rows: Any) -> np.ndarray:
        """What the network says, (n, k) float32: probabilities, or numbers.

        Args:
            rows: As the adapter's sources give them: pictures (n, h, w, c), a ``RawTable``.
        """
        return self._answer(_Ready(rows))

    def predict_files(self, paths: Sequence[Path | str], *, on_bad_file: OnBadFile = "error") -> Predictions:
        """Answers to picture files of any size, read batch by batch.

        Raises:
            DataError: A file is no picture and ``on_bad_file`` is ``"error"``.
        """
        return self._predictions([Path(path) for path in paths], Reading(on_bad_file))

    def predict_data(
        self, data: Path | str, *, on_bad_file: OnBadFile = "error", encoding: str | None = None
    ) -> Predictions:
        """Answers to every row of a file, to every picture of a folder (labelled or not), to one picture.

        Raises:
            DataError: There is nothing, or something that cannot be read.
        """
        if isinstance(self.contract, ForecastContract):
            return self.forecast(Path(data), encoding=encoding).predictions()
        return self._predictions(Path(data), Reading(on_bad_file, encoding))

    def forecast(self, x: Any = None, *, encoding: str | None = None) -> Forecasts:
        """The steps that come after the last row of each series.

        Args:
            x: A file or a data frame whose last rows are gone on from; rows at the end with empty targets say what is
                known of the future. None goes on where the rows ended that the model was trained on.
            encoding: Of a text file; None for UTF-8.

        Raises:
            DataError: The model forecasts no series, or the rows are too few or are not what it was trained on.
        """
        if not isinstance(self.contract, ForecastContract):
            raise DataError(f"the model was trained for {self.manifest.task} and forecasts no series; use predict")
        return forecast(self.answer, x, self.contract, encoding=encoding)

    def evaluate(
        self,
        x: Any,
        y: Any = None,
        *,
        on_bad_file: OnBadFile = "error",
        encoding: str | None = None,
        drop_missing_labels: bool = False,
        weights: Any = None,
    ) -> Evaluation:
        """Score the model on labelled data.

        Args:
            x: A class folder, an ``.npz`` or a table with labels; or rows as for ``predict_proba``.
            y: Labels (n,), or numbers (n,) or (n, k), when ``x`` has none.
            on_bad_file: What to do about a file that is no picture.
            encoding: Of a text file; None for UTF-8.
            drop_missing_labels: Whether rows of a table without an answer are left out.
            weights: How much each row counts, (n,), or the column of a table that says it; None when all count alike.

        Raises:
            DataError: The data cannot be used, has no labels, or has a class the model does not know.
            ConfigError: A person's own score needs a module that is not imported, or data of this kind has no weights.
        """
        own = own_scores(self.manifest)  # before the answers, which take long
        reading = Reading(on_bad_file, encoding, drop_missing_labels)
        source, truth = self.adapter.labelled(x, y, self.output, reading)
        answer = self._answer(source)
        if isinstance(self.contract, ForecastContract):
            if weights is not None:
                raise ConfigError("windows of series have no weights of their own; leave them out")
            windows = np.concatenate([rows.series for rows in source.batches(self.adapter.batch_size())])
            return score_forecasts(windows.astype(np.float64), truth(), answer, self.contract, own=own)
        return self._scored(truth(), answer, None if weights is None else counted(weights, source))

    def _scored(self, truth: np.ndarray, answer: np.ndarray, weights: np.ndarray | None = None) -> Evaluation:
        own = own_scores(self.manifest)
        if self.output.several:
            return score_labels(truth, answer, self.classes, weights=weights, own=own)
        if self.of_classes:
            return score(truth, answer, self.classes, weights=weights, own=own)
        return score_numbers(truth, answer, self.output.columns, weights=weights, own=own)

    def _predictions(self, x: Any, reading: Reading) -> Predictions:
        source = self.adapter.source(x, reading)
        answer = self._answer(source)
        return Predictions(
            column=source.column,
            names=source.names(),
            labels=self._told(answer),
            probabilities=answer if self.of_classes else np.zeros((len(answer), 0), np.float32),
            classes=self.classes,
            skipped=tuple(source.skipped),
            answers=self._called(),
        )

    def _labels(self, answer: np.ndarray) -> np.ndarray:
        """The labels of rows: sets, or 0 and 1 where each had a column of them."""
        flags = given(answer)
        if not self.output.separator:
            return flags.astype(np.int64)
        sets = np.empty(len(flags), dtype=object)
        sets[:] = [set(self.classes[row].tolist()) for row in flags]
        return sets

    def _told(self, answer: np.ndarray) -> np.ndarray:
        """Answers as they are written into a table."""
        target = self.output.target()
        if isinstance(target, LabelTarget):
            flags = given(answer).astype(np.int64)
            return flags if not target.separator else np.array(texts_of(flags, target), dtype=object)
        return np.asarray(self.classes[answer.argmax(axis=1)] if self.of_classes else answer)

    def _called(self) -> tuple[str, ...]:
        """What the columns of ``_told`` are called."""
        if self.output.several:
            return ("labels",) if self.output.separator else tuple(str(name) for name in self.output.classes)
        return ("label",) if self.of_classes else self.output.columns

    def _answer(self, source: Source | _Ready, batch_size: int | None = None) -> np.ndarray:
        answers = [np.zeros((0, self._width), np.float32)]
        answers.extend(self._batches(source.batches(batch_size or self.adapter.batch_size())))
        return np.concatenate(answers)

    def _batches(self, batches: Iterable[Any]) -> Iterator[np.ndarray]:
        for rows in batches:
            if len(rows):
                with no_retracing_warnings():
                    answer = self.keras_model.predict_on_batch(feed(self.keras_model, self.adapter.given(rows)))
                yield self._flat(answer)[: len(rows)]

    @property
    def _width(self) -> int:
        """Columns of what the network says."""
        return self.output.width

    def _flat(self, answer: Any) -> np.ndarray:
        """What Keras' model answered as (n, k) float32."""
        return np.asarray(first_output(answer), dtype=np.float32)

    def parts(self) -> list[tuple[slice, bool]]:
        """Columns of each output in ``answer``, and whether they are numbers, whose differences are relative."""
        return [(slice(None), not self.of_classes)]


@dataclass(frozen=True, eq=False)
class _Ready:
    """Rows that need no reading."""

    rows: Any

    def batches(self, size: int) -> Iterator[Any]:
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]


def own_scores(manifest: Manifest) -> tuple[str, ...]:
    """A person's own scores of a model, whose modules only the person imports: a model is data, perhaps someone else's.

    Raises:
        ConfigError: One is not imported.
    """
    modules = dict.fromkeys(name.partition(":")[0] for name in manifest.metrics)
    missing = ",".join(name for name in modules if name not in sys.modules)
    if missing:
        raise ConfigError(
            f"the model is scored by {', '.join(manifest.metrics)}: import {missing} first (--import {missing} on the "
            "command line)"
        )
    return manifest.metrics


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
    if bundle.manifest.task == "multi":
        from automl.export.several import SeveralModel  # which is made of the models of this file

        contracts = {name: read_contract(bundle, name) for name in bundle.manifest.inputs}
        several = SeveralModel(bundle, next(iter(contracts.values())), read_model(bundle.model_file))
        several.check()
        return several
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


def _contract(bundle: Bundle) -> InputContract:
    where = bundle.directory / MANIFEST_FILE
    if len(bundle.manifest.inputs) != 1 or len(bundle.manifest.outputs) != 1:
        raise ExportError(f"{where} describes several inputs or outputs, which this version does not serve")
    (name,) = bundle.manifest.inputs
    return read_contract(bundle, name)


def read_contract(bundle: Bundle, name: str) -> InputContract:
    """The contract of an input.

    Raises:
        ExportError: This version cannot read it.
    """
    where = bundle.directory / MANIFEST_FILE
    try:
        return read_input(bundle.manifest.inputs[name])
    except ValueError as error:
        raise ExportError(f"{where} has an input contract that this version cannot read: {error}") from None


def _checked(model: keras.Model, bundle: Bundle, contract: InputContract) -> keras.Model:
    (output,) = bundle.manifest.outputs.values()
    check_shapes(model, bundle, make_adapter(contract), [output])
    return model


def check_shapes(model: keras.Model, bundle: Bundle, adapter: Adapter, outputs: Sequence[Output]) -> None:
    """Refuse a network that takes or gives something else than its manifest says.

    Raises:
        ExportError: It does.
    """
    wanted: Sequence[Any] = (adapter.shapes(), {(None, output.width) for output in outputs})
    found: Sequence[Any] = ({tuple(each.shape) for each in model.inputs}, {tuple(each.shape) for each in model.outputs})
    if len(model.outputs) != len(outputs) or found != wanted:
        raise ExportError(
            f"{bundle.model_file} takes and gives {_said(found)}, where its manifest says {_said(wanted)}; "
            "export the model again"
        )


def _said(shapes: Sequence[set[tuple[int | None, ...]]]) -> str:
    return " and ".join(", ".join(map(str, sorted(each, key=str))) for each in shapes)
