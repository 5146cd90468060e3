"""A finished model in use: raw data in, classes or numbers out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.backend import no_retracing_warnings
from automl.data import ForecastContract, InputContract
from automl.errors import ConfigError, DataError
from automl.export.adapters import Adapter, OnBadFile, Reading, Source, make_adapter
from automl.export.adapters.tables import counted
from automl.export.bundle import Bundle
from automl.export.checks import own_scores
from automl.export.evaluation import Evaluation, score, score_labels, score_numbers
from automl.export.forecasts import Forecasts, forecast, score_forecasts
from automl.export.keras_model import feed, first_output
from automl.export.manifest import Manifest, Output
from automl.export.predictions import Predictions
from automl.export.told import called, decided, told

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
        return decided(self.output, self._answer(self.adapter.source(x, Reading()), batch_size))

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
        return self.scored(truth(), answer, None if weights is None else counted(weights, source))

    def scored(self, truth: np.ndarray, answer: np.ndarray, weights: np.ndarray | None = None) -> Evaluation:
        """The scores of answers.

        Args:
            truth: Codes (n,), zeros and ones or numbers (n, k).
            answer: What the network said, (n, k).
            weights: How much each row counts, (n,); None when all count alike.

        Raises:
            DataError: There is no row.
            ConfigError: A person's own score needs a module that is not imported.
        """
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
            labels=told(self.output, answer),
            probabilities=answer if self.of_classes else np.zeros((len(answer), 0), np.float32),
            classes=self.classes,
            skipped=tuple(source.skipped),
            answers=called(self.output),
        )

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
