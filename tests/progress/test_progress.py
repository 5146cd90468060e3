"""What a person sees while a search runs, and that a broken display ends nothing."""

from __future__ import annotations

import doctest
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from automl.events import Events, SearchStart, TrialEnd
from automl.failures import FAILURE_KINDS
from automl.jobs import EpochReport
from automl.progress import Guarded, LineProgress, make_progress, words
from automl.progress.frame import draw
from automl.progress.live import LiveProgress
from automl.progress.notebook import NotebookProgress
from automl.progress.view import View

LONG = "conv24 > 3 stages [24, 48, 96] of [bold]bottlenecks[/bold] > gap > a head that goes on and on and on"


def start(**changes) -> SearchStart:
    said = {"run_dir": "runs/a", "task": "image-classify", "space": "cnn", "objective": "val_accuracy",
            "maximize": True, "time_budget": 60.0, "elapsed": 2.0, "max_trials": 4}  # fmt: skip
    return SearchStart(**(said | changes))


def end(number=0, state="complete", value=0.9, epochs=5, reason="", description=LONG) -> TrialEnd:
    return TrialEnd(number, state, value, epochs, 3.0, 178_346, reason, description)


def epoch(number=0, done=1, planned=4, **metrics) -> EpochReport:
    values = metrics or {"val_accuracy": 0.5, "loss": 1.0}
    return EpochReport(
        job_id=f"trial-{number}", epoch=done, planned_epochs=planned, metrics=values, learning_rate=0.1, seconds=2.0
    )


def play(events: Events) -> None:
    """A whole search in events."""
    events.preparing("pictures", 10, 100)
    events.data_ready({"rows": 100, "classes": 10, "shape": (8, 8, 1)})
    events.search_started(start())
    for number, state in enumerate(("complete", "pruned", "failed", "complete", "infeasible", "duplicate")):
        events.trial_started(number, LONG)
        events.epoch_ended(number, epoch(number, done=1))
        events.trial_ended(end(number, state, 0.9 - number / 100, reason="" if state == "complete" else "a reason"))
    events.warning("no GPU")
    events.stopping("time is nearly up")
    events.final_started(4)
    for done in range(1, 5):
        events.final_epoch_ended(epoch(done=done, loss=0.3))
    events.closed()


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def picture(view: View, *, now=100.0, width=80) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=width, color_system=None).print(draw(view, now, width))
    return page.getvalue().splitlines()


def searching(**changes) -> View:
    return View().started(start(**changes), 100.0)


def test_lines_tell_every_trial_the_final_training_and_the_reason_to_stop():
    stream = io.StringIO()
    play(LineProgress(stream))
    lines = stream.getvalue().splitlines()
    assert lines[:2] == [
        "data: 100 rows, 10 classes, 8x8x1",
        "search: image-classify, space cnn, val_accuracy, 1m00s or 4 trials",
    ]
    assert lines[2] == f"trial 0: val_accuracy 0.9000 (best so far), 5 epochs, 3.0s, 178,346 parameters - {LONG}"
    assert [line.split(" ")[2] for line in lines[3:8]] == [
        "pruned",
        "failed",
        "val_accuracy",
        "infeasible",
        "duplicate",
    ]
    assert "(best so far)" not in lines[5]
    assert lines[8:] == [
        "warning: no GPU",
        "search over: time is nearly up",
        "training the final model: 4 epochs on all rows",
        "final model: epoch 4 of 4, loss 0.3000",
    ]


def test_lines_speak_of_one_long_trial_every_ten_seconds():
    clock, stream = Clock(), io.StringIO()
    lines = LineProgress(stream, now=clock)
    for done in range(1, 31):
        clock.time += 1.0
        lines.epoch_ended(7, epoch(7, done=done, planned=30))
    assert [line.split(",")[0] for line in stream.getvalue().splitlines()] == [
        "trial 7: epoch 10 of 30",
        "trial 7: epoch 20 of 30",
        "trial 7: epoch 30 of 30",
    ]


def test_the_best_three_are_ranked_by_the_objectives_direction():
    for maximize, expected in ((True, [4, 3, 2]), (False, [0, 1, 2])):
        view = searching(maximize=maximize)
        for number in range(5):
            view = view.trial_ended(end(number, value=number / 10))
        assert [trial.number for trial in view.best] == expected


def test_duplicates_and_infeasible_candidates_do_not_count_as_trials():
    view = searching()
    for number, state in enumerate(("complete", "duplicate", "infeasible", "pruned", "failed")):
        view = view.trial_ended(end(number, state))
    assert view.trained == 3


def test_a_score_that_is_not_finite_is_never_among_the_best():
    assert searching().trial_ended(end(value=float("nan"))).trial_ended(end(value=None)).best == ()


def test_the_time_left_is_the_budgets_or_the_trials_whichever_ends_first():
    view = searching().trial_ended(end())
    assert view.remaining(104.0) == pytest.approx(12.0)  # one trial took 4 s, three are left
    assert searching(max_trials=None).remaining(110.0) == pytest.approx(48.0)
    assert searching(max_trials=None, time_budget=None).remaining(110.0) is None
    assert searching().remaining(1000.0) == 0.0


def test_the_frame_shows_budget_trial_best_and_time_left():
    view = searching().trial_ended(end(0, value=0.95)).trial_started(1, LONG).epoch_ended(1, epoch(1))
    text = "\n".join(picture(view, now=110.0))
    for words_ in ("0:12 of 1:00", "left", "1 of 4 trials", "trial 1", "epoch 1 of 4", "val_accuracy 0.5000", "0.9500"):
        assert words_ in text


def test_the_frame_before_the_search_shows_how_much_data_is_read():
    assert "50 of 200 pictures" in picture(View().preparing_now("pictures", 50, 200))[0]
    assert picture(View()) == ["preparing"]


def test_live_progress_draws_in_place_and_leaves_only_the_lines():
    page = io.StringIO()
    console = Console(file=page, force_terminal=True, width=80, height=24, legacy_windows=False, _environ={})
    play(LiveProgress(console))
    text = page.getvalue()
    assert "data: 100 rows" in text
    assert "trial 2 failed: a reason" in text
    assert "search over: time is nearly up" in text
    assert "\x1b[?25h" in text.rpartition("best")[2]  # the cursor is back after the last frame


def test_a_frame_that_cannot_be_drawn_does_not_break_the_drawing_thread():
    page = io.StringIO()
    live = LiveProgress(Console(file=page, force_terminal=True, width=80, _environ={}))
    live.view = None  # type: ignore[assignment]
    live.show()
    live.closed()
    assert "progress cannot be drawn" in page.getvalue()


def test_notebook_progress_updates_one_output(capsys):
    shown: list[str] = []

    class Output:
        def update(self, obj, **kwargs):
            shown.append(obj["text/plain"])

    def display(text: str) -> Output:
        shown.append(text)
        return Output()

    play(NotebookProgress(display))
    assert "10 of 100 pictures" in shown[0]
    assert any("final model" in text for text in shown)
    assert "final model" not in shown[-1]
    assert "0.9000  trial 0" in shown[-1]
    assert not any("\x1b" in text for text in shown)
    assert "search over: time is nearly up" in capsys.readouterr().err


def test_a_display_that_breaks_is_closed_once_and_silent_from_then_on():
    calls: list[str] = []

    class Broken(Events):
        def preparing(self, what, done, total):
            calls.append("preparing")

        def trial_ended(self, end):
            calls.append("trial_ended")
            raise OSError("the terminal is gone")

        def closed(self):
            calls.append("closed")
            raise OSError("still gone")

    play(Guarded(Broken()))
    assert calls == ["preparing", "trial_ended", "closed"]


def test_ctrl_c_passes_the_guard():
    class Interrupted(Events):
        def stopping(self, reason):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Guarded(Interrupted()).stopping("now")


def test_quiet_progress_says_nothing(capsys):
    play(make_progress(quiet=True))
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_progress_is_plain_lines_on_stderr(capsys):
    play(make_progress())
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("data: 100 rows")
    assert "\x1b" not in err


def test_a_dumb_terminal_gets_lines(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stderr", stream)
    play(make_progress())
    assert "\x1b" not in stream.getvalue()
    assert "trial 0:" in stream.getvalue()


def test_examples_of_the_words_hold():
    assert doctest.testmod(words).failed == 0


def test_every_kind_of_failure_has_plain_words():
    assert set(words.KINDS) == set(FAILURE_KINDS)
    assert words.readable("halved; oom_gpu: too large: 3") == "halved; out of GPU memory: too large: 3"


@given(st.floats(0, 1e8))
def test_durations_are_short(seconds):
    assert len(words.duration(seconds)) <= 8


@given(st.text(max_size=100), st.integers(0, 50))
def test_clipped_text_fits(text, width):
    assert len(words.clip(text, width)) <= width
    assert "\n" not in words.clip(text, width)
