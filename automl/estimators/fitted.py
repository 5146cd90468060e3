"""What every fitted estimator shows: its model, its run and its trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from automl.config import parse_list
from automl.errors import ConfigError, StudyError

if TYPE_CHECKING:
    import pandas as pd
    from optuna.study import Study

    from automl.export import Bundle, TrainedModel
    from automl.study import StudyReader, TrialRecord

_BOARD = ("number", "state", "value", "epochs", "parameters", "flops", "proposed_by", "reason", "description")


class Fitted(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """The half of an estimator that there is once a search is over."""

    _task: ClassVar[str]

    def _take_over(self, model: Path, run: Path | None) -> Self:
        from automl.export import load_bundle

        self.model_dir_ = model.absolute()
        self.run_dir_ = None if run is None else run.absolute()
        self._network = _Network()
        self._describe(load_bundle(model))
        return self

    def _describe(self, bundle: Bundle) -> None:
        """Set what a task's estimators show of a model, such as ``classes_``."""

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """A fitted estimator from a run's folder, or from a model's (then without its trials).

        Args:
            path: RUN or MODEL, as on the command line.

        Raises:
            ConfigError: The model is of another task.
            ExportError: ``path`` holds no model, or one that is damaged or newer than this version.
        """
        from automl.export import load_bundle

        bundle = load_bundle(Path(path))
        if bundle.manifest.task != cls._task:
            raise ConfigError(
                f"{path} holds a model for {bundle.manifest.task!r}, and {cls.__name__} is for {cls._task!r}"
            )
        folders = (bundle.directory, bundle.directory.parent)
        run = next((folder for folder in folders if (folder / "run.json").is_file()), None)
        return cls()._take_over(bundle.directory, run)

    @classmethod
    def resume(cls, run_dir: str | Path, **changes: Any) -> Self:
        """A fitted estimator from a search that is continued first; one that is over is only loaded.

        >>> ImageClassifier.resume("automl-runs/image-classify-2026-11-20", time_budget="+10m")  # doctest: +SKIP

        Args:
            run_dir: The run's folder, ``run_dir_`` of an estimator that was fitted before.
            **changes: Arguments of ``automl.resume_search``.

        Raises:
            ConfigError: The run is of another task, or one of the errors of ``automl.resume_search``.
        """
        from automl.estimators.resume import resume_search
        from automl.study import RunFolder

        found = RunFolder.open(Path(run_dir)).task
        if found != cls._task:
            raise ConfigError(f"{run_dir} is a run of {found!r}, and {cls.__name__} is for {cls._task!r}")
        result = resume_search(run_dir, **changes)
        return cls()._take_over(result.model_dir, result.run_dir)

    @property
    def keras_model_(self) -> Any:
        """The ``keras.Model``: raw inputs in, probabilities out; loaded when it is first asked for."""
        return self._model().keras_model

    @property
    def study_(self) -> Study:
        """The Optuna study of the search, as ``optuna.load_study`` gives it."""
        import optuna

        from automl.study import RunFolder

        folder = RunFolder.open(self._run())
        return optuna.load_study(study_name=folder.study, storage=folder.storage_url)

    @property
    def n_trials_(self) -> int:
        """Trials that trained at least one epoch."""
        return sum(record.trained for record in self._records())

    @property
    def best_score_(self) -> float:
        """The objective of the best trial, on the validation rows."""
        with self._reader() as reader:
            best = reader.best()
        if best is None or best.value is None:
            raise StudyError(f"the study in {self.run_dir_} has no complete trial")
        return best.value

    def leaderboard(self) -> pd.DataFrame:
        """All trials that began, the best first, one row each.

        Returns:
            Columns ``number``, ``state``, ``value`` (the objective), ``epochs``, ``seconds``, ``parameters``,
            ``flops``, ``proposed_by``, ``reason`` and ``description`` (the network in a few words).
        """
        import pandas as pd

        rows = [
            {name: getattr(record, name) for name in _BOARD} | {"seconds": record.total_seconds}
            for record in self._records()
            if record.state != "queued"
        ]
        columns = [*_BOARD[:4], "seconds", *_BOARD[4:]]
        return pd.DataFrame(rows, columns=columns)

    def export(
        self, directory: str | Path, *, formats: Sequence[str] | str = ("keras",), name: str | None = None
    ) -> Mapping[str, Path]:
        """Write the model in other formats, each checked against this estimator's answers.

        Args:
            directory: Where to; every format gets a folder in it.
            formats: ``keras`` (a bundle that ``load`` reads) and ``savedmodel`` (for TensorFlow Serving).
            name: Name of the exported model; None takes the search space's.

        Returns:
            The folder of each format.

        Raises:
            ConfigError: A format is unknown, or its folder is taken by something else.
            ExportError: An artifact does not answer as the model does.
        """
        from automl.export import export_model

        wanted = parse_list(formats) if isinstance(formats, str) else formats
        written = export_model(self._model(), wanted, Path(directory), name=name)
        return {one.format: one.path for one in written}

    def _model(self) -> TrainedModel:
        check_is_fitted(self)
        return self._network.loaded(self.model_dir_)

    def _run(self) -> Path:
        check_is_fitted(self)
        if self.run_dir_ is None:
            raise StudyError(f"{self.model_dir_} is a model without its run: load the run's folder to see its trials")
        return self.run_dir_

    def _reader(self) -> StudyReader:
        from automl.study import StudyReader

        return StudyReader.open(self._run())

    def _records(self) -> list[TrialRecord]:
        with self._reader() as reader:
            return reader.trials(sort="value")


class _Network:
    """The network of a fitted estimator, read when it is first needed.

    Its holder is made by ``fit`` and stays the same one, as scikit-learn wants of estimators that predict. A copy and a
    pickle of it are empty: the network is read from its own file, never from a pickle.
    """

    def __init__(self) -> None:
        self._model: TrainedModel | None = None

    def loaded(self, folder: Path) -> TrainedModel:
        """The model in a folder."""
        if self._model is None:
            from automl.export import load_model

            self._model = load_model(folder)
        return self._model

    def __reduce__(self) -> tuple[type[_Network], tuple[()]]:
        return type(self), ()
