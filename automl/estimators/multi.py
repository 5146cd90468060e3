"""Several inputs in, several answers out."""

# ruff: noqa: N803  scikit-learn's X

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, Port, parse_port, weighted
from automl.errors import ConfigError
from automl.estimators.base import SearchEstimator, all_by_name, by_name

if TYPE_CHECKING:
    from automl.export import Bundle
    from automl.export.several import SeveralEvaluations


class AutoModel(SearchEstimator):
    """Finds, trains and is the best network for rows of several inputs, of any kinds, and several answers to each.

    ``X`` is a mapping of inputs to rows in memory: pictures (n, height, width[, channels]) or n paths of files, n
    texts, a data frame or an array (n, columns), series (n, time[, channels]). ``y`` is a mapping of outputs to
    answers; of one output also the answers alone. Or ``X`` is a data frame or the path of a table with columns for all
    of it.

    Args:
        inputs: Name to kind: ``image``, ``series``, ``tabular`` or ``text``; of a table also ``kind:COLUMN,...``. None
            where a space names them.
        outputs: Name to kind: ``classification`` (one of several classes), ``multilabel`` (any of several labels) or
            ``regression`` (numbers); of a table also ``kind:COLUMN,...``.
        loss_weights: Output to how much its loss counts; 1 where nothing is said.
        share: Groups of inputs of one kind and shape that go through one and the same tower, such as four photos of a
            house.
        time_budget: Time for a whole ``fit``: seconds, or a text such as ``"10m"``; None for no limit.
        max_trials: Networks to train at most; None for no limit. At least one limit is needed.
        max_epochs: Epochs of one network at most.
        space: Name of a shipped search space, a YAML file, a ``Space``; None writes one for the inputs and outputs,
            with a tower an input and a head an output.
        objective: Metric to improve, such as ``val_price_rmse``; None for ``val_loss``, the weighted sum of the losses.
        workers: Worker processes; None for what suits the machine, 0 to train in this process.
        directory: Parent of the run folders, one a ``fit``; None for ``automl-runs`` in the current folder.
        random_state: Seed or ``RandomState``; with ``max_trials`` and without a time budget the search is repeatable.
        verbose: 0 shows nothing at all.
        loss: Output to what it learns by: Keras' name of a loss, or a function of a module; of those that are not named
            the kind's own. Of one output also the loss alone.
        metrics: Output to a list of further scores: names of ``automl.metrics``, or functions of a module
            ``(y_true, y_pred[, sample_weight])``. Of one output also the list alone.
        folds: Parts of the rows, each of which validates once while the others train; scores are means then. None
            splits off a part once.
        ensemble: Networks that answer together in the model, at the most; None for two where several workers train.
        refit: Whether the model is trained again on all rows; ``"auto"``: where the time allows it.
        preset: ``"quick"``, ``"medium"`` or ``"best"``: the time budget and the ensemble of these, where they are left
            at their defaults.
        class_weight: Output to ``"balanced"``, or to what rows of each class count for it: ``{"kind": {"rare": 5}}``.

    Attributes:
        outputs_: Names of the outputs.
        classes_: By output its classes or labels; numbers have none.
        keras_model_: The trained ``keras.Model``: raw inputs by name in, answers by name out.
        study_: The Optuna study.
        n_trials_: Trials that trained at least one epoch.
        best_score_: The objective of the best trial.
        run_dir_: The run's folder, with the space that was written in ``model/space.yaml``; None for a model loaded
            without its run.
        model_dir_: The model's folder.

    Example:
        >>> from automl import AutoModel
        >>> model = AutoModel(
        ...     inputs={"photo": "image", "facts": "tabular"},
        ...     outputs={"kind": "classification", "price": "regression"},
        ...     loss_weights={"price": 0.3},
        ...     time_budget="5m",
        ... )
        >>> model.get_params()["loss_weights"]
        {'price': 0.3}
    """

    _task: ClassVar[str] = "multi"

    def __init__(
        self,
        *,
        inputs: Mapping[str, str] | None = None,
        outputs: Mapping[str, str] | None = None,
        loss_weights: Mapping[str, float] | None = None,
        share: Sequence[Sequence[str]] = (),
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
        class_weight: Any = None,
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
        self.inputs = inputs
        self.outputs = outputs
        self.loss_weights = loss_weights
        self.share = share
        self.class_weight = class_weight

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        groups: Any = None,
        validation_data: tuple[Any, Any] | None = None,
    ) -> Self:
        """Search, train the best network on all rows, and become it. Ctrl-C delivers the best one so far.

        Args:
            X: A mapping of inputs to rows; or a data frame or a table's path.
            y: A mapping of outputs to answers, the answers of the only output, or None where they are columns of ``X``.
            sample_weight: How much each row counts, (n,), for every output.
            groups: Whom or what each row is of, (n,); rows of a group train together or validate together.
            validation_data: (X, y) to validate on; None splits off a part of the rows.

        Raises:
            ConfigError: An argument is out of range or unknown, or no limit is given.
            SpaceError: The search space is not valid.
            DataError: The data cannot be used as given.
            SearchError: No trial succeeded.
        """
        rows = self._rows(X)
        alone = isinstance(rows, Path) and y is None and sample_weight is None and groups is None
        data = rows if alone else Arrays(rows, y, sample_weight, groups)
        return self._run_search(self._config(data, self._validating(validation_data), self._columns()))

    def predict(self, X: Any) -> Any:
        """The answers to each row.

        Args:
            X: As for ``fit``.

        Returns:
            By output classes (n,), sets of labels or 0 and 1 (n, k), or numbers (n,) or (n, k); of one output its
            answers alone.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The rows are not like those that were learned from.
        """
        return self._model().predict(X)

    def predict_proba(self, X: Any) -> Any:
        """How probable each class and label is for each row.

        Args:
            X: As for ``fit``.

        Returns:
            By output float32 (n, k), columns following ``classes_``; outputs that are numbers are left out. Of one
            output its probabilities alone.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The rows are not like those that were learned from, or all outputs are numbers.
        """
        return self._model().predict_proba(X)

    def evaluate(self, X: Any, y: Any = None, sample_weight: Any = None) -> SeveralEvaluations:
        """The scores of every output.

        Args:
            X: As for ``fit``.
            y: Likewise.
            sample_weight: How much each row counts, (n,), or the column of a table that says so.

        Raises:
            NotFittedError: ``fit`` was not called.
            DataError: The rows cannot be used, or there are no answers.
        """
        found: Any = self._model().evaluate(X, y, weights=sample_weight)
        return found  # type: ignore[no-any-return]  # a model of this task gives these

    def _rows(self, X: Any, *, first: bool = False) -> Any:  # noqa: ARG002
        """A table by its path, everything else as it is."""
        return Path(X) if isinstance(X, str | Path) else X

    def _class_weight(self) -> Any:
        return self.class_weight

    def _goals(self) -> tuple[str | None, tuple[str, ...]]:
        """Losses and scores as texts, ``output=name``."""
        loss = self.loss
        if isinstance(loss, Mapping):
            loss = ",".join(f"{output}={by_name(one)}" for output, one in loss.items()) or None
        elif loss is not None:
            loss = by_name(loss)
        if not isinstance(self.metrics, Mapping):
            return loss, all_by_name(self.metrics)
        asked = {output: all_by_name(each) for output, each in self.metrics.items()}
        return loss, tuple(f"{output}={name}" for output, names in asked.items() for name in names)

    def _columns(self) -> Columns:
        outputs = _ports(self.outputs, OUTPUT_KINDS)
        if isinstance(self.share, str):
            raise ConfigError(f"share is {self.share!r}; give groups of inputs, such as [('front', 'back')]")
        return Columns(
            inputs=_ports(self.inputs, INPUT_KINDS),
            outputs=weighted(outputs, self.loss_weights or {}),
            share=tuple(tuple(group) for group in self.share),
        )

    def _describe(self, bundle: Bundle) -> None:
        outputs = bundle.manifest.outputs
        self.outputs_ = tuple(outputs)
        self.classes_ = {name: output.labels() for name, output in outputs.items() if output.classes}


def _ports(kinds: Mapping[str, str] | None, known: Sequence[str]) -> tuple[Port, ...]:
    if kinds is not None and not isinstance(kinds, Mapping):
        raise ConfigError(f"inputs and outputs are mappings of names to kinds, got {kinds!r}")
    return tuple(parse_port(f"{name}={kind}", known) for name, kind in (kinds or {}).items())
