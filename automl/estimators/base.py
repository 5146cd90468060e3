"""What every estimator shares: its arguments, the search behind ``fit``, and the run and model that come of it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from automl.config import Arrays, SearchConfig, draw_seed, parse_duration, parse_list
from automl.errors import ConfigError, DataError, StudyError

if TYPE_CHECKING:
    import pandas as pd
    from optuna.study import Study

    from automl.export import Bundle, TrainedModel
    from automl.study import StudyReader, TrialRecord

_BOARD = ("number", "state", "value", "epochs", "parameters", "flops", "proposed_by", "reason", "description")


class SearchEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Base of the estimators; a task's class says ``_task`` and adds its mixin and its shapes.

    The constructor only stores; arguments are checked by ``fit``.
    """

    _task: ClassVar[str]

    def __init__(
        self,
        *,
        time_budget: str | float | None = "10m",
        max_trials: int | None = None,
        max_epochs: int | None = None,
        space: Any = None,
        objective: str | None = None,
        workers: int | None = None,
        directory: str | Path | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 1,
    ) -> None:
        self.time_budget = time_budget
        self.max_trials = max_trials
        self.max_epochs = max_epochs
        self.space = space
        self.objective = objective
        self.workers = workers
        self.directory = directory
        self.random_state = random_state
        self.verbose = verbose

    def _search(self, x: Any, y: Any, validation: tuple[Any, Any] | None) -> Self:
        """Search with arrays and take over what was found."""
        return self._run_search(self._config(x, y, validation))

    def _run_search(self, config: SearchConfig) -> Self:
        """Search and take over what was found; nothing of an earlier ``fit`` stays."""
        self._forget()
        from automl.progress import make_progress

        with warnings.catch_warnings():  # in a notebook Optuna's import asks for widgets that nothing here needs
            warnings.simplefilter("ignore")
            from automl.run import run_search

        result = run_search(config, make_progress(quiet=not self.verbose))
        if result.interrupted and self.verbose:
            go_on = f"{type(self).__name__}.resume({str(result.run_dir)!r})"
            warnings.warn(f"interrupted: this is the best network so far; {go_on} searches on", stacklevel=3)
        return self._take_over(result.model_dir, result.run_dir)

    def _config(self, x: Any, y: Any, validation: tuple[Any, Any] | None) -> SearchConfig:
        started = time.monotonic()
        return SearchConfig(
            task=self._task,
            data=self._data(x, y),
            validation=None if validation is None else self._data(*_pair(validation)),
            space=self.space,
            max_trials=self.max_trials,
            time_budget=None if self.time_budget is None else parse_duration(self.time_budget),
            max_epochs=self.max_epochs,
            objective=self.objective,
            seed=_seed(self.random_state),
            seeded=self.random_state is not None,
            runs=Path("automl-runs" if self.directory is None else self.directory),
            workers=self.workers,
            started=started,
        )

    def _data(self, x: Any, y: Any) -> Arrays:
        """What the search is to read; a task's class may take more than arrays."""
        return Arrays(as_array(x, "X"), None if y is None else as_array(y, "y"))

    def _forget(self) -> None:
        for name in [name for name in vars(self) if name.endswith("_") or name == "_network"]:
            delattr(self, name)

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


def _pair(validation: tuple[Any, Any]) -> tuple[Any, Any]:
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise ConfigError(f"validation_data must be a pair (X, y), got {type(validation).__name__}")
    return validation[0], validation[1]


def as_array(values: Any, name: str) -> np.ndarray:
    """What a person hands over as an array.

    Raises:
        DataError: Its rows are of different lengths.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name} is no array: {error}") from error


def _seed(random_state: int | np.random.RandomState | None) -> int:
    """A seed for the search; a RandomState gives another one at every ``fit``, as everywhere in scikit-learn."""
    if random_state is None:
        return draw_seed()
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except ValueError as error:
        raise ConfigError(f"random_state is {random_state!r}; it must be None, an integer or a RandomState") from error
