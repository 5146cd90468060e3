"""What a person sees of several trials at once, of one that runs again, and of a run that is continued."""

from __future__ import annotations

import inspect
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from automl.events import Events, SearchStart, TrialEnd
from automl.jobs import EpochReport
from automl.progress import LineProgress
from automl.progress.folding import FrameProgress
from automl.progress.forward import Forwarding
from automl.progress.frame import MAX_WIDTH, draw
from automl.progress.live import LiveProgress
from automl.progress.notebook import NotebookProgress
from automl.progress.view import View

NETWORK = "conv24 > 3 stages [24, 48, 96] of bottlenecks > gap > head"


def start(**changes) -> SearchStart:
    said = {"run_dir": "runs/a", "task": "image-classify", "space": "cnn", "objective": "val_accuracy",
            "maximize": True, "time_budget": 600.0, "elapsed": 2.0, "max_trials": 50, "workers": 2}  # fmt: skip
    return SearchStart(**(said | changes))


def end(number=0, state="complete", value=0.9, epochs=5, reason="", description=NETWORK) -> TrialEnd:
    return TrialEnd(number, state, value, epochs, 3.0, 178_346, reason, description)


def epoch(number=0, done=1, planned=4, value=0.5) -> EpochReport:
    metrics = {"val_accuracy": value, "loss": 1.0}
    return EpochReport(
        job_id=f"trial-{number}", epoch=done, planned_epochs=planned, metrics=metrics, learning_rate=0.1, seconds=2.0
    )


def searching(**changes) -> View:
    return View().started(start(**changes), 100.0)


def picture(view: View, *, now=110.0, width=80, height=24) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=width, color_system=None).print(draw(view, now, width, height))
    return [line.rstrip() for line in page.getvalue().splitlines()]


def line_of(title: str, lines: list[str]) -> str:
    return next(line for line in lines if line.startswith(f"{title} "))


def test_every_running_trial_has_a_line_with_its_own_epoch_and_score():
    view = searching().trial_started(3, NETWORK).trial_started(4, "dense")
    view = view.epoch_ended(4, epoch(4, done=2, planned=9, value=0.25)).epoch_ended(3, epoch(3, done=1, value=0.75))
    lines = picture(view)
    assert "epoch 1 of 4, val_accuracy 0.7500" in line_of("trial 3", lines)
    assert "epoch 2 of 9, val_accuracy 0.2500" in line_of("trial 4", lines)
    assert lines.index(line_of("trial 3", lines)) < lines.index(line_of("trial 4", lines))


def test_a_trial_keeps_its_line_while_others_come_and_go():
    view = searching(workers=3)
    for number in (0, 1, 2):
        view = view.trial_started(number, NETWORK)
    view = view.trial_ended(end(1))
    assert [None if place is None else place.number for place in view.places] == [0, None, 2]
    assert "idle" in picture(view)
    view = view.trial_started(3, NETWORK)
    assert [place.number for place in view.running] == [0, 3, 2]


def test_a_started_trial_that_runs_already_gets_no_second_line():
    view = searching().trial_started(0, NETWORK).trial_started(0, NETWORK)
    assert len(view.places) == 1


def test_an_epoch_of_a_trial_that_is_not_running_changes_nothing():
    view = searching().trial_started(0, NETWORK)
    assert view.epoch_ended(7, epoch(7)) == view
    assert view.retried(7) == view


def test_networks_are_described_below_one_or_two_trials_and_not_below_eight():
    for workers, described in ((1, True), (2, True), (8, False)):
        view = searching(workers=workers)
        for number in range(workers):
            view = view.trial_started(number, NETWORK)
        assert any("gap > head" in line for line in picture(view)) is described
        assert len(picture(view)) == 4 + workers * (1 + described)


def test_a_trial_that_runs_again_says_so_until_its_next_epoch():
    view = searching().trial_started(3, NETWORK).epoch_ended(3, epoch(3, done=2)).retried(3)
    assert "epoch 2 of 4, starting again" in line_of("trial 3", picture(view))
    assert "starting again" not in "".join(picture(view.epoch_ended(3, epoch(3, done=1))))


def test_the_final_training_that_runs_again_says_so_too():
    view = searching().final_started(4).epoch_ended(None, epoch(done=2)).retried(None)
    assert "epoch 2 of 4, starting again" in line_of("final model", picture(view))


def test_parts_of_running_trials_count_for_the_share_and_the_time_left():
    view = searching(time_budget=None, max_trials=4).trial_ended(end(0))
    for number in (1, 2):
        view = view.trial_started(number, NETWORK).epoch_ended(number, epoch(number, done=2))
    assert view.share(104.0) == pytest.approx(0.5)  # one and two halves of four
    assert view.remaining(104.0) == pytest.approx(4.0)


def test_a_continued_run_counts_earlier_trials_and_estimates_from_its_own():
    before = (end(4, value=0.98), end(2, value=0.95))
    view = searching(trained=12, elapsed=252.0, best=before)
    assert [trial.number for trial in view.best] == [4, 2]
    assert view.remaining(100.0) == pytest.approx(348.0)
    view = view.trial_ended(end(12, value=0.96))
    assert [trial.number for trial in view.best] == [4, 12, 2]
    assert view.remaining(104.0) == pytest.approx(4.0 * 37)
    assert "13 of 50 trials, 12 before, 2 workers" in "".join(picture(view))


def test_after_the_last_trial_no_line_says_idle():
    view = searching().trial_started(0, NETWORK).trial_started(1, NETWORK).trial_ended(end(0)).stopping()
    assert "idle" not in picture(view)
    assert "finishing the running trial" in "".join(picture(view))


def test_a_low_terminal_loses_descriptions_then_the_best_then_trials():
    view = searching().trial_ended(end(7)).trial_ended(end(8, value=0.8))
    for number in (0, 1):
        view = view.trial_started(number, NETWORK)
    for height, expected in ((11, 11), (10, 9), (8, 8), (7, 6), (5, 3)):
        assert len(picture(view, height=height)) == expected
    many = searching(workers=40)
    for number in range(40):
        many = many.trial_started(number, NETWORK)
    lines = picture(many, height=23)
    assert len(lines) == 23
    assert lines[-1].strip() == "and 22 more"


@given(
    width=st.integers(37, 200),
    height=st.integers(6, 50),
    workers=st.integers(1, 20),
    description=st.text(max_size=200),
    ended=st.integers(0, 5),
    done=st.integers(0, 99_999),
)
def test_the_frame_never_wraps_and_is_no_higher_than_the_terminal(width, height, workers, description, ended, done):
    view = searching(workers=workers, trained=1000, elapsed=1e6, time_budget=1e7, max_trials=1_000_000)
    for number in range(ended):
        view = view.trial_ended(end(number * 1000, ("complete", "failed", "pruned")[number % 3]))
    for number in range(workers):
        view = view.trial_started(12345 + number, description)
        view = view.epoch_ended(12345 + number, epoch(done=done, planned=99_999))
    for moment in (view, view.retried(12345), view.stopping(), view.final_started(9), view.closed()):
        lines = picture(moment, width=width, height=height)
        assert len(lines) <= height
        assert max(map(len, lines)) <= min(width, MAX_WIDTH)


def play(events: Events) -> None:
    """A continued search with two workers in events, with all that may come in between."""
    events.data_ready({"rows": 100})
    events.search_started(start(trained=12, elapsed=260.0, used=252.0, best=(end(4, value=0.98),)))
    events.trial_started(12, NETWORK)
    events.trial_started(13, NETWORK)
    events.epoch_ended(12, epoch(12, value=0.97))
    events.trial_retried(12, "the worker process was killed by SIGKILL")
    events.warning("trial 13: the batch is halved")
    events.trial_ended(end(12, value=0.97))
    events.trial_ended(end(13, "paused", 0.6, reason="stopped by Ctrl-C"))
    events.stopping("stopped by Ctrl-C")
    events.final_started(2)
    events.trial_retried(None, "the worker process was killed by SIGSEGV")
    events.final_epoch_ended(epoch(done=2, planned=2))
    events.closed()


def test_lines_say_what_was_before_what_runs_again_and_what_is_paused():
    stream = io.StringIO()
    play(LineProgress(stream))
    assert stream.getvalue().splitlines() == [
        "data: 100 rows",
        "search: image-classify, space cnn, val_accuracy, 10m00s or 50 trials, 2 workers",
        "continued: 12 trials and 4m12s before",
        "trial 12 runs again: the worker process was killed by SIGKILL",
        "warning: trial 13: the batch is halved",
        f"trial 12: val_accuracy 0.9700, 5 epochs, 3.0s, 178,346 parameters - {NETWORK}",
        f"trial 13: paused after 5 epochs, 3.0s, val_accuracy 0.6000 - stopped by Ctrl-C - {NETWORK}",
        "search over: stopped by Ctrl-C",
        "training the final model: 2 epochs on all rows",
        "the final training runs again: the worker process was killed by SIGSEGV",
        "final model: epoch 2 of 2, val_accuracy 0.5000",
    ]


def test_a_run_that_was_cut_off_in_its_first_trial_is_continued_too():
    stream = io.StringIO()
    LineProgress(stream).search_started(start(used=49.0))
    assert stream.getvalue().splitlines()[1:] == ["continued: 49s before"]


def test_lines_about_several_trials_are_one_line_every_ten_seconds():
    time, stream = [0.0], io.StringIO()
    lines = LineProgress(stream, now=lambda: time[0])
    for number in (0, 1, 2):
        lines.trial_started(number, NETWORK)
    for done in range(1, 13):
        time[0] += 1.0
        lines.epoch_ended(done % 2, epoch(done % 2, done=done, planned=20))
    assert stream.getvalue().splitlines() == [
        "trial 0: epoch 10 of 20, loss 1.0000; trial 1: epoch 9 of 20, loss 1.0000; trial 2: starting"
    ]


def test_live_progress_keeps_the_lines_and_clears_the_frame():
    page = io.StringIO()
    play(LiveProgress(Console(file=page, force_terminal=True, width=80, height=24, legacy_windows=False, _environ={})))
    text = page.getvalue()
    assert "continued: 12 trials and 4m12s before" in text
    assert "trial 12 runs again: the worker process was killed by SIGKILL" in text
    assert "\x1b[?25h" in text.rpartition("search over")[2]


def test_a_notebook_leaves_out_epochs_that_follow_at_once_and_nothing_else():
    time, shown = [0.0], []

    class Output:
        def update(self, obj, **kwargs):
            shown.append(obj["text/plain"])

    def display(text: str) -> Output:
        shown.append(text)
        return Output()

    notebook = NotebookProgress(display, now=lambda: time[0])
    notebook.search_started(start())
    notebook.trial_started(0, NETWORK)
    for done in range(1, 101):
        time[0] += 0.01
        notebook.epoch_ended(0, epoch(0, done=done, planned=100))
    notebook.trial_started(1, NETWORK)
    notebook.closed()
    assert len(shown) == 2 + 4 + 2
    assert "trial 1" in shown[-2]
    assert "trial" not in shown[-1].replace("of 50 trials", "")


@pytest.mark.parametrize("display", [Forwarding, FrameProgress])
def test_no_event_is_forgotten(display):
    hooks = {name for name, _ in inspect.getmembers(Events, inspect.isfunction)}
    assert hooks <= vars(display).keys()
