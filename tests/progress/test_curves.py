"""Curves, failures, paused trials and the time of the end in the frame."""

from __future__ import annotations

import io
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from automl.events import SearchStart, TrialEnd
from automl.jobs import EpochReport
from automl.progress.frame import draw
from automl.progress.view import View
from automl.progress.words import sparkline

NETWORK = "conv24 > 3 stages [24, 48, 96] > gap"


def searching(**changes) -> View:
    said = {"run_dir": "r", "task": "image-classify", "space": "cnn", "objective": "val_accuracy", "maximize": True,
            "time_budget": 60.0, "elapsed": 2.0, "max_trials": None}  # fmt: skip
    return View().started(SearchStart(**(said | changes)), 100.0)


def report(number: int, epoch: int, value: float) -> EpochReport:
    return EpochReport(
        job_id=f"trial-{number}", epoch=epoch, planned_epochs=4, metrics={"val_accuracy": value}, learning_rate=0.1,
        seconds=1.0,
    )  # fmt: skip


def end(number: int, state: str, value: float | None = None, epochs: int = 2, reason: str = "") -> TrialEnd:
    return TrialEnd(number, state, value, epochs, 3.0, 1000, reason, NETWORK)


def trained(view: View, number: int, *values: float) -> View:
    view = view.trial_started(number, NETWORK)
    for epoch, value in enumerate(values, start=1):
        view = view.epoch_ended(number, report(number, epoch, value))
    return view


def picture(view: View, width: int = 100, height: int = 24, **options) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=width, color_system=None).print(draw(view, 100.0, width, height, **options))
    return page.getvalue().splitlines()


def test_the_best_and_those_that_train_show_their_curves_on_one_scale():
    view = trained(searching(), 0, 0.0, 1.0).trial_ended(end(0, "complete", 1.0))
    view = trained(view, 1, 0.0, 0.5)
    lines = picture(view)
    [training] = [line for line in lines if line.strip().startswith("▁")]
    assert training.split() == ["▁▅", *NETWORK.split()]
    [best] = [line for line in lines if line.startswith("best")]
    assert "▁█" in best


def test_a_narrow_or_plain_terminal_gets_no_curves_or_plain_ones():
    view = trained(searching(), 0, 0.0, 1.0).trial_ended(end(0, "complete", 1.0))
    assert "█" not in "".join(line.split("━")[0] for line in picture(view, width=50))
    assert "_^" in "".join(picture(view, plain=True))


def test_a_trial_that_goes_on_from_its_state_tells_its_epochs_once():
    view = trained(searching(), 0, 0.1, 0.2, 0.3)
    assert trained(view, 0, 0.1, 0.2).curves[0] == (0.1, 0.2)
    skipped = view.epoch_ended(0, report(0, 5, 0.5)).curves[0]
    assert skipped[:3] == (0.1, 0.2, 0.3)
    assert math.isnan(skipped[3])
    assert skipped[4] == 0.5


def test_failures_are_counted_by_kind():
    view = searching()
    for number, reason in enumerate(("oom_ram: 4.1 GB resident", "oom_ram: 5 GB", "crashed: killed by SIGKILL")):
        view = view.trial_ended(end(number, "failed", reason=reason))
    [line] = [line for line in picture(view) if line.startswith("failed")]
    assert line == "failed      3 trials: out of memory 2, crashed 1"


@pytest.mark.parametrize("state", ["complete", "paused", "pruned"])
def test_a_paused_trial_counts_once_it_is_over(state):
    view = trained(searching(), 3, 0.5).trial_ended(end(3, "paused", 0.5))
    assert (view.trained, dict(view.states)) == (0, {"paused": 1})
    view = trained(view, 3, 0.5, 0.6)
    assert dict(view.states) == {}
    view = view.trial_ended(end(3, state, 0.6))
    assert (view.trained, dict(view.states)) == (int(state != "paused"), {state: 1})


def test_the_time_of_the_end_is_told_where_there_is_room():
    today = 1_700_000_000.0
    until = time.strftime("until %H:%M", time.localtime(today + 58.0))
    assert until in picture(searching(), today=today)[1]
    assert "until" not in picture(searching(), width=50, today=today)[1]


def test_whoever_comes_later_guesses_the_end_from_the_whole_search():
    view = searching(time_budget=None, max_trials=4, elapsed=30.0, searching=20.0)
    view = view.trial_ended(end(0, "complete", 0.5))
    assert view.remaining(100.0) == pytest.approx(60.0)  # one in 20 seconds, three to come


@given(st.lists(st.floats(), max_size=60), st.integers(1, 20), st.booleans())
def test_a_sparkline_never_is_longer_than_its_room(values, width, plain):
    drawn = sparkline(values, width, low=0.0, high=1.0, plain=plain)
    assert len(drawn) == min(len(values), width)
    assert drawn.isascii() or not plain


@pytest.mark.parametrize("height", range(6, 24))
def test_the_frame_is_never_higher_than_the_terminal(height):
    view = searching(workers=6)
    for number in range(6):
        view = trained(view, number, 0.1, 0.2)
    for number in range(6, 9):
        view = view.trial_ended(end(number, "complete", 0.1 * number))
    view = view.trial_ended(end(9, "failed", reason="crashed: it did"))
    assert len(picture(view, width=80, height=height)) <= height
