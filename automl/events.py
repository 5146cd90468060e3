"""What a search tells whoever watches it.

``Events`` is the whole protocol: every hook does nothing here and says when it is called. A progress display, a log or
a test derives from it and overrides what it needs. Hooks are called from the thread that runs the search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automl.jobs import EpochReport


@dataclass(frozen=True, slots=True)
class SearchStart:
    """What is about to happen.

    Attributes:
        run_dir: The run's folder.
        task: Name of the task.
        space: Name of the search space.
        objective: Metric that is improved.
        maximize: Whether more of it is better.
        time_budget: Seconds for everything, or None.
        elapsed: Seconds of the budget already used when the search starts.
        max_trials: Trials wanted, or None.
        workers: Trials that train at the same time.
        trained: Trials that earlier sessions of this run trained.
        best: The best complete ones of them, best first.
        used: Seconds that earlier sessions of this run took; 0 for a new one.
        searching: Seconds that this session has searched already; 0 for whoever watches from the beginning.
    """

    run_dir: str
    task: str
    space: str
    objective: str
    maximize: bool
    time_budget: float | None
    elapsed: float
    max_trials: int | None
    workers: int = 1
    trained: int = 0
    best: tuple[TrialEnd, ...] = ()
    used: float = 0.0
    searching: float = 0.0


@dataclass(frozen=True, slots=True)
class TrialEnd:
    """How a trial ended.

    Attributes:
        number: Optuna's number of the trial.
        state: ``complete``, ``pruned``, ``paused``, ``infeasible``, ``duplicate`` or ``failed``.
        value: The objective at its best epoch, or None.
        epochs: Epochs trained.
        seconds: Wall seconds it took.
        parameters: Weights of its network, or None when it was not built.
        reason: Why it was pruned, infeasible, a duplicate or failed; empty otherwise.
        description: The network in a few words.
    """

    number: int
    state: str
    value: float | None
    epochs: int
    seconds: float
    parameters: int | None
    reason: str
    description: str


class Events:
    """Hooks of a search, in the order in which they are called."""

    def preparing(self, what: str, done: int, total: int) -> None:
        """While data is read: ``done`` of ``total`` items of ``what`` ("pictures") are in the cache."""

    def data_ready(self, summary: Mapping[str, object]) -> None:
        """The data is read, checked and split; ``summary`` has rows, classes, shape and more."""

    def search_started(self, start: SearchStart) -> None:
        """Before the first trial."""

    def trial_started(self, number: int, description: str) -> None:
        """A trial's job is submitted."""

    def epoch_ended(self, number: int, report: EpochReport) -> None:
        """After every epoch of a trial."""

    def trial_retried(self, number: int | None, reason: str) -> None:
        """A trial (None: the final training) failed in a way that may pass, and runs again."""

    def trial_ended(self, end: TrialEnd) -> None:
        """A trial is over and recorded; infeasible and duplicate ones too."""

    def final_started(self, epochs: int) -> None:
        """The best network is about to be trained again on all rows."""

    def final_epoch_ended(self, report: EpochReport) -> None:
        """After every epoch of the final training."""

    def warning(self, message: str) -> None:
        """Something the person should know; the search goes on."""

    def stopping(self, reason: str) -> None:
        """No further trial starts: the budget, the number of trials, or Ctrl-C."""

    def closed(self) -> None:
        """Nothing more will come, also after an error; called exactly once."""
