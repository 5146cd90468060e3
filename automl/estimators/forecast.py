"""Series in, the steps that come next out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from automl.config import Arrays, Columns
from automl.errors import ConfigError
from automl.estimators.base import SearchEstimator

if TYPE_CHECKING:
    import pandas as pd

    from automl.export import Bundle


class TimeSeriesForecaster(SearchEstimator):
    """Finds, trains and is the best network for what comes next in one or many series.

    The data is a data frame in time order whose index are dates, or that has a column of dates, or of numbers; without
    one rows follow each other step by step. The latest part of each series validates; nothing is shuffled.

    Args:
        horizon: Steps to forecast; must be given.
        lookback: Steps to look back on; None leaves it to the data.
        target: Columns to forecast; None for all columns of numbers that have no other use.
        time: Column with the time stamps; None for the index of dates, or the first column of dates.
        series: Column that says which series a row is of; None where there is one.
        past: Columns beside those to forecast that are known up to now.
        known: Columns that are known of the future, too.
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None for the task's own.
        objective: Metric to improve; None for ``val_mse``.
        workers: Worker processes; None for one, 0 to train in this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        loss: What to learn by: Keras' name of a loss, or a function of a module; None for the task's own.
        metrics: Further scores to tell: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.

    Attributes:
        targets_: Columns that are forecast.
        lookback_: Steps that are looked back on.
        season_: Steps of a season; 1 where there is none.
        keras_model_: The trained ``keras.Model``: windows in the columns' own units in, the coming steps out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder; None for a model loaded without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import TimeSeriesForecaster
        >>> TimeSeriesForecaster(horizon=12, target="passengers", time_budget="2m").get_params()["horizon"]
        12
    """

    _task: ClassVar[str] = "series-forecast"

    def __init__(
        self,
        *,
        horizon: int | None = None,
        lookback: int | None = None,
        target: str | Sequence[str] | None = None,
        time: str | None = None,
        series: str | None = None,
        past: str | Sequence[str] = (),
        known: str | Sequence[str] = (),
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
        super().__init__(
            time_budget=time_budget,
            max_trials=max_trials,
            max_epochs=max_epochs,
            space=space,
            objective=objective,
            workers=workers,
            directory=directory,
            random_state=random_state,
            verbose=verbose,
            loss=loss,
            metrics=metrics,
            folds=folds,
            ensemble=ensemble,
            refit=refit,
            preset=preset,
        )
        self.horizon = horizon
        self.lookback = lookback
        self.target = target
        self.time = time
        self.series = series
        self.past = past
        self.known = known

    def fit(self, X: Any, y: Any = None, validation_data: Any = None) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: A data frame, a Series or an array (n,) of one series, in time order; or the path of a table.
            y: None: what is to be forecast are columns of ``X``.
            validation_data: Later rows to validate on; None takes the latest part of each series.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit or horizon is given.
            DataError: The data cannot be used as given, or is too short.
            SearchError: No trial succeeded.
        """
        if y is not None:
            raise ConfigError("what is to be forecast are columns of X: name them with target=, and give no y")
        later = None if validation_data is None else _table(validation_data)
        return self._run_search(self._config(_table(X), later, self._columns()))

    def predict(self, X: Any = None) -> pd.DataFrame:
        """The steps that come after the last row of each series.

        Args:
            X: Rows to go on from, as for ``fit``; None goes on where the rows ended that were learned from. Rows at the
                end whose targets are missing say what is known of the future.

        Returns:
            A row a step, the time stamps as its index; columns are the targets, and before them the series' name where
            there are several.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The rows are too few, or are not what was learned from.
        """
        import pandas as pd

        found = self._model().forecast(X)
        contract = found.contract
        values = found.values.reshape(-1, len(contract.targets)).astype(np.float64)
        frame = pd.DataFrame(values, columns=list(contract.targets), index=found.index())
        if contract.series:
            frame.insert(0, contract.series, np.repeat(np.array(found.names, dtype=object), contract.horizon))
        return frame

    def score(self, X: Any, y: Any = None) -> float:
        """How much better the forecasts of all windows of ``X`` are than repeating the last value or the season before.

        Args:
            X: Rows as for ``fit``; where they go on where training ended they need not repeat what came before.
            y: None.

        Returns:
            1 - (mean squared error) / (that of the better naive forecast): 1 is perfect, 0 no better than naive.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: There is no window to score.
        """
        del y
        found = self._model().evaluate(X)
        return 1.0 - found.metrics["mse"] / max(found.baseline["mse"], float(np.finfo(np.float64).tiny))

    def _columns(self) -> Columns:
        return Columns(
            target=_names(self.target),
            time=self.time,
            series=self.series,
            past=_names(self.past),
            known=_names(self.known),
            horizon=self.horizon,
            lookback=self.lookback,
        )

    def _describe(self, bundle: Bundle) -> None:
        (contract,) = bundle.manifest.inputs.values()
        self.targets_ = list(contract["targets"])
        self.lookback_ = int(contract["lookback"])
        self.season_ = int(contract["season"])


def _names(said: str | Sequence[str] | None) -> tuple[str, ...]:
    if said is None:
        return ()
    return (said,) if isinstance(said, str) else tuple(str(name) for name in said)


def _table(x: Any) -> Path | Arrays:
    return Path(x) if isinstance(x, str | Path) else Arrays(x)
