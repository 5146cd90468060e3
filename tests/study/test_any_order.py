"""Whatever happens to a study in whatever order: nothing finished is lost or doubled, and both halves agree."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import optuna
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from optuna.trial import TrialState

from automl.study import ENDED, Study, StudyReader, TrialDraft, TrialOutcome, TrialRecord, quiet_optuna
from tests.study.conftest import crash, make_draft, outcome, train

AGREED = {
    "queued": {TrialState.WAITING},
    "running": {TrialState.RUNNING},
    "paused": {TrialState.RUNNING},
    "complete": {TrialState.COMPLETE},
    "duplicate": {TrialState.COMPLETE},
    "pruned": {TrialState.PRUNED},
    "infeasible": {TrialState.PRUNED},
    "failed": {TrialState.FAIL},
    "orphaned": {TrialState.FAIL},
}


class AnyOrder(RuleBasedStateMachine):
    """A search that does anything it may, and dies at any moment."""

    asked, running, paused = Bundle("asked"), Bundle("running"), Bundle("paused")

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/study.db"
        self.study = Study.create(self.url, "s", run=make_draft())
        self.session = 0
        self.finished: dict[int, TrialRecord] = {}

    @rule(x=st.floats(0, 1))
    def enqueue(self, x: float) -> None:
        self.study.enqueue({"x": x})

    @rule(target=asked)
    def ask(self) -> tuple[int, optuna.trial.Trial]:
        trial = self.study.ask(optuna.samplers.RandomSampler(seed=self.study.position))
        trial.suggest_float("x", 0, 1)
        return self.session, trial

    @rule(target=running, item=consumes(asked))
    def begin(self, item: tuple[int, optuna.trial.Trial]) -> tuple[int, int]:
        session, trial = item
        if session == self.session:
            self.study.begin(trial.number, TrialDraft(params=trial.params))
        return session, trial.number

    @rule(item=running, values=st.lists(st.floats(0, 1), min_size=1, max_size=3))
    def epochs(self, item: tuple[int, int], values: list[float]) -> None:
        if self._is(item, "running"):
            train(self.study, item[1], *values)

    @rule(target=paused, item=consumes(running))
    def pause(self, item: tuple[int, int]) -> Any:
        if not self._is(item, "running"):
            return multiple()
        self.study.pause(item[1], TrialOutcome())
        return item[1]

    @rule(target=running, number=consumes(paused))
    def go_on(self, number: int) -> tuple[int, int]:
        self.study.unpause(number)
        self.study.assign(number, "worker-1")
        return self.session, number

    @rule(item=consumes(running), end=st.sampled_from(["complete", "pruned", "infeasible", "failed", "duplicate"]))
    def end(self, item: tuple[int, int], end: str) -> None:
        if not self._is(item, "running"):
            return
        study, number = self.study, item[1]
        original = next((trial for trial in self.finished.values() if trial.state == "complete"), None)
        if end == "infeasible":
            record = study.infeasible(number, reason="large", violations={"params": 0.5}, kind="too_large")
        elif end == "pruned":
            record = study.prune(number, TrialOutcome(), reason="slow")
        elif end == "failed":
            record = study.fail(number, kind="crashed", message="signal 9")
        elif end == "duplicate" and original is not None:
            record = study.duplicate(number, original)
        else:
            record = study.complete(number, outcome(0.7))
        self.finished[number] = record

    @rule(tidy=st.booleans())
    def die_and_open(self, tidy: bool) -> None:
        if tidy:
            self.study.close()
        else:
            crash(self.study)
        self.study, self.session = Study.open(self.url, "s"), self.session + 1

    @invariant()
    @precondition(lambda self: hasattr(self, "study"))
    def what_is_finished_stays(self) -> None:
        records = {trial.number: trial for trial in self.study.trials()}
        over = {number: trial for number, trial in records.items() if trial.state in ENDED - {"orphaned"}}
        assert over == self.finished
        orphans = [number for number, trial in records.items() if trial.state == "orphaned"]
        seconds = [trial.parent for trial in records.values() if trial.parent is not None]
        assert len(seconds) == len(set(seconds)), "an orphan was queued twice"
        assert set(seconds) <= set(orphans)
        assert self.study.position == len(self.study._optuna) - len(orphans)

    def teardown(self) -> None:
        if not hasattr(self, "study"):
            return
        self.study.close()
        with quiet_optuna():
            theirs = optuna.load_study(study_name="s", storage=self.url).trials
        with StudyReader.open(Path(self.url[10:])) as reader:
            ours = {trial.number: trial for trial in reader.trials()}
            epochs = {(epoch.trial, epoch.epoch) for epoch in reader.epochs()}
        for trial in theirs:
            if trial.number in ours:
                assert trial.state in AGREED[ours[trial.number].state]
                assert {(trial.number, step) for step in trial.intermediate_values} <= epochs
        assert ours.keys() <= {trial.number for trial in theirs}
        self.folder.cleanup()

    def _is(self, item: tuple[int, int], state: str) -> bool:
        """Whether a trial of this session is in a state; those of earlier sessions are over."""
        session, number = item
        return session == self.session and self.study.detail(number).state == state


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
