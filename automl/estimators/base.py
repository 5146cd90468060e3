"""What every estimator shares on the way to a network: its arguments, and the search behind ``fit``."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length

from automl.config import Arrays, Columns, SearchConfig, draw_seed, parse_duration
from automl.errors import ConfigError, DataError
from automl.estimators.fitted import Fitted
from automl.estimators.presets import with_preset
from automl.imports import reference_to

LEARNED = ("n_features_in_", "feature_names_in_")
"""What is learned from ``X`` before the search, as everywhere in scikit-learn."""


class SearchEstimator(Fitted):
    """Base of the estimators; a task's class says ``_task``, adds its mixin, and how ``X`` is read.

    The constructor only stores; arguments are checked by ``fit``.

    Attributes:
        drop_missing_labels: Whether rows without an answer are left out; an argument where it can be.
    """

    _task: ClassVar[str]
    drop_missing_labels: bool = False

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
        loss: Any = None,
        metrics: Any = (),
        folds: int | None = None,
        ensemble: int | None = None,
        refit: bool | Literal["auto"] = "auto",
        preset: str | None = None,
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
        self.loss = loss
        self.metrics = metrics
        self.folds = folds
        self.ensemble = ensemble
        self.refit = refit
        self.preset = preset

    @property
    def _strict(self) -> bool:
        """Whether ``X`` and ``y`` are checked as scikit-learn checks tables."""
        return False

    def _rows(self, X: Any, *, first: bool = False) -> Any:  # noqa: ARG002, N803  scikit-learn's X
        """What is read of ``X``.

        Args:
            X: What the person gave.
            first: Whether it is to be learned from, and says what is read from then on.
        """
        return X

    def _validation_rows(self, X: Any) -> Any:  # noqa: N803
        """What is read of the ``X`` to validate on."""
        return self._rows(X)

    def _lacks_answers(self, y: Any) -> bool:
        """Whether answers are missing that ``X`` cannot bring along."""
        return y is None

    def _columns(self) -> Columns:
        """What columns are for, and how answers are read."""
        return Columns(drop_missing_labels=self.drop_missing_labels)

    def _class_weight(self) -> Any:
        """What rows of each class count; None where there are no classes."""
        return None

    def _goals(self) -> tuple[str | None, tuple[str, ...]]:
        """The loss and the further scores, by the names that a worker finds them by."""
        return None if self.loss is None else by_name(self.loss), all_by_name(self.metrics)

    def _fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        weights: Any,
        validation: Any,
        groups: Any,
        *,
        columns: Columns,
    ) -> Self:
        """Search with rows and answers in memory, and become what was found."""
        for name in LEARNED:
            self.__dict__.pop(name, None)
        rows = self._rows(X, first=True)
        if self._strict:
            check_consistent_length(rows, y)
        validating = self._validating(validation)
        return self._run_search(self._config(Arrays(rows, y, weights, groups), validating, columns))

    def _validating(self, validation: Any) -> Arrays | None:
        """Rows to validate on: ``(X, y)`` or ``(X, y, sample_weight)``."""
        if validation is None:
            return None
        if not isinstance(validation, tuple | list) or len(validation) not in (2, 3):
            found = type(validation).__name__
            raise ConfigError(f"validation_data must be a pair (X, y), or (X, y, sample_weight), got {found}")
        rows, *beside = validation
        return Arrays(self._validation_rows(rows), *beside)

    def _config(self, data: Path | Arrays, validation: Path | Arrays | None, columns: Columns) -> SearchConfig:
        started = time.monotonic()
        loss, metrics = self._goals()
        config = SearchConfig(
            task=self._task,
            data=data,
            validation=validation,
            folds=int(self.folds) if isinstance(self.folds, np.integer) else self.folds,
            ensemble=int(self.ensemble) if isinstance(self.ensemble, np.integer) else self.ensemble,
            refit=_refit(self.refit),
            space=self.space,
            max_trials=self.max_trials,
            time_budget=None if self.time_budget is None else parse_duration(self.time_budget),
            max_epochs=self.max_epochs,
            objective=self.objective,
            seed=_seed(self.random_state),
            seeded=self.random_state is not None,
            runs=Path("automl-runs" if self.directory is None else self.directory),
            workers=self.workers,
            columns=columns,
            class_weight=self._class_weight(),
            loss=loss,
            metrics=metrics,
            started=started,
        )
        return with_preset(config, self)

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
            warnings.warn(f"interrupted: this is the best network so far; {go_on} searches on", stacklevel=4)
        return self._take_over(result.model_dir, result.run_dir)

    def _forget(self) -> None:
        ended = [name for name in vars(self) if name.endswith("_") or name == "_network"]
        for name in ended:
            if name not in LEARNED:
                delattr(self, name)


def _refit(value: object) -> bool | None:
    """``refit`` as the search takes it."""
    if isinstance(value, bool):
        return value
    if value != "auto":
        raise ConfigError(f"refit is {value!r}; it must be True, False or 'auto'")
    return None


def as_array(values: Any, name: str) -> np.ndarray:
    """What a person hands over as an array.

    Raises:
        DataError: Its rows are of different lengths.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name} is no array: {error}") from error


def by_name(goal: str | Callable[..., Any]) -> str:
    """A loss or score by the name that a worker finds it by.

    >>> by_name("huber")
    'huber'

    Raises:
        ConfigError: It is a function that cannot be found by name.
    """
    return goal if isinstance(goal, str) else reference_to(goal)


def all_by_name(metrics: Sequence[str | Callable[..., Any]]) -> tuple[str, ...]:
    """Further scores by name.

    Raises:
        ConfigError: It is no list of them.
    """
    if isinstance(metrics, str) or callable(metrics):
        raise ConfigError(f"metrics is {metrics!r}; it must be a list of names or functions")
    return tuple(map(by_name, metrics))


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
