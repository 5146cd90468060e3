"""Our states and Optuna's agree, whatever happens, also after a crash between the two."""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState

from automl.errors import StudyError
from automl.study import Study, StudyReader, TrialDraft, TrialOutcome, TrialRecord, quiet_optuna
from automl.study.optuna_side import OptunaSide
from tests.study.conftest import begin, make_draft, outcome, train

AGREED = {
    "queued": TrialState.WAITING,
    "running": TrialState.RUNNING,
    "complete": TrialState.COMPLETE,
    "duplicate": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "infeasible": TrialState.PRUNED,
    "failed": TrialState.FAIL,
    "orphaned": TrialState.FAIL,
}
ORIGINAL = {"kind": "crashed", "message": "signal 9"}

ENDS: dict[str, Callable[[Study, int, TrialRecord], object]] = {
    "complete": lambda study, number, _: study.complete(number, outcome(0.7)),
    "nan": lambda study, number, _: study.complete(number, TrialOutcome(value=math.nan)),
    "pruned": lambda study, number, _: study.prune(number, TrialOutcome(), reason="slow"),
    "infeasible": lambda study, number, _: study.infeasible(number, reason="large", violations={"params": 0.5}),
    "duplicate": lambda study, number, first: study.duplicate(number, first),
    "failed": lambda study, number, _: study.fail(number, **ORIGINAL),
}


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*ENDS, "left", "queue"]), st.integers(0, 2), st.booleans()), max_size=6))
def test_states_agree_after_any_sequence_of_ends_and_crashes(story: list[tuple[str, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/study.db"
        study = Study.create(url, "s", run=make_draft())
        study.complete(begin(study), outcome(0.5))
        for end, epochs, crash in story:
            _live(study, end, epochs, crash=crash)
            if crash:
                study.close()
                study = Study.open(url, "s")
        study.close()
        _check_agreement(url)


def _live(study: Study, end: str, epochs: int, *, crash: bool) -> None:
    if end == "queue":
        study.enqueue({"x": 0.5})
        return
    number = begin(study)
    train(study, number, *[0.1] * epochs)
    if end == "left":
        return
    with pytest.MonkeyPatch.context() as patch:
        if crash:
            patch.setattr(OptunaSide, "tell", lambda *_: None)
        ENDS[end](study, number, study.trials()[0])


def _check_agreement(url: str) -> None:
    with quiet_optuna():
        theirs = optuna.load_study(study_name="s", storage=url).trials
    with StudyReader.open(Path(url[10:])) as reader:
        ours = reader.trials()
    assert [trial.number for trial in ours] == [trial.number for trial in theirs]
    for our, their in zip(ours, theirs, strict=True):
        assert their.state is AGREED[our.state], our
        if their.state is TrialState.COMPLETE:
            assert their.value == our.value
        assert all(constraint > 0 for constraint in their.constraints.values())
        assert bool(their.constraints) == (our.state == "infeasible")


@pytest.mark.parametrize("end", sorted(ENDS))
def test_a_recorded_end_is_told_by_the_next_open(study: Study, url: str, end: str) -> None:
    study.complete(begin(study), outcome(0.5))
    _live(study, end, 1, crash=True)
    state = study.trials()[1].state
    study.close()
    assert _theirs(url)[1] is TrialState.RUNNING
    with Study.open(url, "digits") as again:
        assert again.orphans == ()
        assert again.trials()[1].state == state
    assert _theirs(url)[1] is AGREED[state]


def test_trials_whose_owner_is_gone_are_orphaned(study: Study, url: str) -> None:
    study.enqueue({"x": 0.5})
    train(study, begin(study, seed=3, proposed_by=""), 0.4)
    study.ask()  # nobody learned of it, until one that came after it began
    train(study, begin(study, parent=0), 0.4)
    study.enqueue({"x": 0.25})
    study.ask()  # popped from the queue, never begun
    study.ask()  # and this one nobody will have heard of
    study.close()
    with Study.open(url, "digits") as again:
        assert again.orphans == ((0, 4), (1, None), (2, 5))
        before, after = again.trials()[:3], again.trials()[3:]
        assert [(trial.state, trial.failure_kind) for trial in before] == [("orphaned", "orphaned")] * 3
        assert [trial.state for trial in after] == ["queued"] * 3
        assert [trial.parent for trial in after] == [None, 0, 2]
        assert (after[1].params, after[1].seed, after[1].proposed_by) == ({"x": 0.5}, 3, "seed")
        assert after[2].params == before[2].params
        assert again.position == 3
        assert [again.ask().number for _ in range(3)] == [4, 5, 3], "in the order of an undisturbed search"
    assert _theirs(url) == [*[TrialState.FAIL] * 3, *[TrialState.WAITING] * 3]


def test_opening_twice_changes_nothing_more(study: Study, url: str) -> None:
    begin(study)
    study.close()
    with Study.open(url, "digits") as again:
        before = again.trials()
    with Study.open(url, "digits") as again:
        assert (again.orphans, again.trials()) == ((), before)


KILLED = """
import os, sys
from automl.study import Study, TrialOutcome
from automl.study.optuna_side import OptunaSide
from tests.study.conftest import begin, make_draft, train

OptunaSide.tell = lambda *_: os.kill(os.getpid(), 9)
study = Study.create(sys.argv[1], "digits", run=make_draft())
train(study, begin(study), 0.4)
number = begin(study)
train(study, number, 0.5, 0.6)
study.complete(number, TrialOutcome(value=0.6, epochs=2))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_between_row_and_tell_loses_no_finished_trial(url: str) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, url], cwd=root, check=False, timeout=60)
    assert done.returncode == -9
    with StudyReader.open(Path(url[10:])) as reader:
        assert [trial.state for trial in reader.trials()] == ["running", "complete"]
    with Study.open(url, "digits") as study:
        assert study.orphans == ((0, 2),)
        best = study.best()
        assert best is not None
        assert (best.number, best.value) == (1, 0.6)
    assert _theirs(url) == [TrialState.FAIL, TrialState.COMPLETE, TrialState.WAITING]


def test_a_study_without_its_optuna_half_is_refused(study: Study, url: str) -> None:
    begin(study)
    study.close()
    with quiet_optuna():
        optuna.delete_study(study_name="digits", storage=url)
    with pytest.raises(StudyError, match="Optuna's half of study 'digits' was deleted"):
        Study.open(url, "digits")


def test_optuna_loads_the_study_with_parameters_and_epochs(study: Study, url: str) -> None:
    study.enqueue({"x": 0.25})
    number = begin(study)
    train(study, number, 0.5, math.nan, 0.8)
    study.complete(number, outcome(0.8, 3))
    with quiet_optuna():
        (trial,) = optuna.load_study(study_name="digits", storage=url).trials
    assert (trial.params, trial.value, trial.state) == ({"x": 0.25}, 0.8, TrialState.COMPLETE)
    assert list(trial.intermediate_values) == [1, 2, 3]
    assert math.isnan(trial.intermediate_values[2])


def test_the_sampler_learns_to_avoid_infeasible_regions(url: str) -> None:
    with Study.create(url, "s", run=make_draft()) as study:
        proposed = []
        for place in range(50):
            trial = study.ask(optuna.samplers.TPESampler(seed=place, n_startup_trials=10))
            x = trial.suggest_float("x", 0, 1)
            proposed.append(x)
            study.begin(trial.number, TrialDraft(params=trial.params))
            if x > 0.3:
                study.infeasible(trial.number, reason="too large", violations={"params": x / 0.3 - 1})
            else:
                study.complete(trial.number, outcome(0.5))
        infeasible = sum(x > 0.3 for x in proposed[25:])
    assert infeasible <= 12, "told as failed, 25 of 25 are infeasible, at random 17"


def _theirs(url: str) -> list[TrialState]:
    with quiet_optuna():
        return [trial.state for trial in optuna.load_study(study_name="digits", storage=url).trials]
