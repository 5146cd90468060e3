"""The one writer of a study: what a search asks, and what it records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optuna.samplers import BaseSampler
from optuna.trial import Trial
from sqlalchemy import Engine

from automl.errors import StudyError, did_you_mean
from automl.files import STUDY_NAME
from automl.study.database import explained, settle
from automl.study.endings import Endings
from automl.study.ledger import Ledger
from automl.study.opening import connect
from automl.study.optuna_side import OptunaSide
from automl.study.reconcile import reconcile
from automl.study.records import ArtifactRecord, Orphan, RunDraft
from automl.study.run_ledger import taken
from automl.study.trial_records import TrialDraft
from automl.study.urls import shown_url, sqlite_path


class Study(Endings):
    """A study open for writing; use it as a context manager.

    A trial is asked for, begun, reported epoch by epoch, and ended once. Each end writes our row first and then tells
    Optuna, so that a crash in between loses nothing: the next ``open`` tells what was recorded.

    >>> import tempfile
    >>> from automl.study import TrialOutcome
    >>> folder = tempfile.TemporaryDirectory()
    >>> draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=0)
    >>> with Study.create(f"sqlite:///{folder.name}/study.db", "digits", run=draft) as study:
    ...     trial = study.ask()
    ...     study.begin(trial.number, TrialDraft(params={"width": trial.suggest_int("width", 8, 8)}))
    ...     study.epoch(trial.number, epoch=1, metrics={"val_accuracy": 0.9}, learning_rate=1e-3, seconds=0.5)
    ...     record = study.complete(trial.number, TrialOutcome(value=0.9, epochs=1, best_epoch=1))
    >>> record.state, record.value, record.params
    ('complete', 0.9, {'width': 8})
    >>> folder.cleanup()

    Attributes:
        run: The search as it was when the study was opened.
        orphans: The trials that ``open`` found abandoned, and which ones try them again.
    """

    def __init__(self, engine: Engine, ledger: Ledger, optuna: OptunaSide, shown: str) -> None:
        super().__init__(ledger, optuna)
        self._engine, self._shown = engine, shown
        self.orphans: tuple[Orphan, ...] = ()
        self._lost = 0

    @classmethod
    def create(cls, storage_url: str, name: str, *, run: RunDraft) -> Study:
        """Start a study; other studies in the same database are left alone.

        Args:
            storage_url: SQLAlchemy URL of the database.
            name: 1 to 100 letters, digits, ``.``, ``_`` or ``-``.
            run: What is known of the search.

        Raises:
            StudyError: The name is taken or malformed, or the database cannot be used.
        """
        if not STUDY_NAME.fullmatch(name):
            raise StudyError(f"study name {name!r}: use 1 to 100 letters, digits, '.', '_' or '-'")

        def start(engine: Engine, ledger: Ledger, optuna: OptunaSide) -> Study:
            if optuna.exists():
                raise taken(name)
            ledger.create(run)
            optuna.open(run.direction)
            return cls(engine, ledger, optuna, shown_url(storage_url))

        return connect(storage_url, name, start)

    @classmethod
    def open(
        cls,
        storage_url: str,
        name: str,
        *,
        take_over: bool = False,
        elapsed: float = 0.0,
    ) -> Study:
        """Continue a study; what a crash left between our tables and Optuna's is put right first.

        Args:
            storage_url: SQLAlchemy URL of the database.
            name: The study's name.
            take_over: Whether to continue although its owner may still be alive, on another machine for example.
            elapsed: Seconds of the budget that this session used before it opens the study.

        Raises:
            StudyError: There is no such study, it is newer than this version, or another process owns it.
        """
        path, shown = sqlite_path(storage_url), shown_url(storage_url)
        if path is not None and not path.is_file():
            raise StudyError(f"there is no study database {path}; give the folder of a run")

        def resume(engine: Engine, ledger: Ledger, optuna: OptunaSide) -> Study:
            ledger.claim(take_over=take_over, elapsed=elapsed)
            if not optuna.exists() and ledger.has_trials():
                raise StudyError(f"Optuna's half of study {name!r} was deleted from {shown}; restore it from a copy")
            optuna.open(ledger.run.direction)
            study = cls(engine, ledger, optuna, shown)
            study.orphans, study._lost = reconcile(ledger, optuna), ledger.orphans()
            return study

        return connect(storage_url, name, resume, existing=True)

    @property
    def name(self) -> str:
        """The study's name, also Optuna's."""
        return self.run.study

    @property
    def seconds_used(self) -> float:
        """Seconds of the budget used so far, over all sessions."""
        return self._ledger.seconds_used

    @property
    def position(self) -> int:
        """Trials asked for or queued so far, orphans not counted: the next one's number, had nothing gone wrong."""
        return len(self._optuna) - self._lost

    def amend(self, *, budget_seconds: float | None, command: Mapping[str, Any]) -> None:
        """Record what a continued search was asked for.

        Args:
            budget_seconds: The whole time budget, earlier sessions included; None for none.
            command: The configuration.
        """
        self._ledger.amend(budget_seconds=budget_seconds, command=command)

    def ask(self, sampler: BaseSampler | None = None, *, unknown: int | None = None) -> Trial:
        """The next trial: the first queued one, else what the sampler proposes.

        Args:
            sampler: Answers this trial's questions, and no other's: it sees a study of its own, made of the latest
                trials and the best ones. None for Optuna's own.
            unknown: Number of a trial of which the sampler must not know.
        """
        return self._optuna.ask(sampler, unknown)

    def enqueue(
        self,
        params: Mapping[str, Any],
        *,
        proposed_by: str = "seed",
        parent: int | None = None,
        seed: int | None = None,
    ) -> int:
        """Queue parameters to be tried before anything the sampler proposes; gives the trial's number.

        Args:
            params: The answers, as Optuna keeps them.
            proposed_by: Whose idea it was.
            parent: Number of the trial it was made from.
            seed: Of its training. All three stay unless ``begin`` says otherwise.
        """
        number = self._optuna.enqueue(params, proposed_by)
        key = self._optuna.trial_id(number)
        self._ledger.queue(number, key, params=params, proposed_by=proposed_by, parent=parent, seed=seed)
        return number

    def begin(self, number: int, draft: TrialDraft) -> None:
        """Record that an asked trial starts.

        Raises:
            ValueError: It was never asked for or has begun before.
        """
        self._ledger.begin(number, self._optuna.begin(number), draft)

    def assign(self, number: int, worker: str) -> None:
        """Record who trains a running trial from now on; its next epochs make a segment of their own.

        Raises:
            ValueError: The trial is not running.
        """
        self._ledger.assign(number, worker)

    def retrain(self, number: int, training: Mapping[str, Any], *, reason: str) -> None:
        """Record that a running trial goes on with other training settings, half the batch for example.

        Raises:
            ValueError: The trial is not running.
        """
        self._ledger.change(number, ("running",), training=training, reason=reason)

    def epoch(
        self,
        number: int,
        *,
        epoch: int,
        metrics: Mapping[str, float],
        learning_rate: float,
        seconds: float,
        planned_epochs: int | None = None,
        checkpoint: str = "",
    ) -> None:
        """Record an epoch and report the objective to Optuna, whose step is the number of epochs trained.

        Args:
            number: Of the trial.
            epoch: 1 for the first; one that is trained again after a resume replaces its row.
            metrics: The objective's among them; a value may be NaN.
            learning_rate: At the epoch's last step.
            seconds: Wall seconds of the epoch.
            planned_epochs: How many there will be if nothing stops the trial; None leaves it as it is.
            checkpoint: File from which the trial can go on after this epoch, or empty.

        Raises:
            ValueError: The trial is not running, or the objective is not among the metrics.
        """
        objective = self.run.objective
        if objective not in metrics:
            raise ValueError(f"epoch {epoch} has no metric {objective!r}; {did_you_mean(objective, metrics)}")
        values = {"epoch": epoch, "metrics": metrics, "learning_rate": learning_rate, "seconds": seconds}
        self._ledger.epoch(number, values | {"planned_epochs": planned_epochs}, checkpoint)
        self._optuna.report(number, float(metrics[objective]), epoch)

    def add_artifact(
        self, kind: str, path: Path, *, trial: int | None = None, root: Path | None = None
    ) -> ArtifactRecord:
        """Record a file with its size and SHA-256.

        Args:
            kind: Such as ``checkpoint`` or ``model``.
            path: The file.
            trial: Whose; None for the run's.
            root: The run's folder; a path inside it is kept relative to it, so that the folder can move.

        Raises:
            OSError: The file cannot be read.
            ValueError: The trial never began.
        """
        return self._ledger.artifact(kind, path, trial, root)

    def finish_run(self, result: Mapping[str, Any] | None = None) -> None:
        """Record that the search is over, with what it wants to say about its end."""
        self._ledger.release(result, ended=True)

    def close(self) -> None:
        """Give the study back; trials that still run stay so and are found abandoned by the next ``open``."""
        try:
            self._ledger.release()
        finally:
            self._optuna.close()
            with explained(f"cannot close {self._shown}"):
                settle(self._engine)

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Study({self.name!r}, {self._shown!r})"
