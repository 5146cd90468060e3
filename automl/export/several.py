"""A finished model with several inputs and outputs in use: rows by input in, answers by output out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from automl.errors import DataError
from automl.export.adapters import OnBadFile, Reading, make_adapter
from automl.export.adapters.several import SeveralAdapter
from automl.export.checks import check_shapes, own_scores, read_contract
from automl.export.evaluation import Evaluation
from automl.export.keras_model import first_output
from automl.export.manifest import Output
from automl.export.predictions import Predictions
from automl.export.predictor import TrainedModel
from automl.export.told import called, decided, told


@dataclass(frozen=True, slots=True)
class SeveralEvaluations:
    """The scores of a model with several outputs on labelled rows.

    Attributes:
        outputs: By output what one alone would be told.
        rows: Rows scored.
    """

    outputs: Mapping[str, Evaluation]
    rows: int

    @property
    def metrics(self) -> dict[str, float]:
        """All scores, with the names of their outputs: ``price_rmse``."""
        return {
            f"{name}_{score}": value for name, each in self.outputs.items() for score, value in each.metrics.items()
        }

    def __getitem__(self, output: str) -> Evaluation:
        return self.outputs[output]

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return {
            "rows": self.rows,
            "metrics": self.metrics,
            "outputs": {name: asdict(each) for name, each in self.outputs.items()},
        }


@dataclass(frozen=True, eq=False)
class SeveralModel(TrainedModel):
    """A model that answers with a mapping by output; of one output with its answers alone."""

    @property
    def outputs(self) -> Mapping[str, Output]:
        """What is answered."""
        return self.manifest.outputs

    @cached_property
    def adapter(self) -> SeveralAdapter:
        """How rows of several inputs get into it."""
        contracts = {name: read_contract(self.bundle, name) for name in self.manifest.inputs}
        adapters = {name: make_adapter(contract) for name, contract in contracts.items()}
        return SeveralAdapter(adapters, contracts, self.manifest.columns)

    @cached_property
    def heads(self) -> Mapping[str, TrainedModel]:
        """By output what knows how its answers are told."""
        found = {}
        for name, output in self.outputs.items():
            own = tuple(each.removeprefix(f"{name}=") for each in self.manifest.metrics if each.startswith(f"{name}="))
            manifest = self.manifest.model_copy(update={"outputs": {name: output}, "metrics": own})
            found[name] = TrainedModel(replace(self.bundle, manifest=manifest), self.contract, self.keras_model)
        return found

    @property
    def of_classes(self) -> bool:
        """Whether every output answers with classes or labels."""
        return all(head.of_classes for head in self.heads.values())

    def check(self) -> None:
        """Refuse a network that takes or gives something else than the manifest says."""
        check_shapes(self.keras_model, self.bundle, self.adapter, tuple(self.outputs.values()))

    def predict_proba(self, x: Any, *, batch_size: int | None = None) -> Any:
        """Probabilities (n, k) float32 by output, of those that answer with classes or labels.

        Args:
            x: A mapping of inputs to rows in memory, or a table.
            batch_size: Rows at a time; None chooses by their size.

        Raises:
            DataError: The rows cannot be used, or no output has classes.
        """
        if not any(head.of_classes for head in self.heads.values()):
            raise DataError(f"every output ({', '.join(self.outputs)}) is numbers: none has probabilities")
        answers = self._apart(self._answer(self.adapter.source(x, Reading()), batch_size))
        return self._alone({name: answers[name] for name, head in self.heads.items() if head.of_classes})

    def predict(self, x: Any, *, batch_size: int | None = None) -> Any:
        """By output the most probable class (n,), sets of labels, or numbers (n,) or (n, k)."""
        answers = self._apart(self._answer(self.adapter.source(x, Reading()), batch_size))
        return self._alone({name: decided(head.output, answers[name]) for name, head in self.heads.items()})

    def evaluate(  # type: ignore[override]  # a mapping by output
        self,
        x: Any,
        y: Any = None,
        *,
        on_bad_file: OnBadFile = "error",
        encoding: str | None = None,
        drop_missing_labels: bool = False,
        weights: Any = None,
    ) -> SeveralEvaluations:
        """Score every output on labelled rows.

        Args:
            x: A mapping of inputs to rows in memory; or a table, which may have the answers, or its path.
            y: A mapping of outputs to answers; None where they are columns of ``x``.
            on_bad_file: What to do about a file that is no picture.
            encoding: Of a text file; None for UTF-8.
            drop_missing_labels: Whether rows without an answer are left out.
            weights: How much each row counts, (n,), or the column of a table that says so; None: all count alike.

        Raises:
            DataError: The data cannot be used, or has no answers.
            ConfigError: A person's own score needs a module that is not imported.
        """
        for head in self.heads.values():
            own_scores(head.manifest)  # before the answers, which take long
        reading = Reading(on_bad_file, encoding, drop_missing_labels)
        source, truths, counts = self.adapter.labelled_all(x, y, self.outputs, reading, weights)
        answers = self._apart(self._answer(source))
        kept = source.kept()
        counts = None if counts is None else counts[kept]
        scored = {name: head.scored(truths[name][kept], answers[name], counts) for name, head in self.heads.items()}
        return SeveralEvaluations(scored, len(kept))

    def parts(self) -> list[tuple[slice, bool]]:
        """See ``TrainedModel``."""
        return [(columns, not self.heads[name].of_classes) for name, columns in self._columns.items()]

    def predict_files(self, paths: Sequence[Path | str], *, on_bad_file: OnBadFile = "error") -> Predictions:  # noqa: ARG002
        """Rows of several inputs are no files.

        Raises:
            DataError: Always.
        """
        inputs = ", ".join(self.manifest.inputs)
        raise DataError(f"the model takes the inputs {inputs}: give a table that names the {len(paths)} files")

    @property
    def _columns(self) -> dict[str, slice]:
        ends = np.cumsum([output.width for output in self.outputs.values()]).tolist()
        starts = [0, *ends]
        return {name: slice(start, end) for name, start, end in zip(self.outputs, starts, ends, strict=False)}

    @property
    def _width(self) -> int:
        return sum(output.width for output in self.outputs.values())

    def _flat(self, answer: Any) -> np.ndarray:
        """The answers of all outputs side by side, in the manifest's order."""
        named = answer if len(self.outputs) > 1 else dict.fromkeys(self.outputs, first_output(answer))
        return np.concatenate([np.asarray(named[name], dtype=np.float32) for name in self.outputs], axis=1)

    def _apart(self, answer: np.ndarray) -> dict[str, np.ndarray]:
        return {name: answer[:, columns] for name, columns in self._columns.items()}

    def _predictions(self, x: Any, reading: Reading) -> Predictions:
        """One table of all answers: a column an output, under its name; of several numbers ``<output>.<number>``."""
        source = self.adapter.source(x, reading)
        answers = self._apart(self._answer(source))
        columns: list[np.ndarray] = []
        names: list[str] = []
        chances = [np.zeros((len(source.kept()), 0), np.float32)]
        classes: list[str] = []
        for name, head in self.heads.items():
            said = told(head.output, answers[name])
            said = said[:, np.newaxis] if said.ndim == 1 else said
            alone = said.shape[1] == 1
            columns += [np.array([str(each) for each in said[:, at]], dtype=object) for at in range(said.shape[1])]
            names += [name] if alone else [f"{name}.{each}" for each in called(head.output)]
            if head.of_classes:
                chances.append(answers[name])
                classes += [f"{name}.{each}" for each in head.classes.tolist()]
        return Predictions(
            column=source.column,
            names=source.names(),
            labels=np.stack(columns, axis=1),
            probabilities=np.concatenate(chances, axis=1),
            classes=np.array(classes, dtype=object),
            skipped=tuple(source.skipped),
            answers=tuple(names),
        )

    def _alone(self, by_output: Mapping[str, np.ndarray]) -> Any:
        return by_output if len(self.outputs) > 1 else next(iter(by_output.values()))
