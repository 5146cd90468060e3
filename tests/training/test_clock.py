from __future__ import annotations

import math

import pytest

from automl.training.clock import Clock


class FakeTime:
    """Time that passes when the test says so."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def time(monkeypatch):
    fake = FakeTime()
    monkeypatch.setattr("automl.training.clock.time", fake)
    return fake


def step(clock, time, seconds):
    with clock.step():
        time.now += seconds


def phase(clock, time, name, seconds):
    with clock.phase(name):
        time.now += seconds


def test_without_a_limit_progress_is_steps_and_everything_fits(time):
    clock = Clock(None)
    clock.plan(steps=4, validation_steps=1, save_seconds=1)
    progress = []
    for seconds in (5, 100, 1, 1000):
        progress.append(clock.progress())
        assert clock.allows_step()
        step(clock, time, seconds)
    assert progress == [0.125, 0.375, 0.625, 0.875]
    assert clock.epochs_left(2) == math.inf


def test_with_a_limit_progress_is_time_when_that_is_further(time):
    clock = Clock(101)
    clock.plan(steps=1000, validation_steps=0, save_seconds=0)
    step(clock, time, 1)  # traced
    for _ in range(50):
        step(clock, time, 1)
    assert clock.progress() == pytest.approx(0.5)
    time.now += 100
    assert clock.progress() == 1.0


def test_progress_never_goes_back(time):
    clock = Clock(100)
    clock.plan(steps=1000, validation_steps=50, save_seconds=0)
    step(clock, time, 1)
    step(clock, time, 1)
    before = clock.progress()
    phase(clock, time, "validate", 0.001)  # much faster than thought: there is more time than it seemed
    assert clock.progress() >= before


def test_the_first_step_always_fits_and_then_none_without_time(time):
    clock = Clock(1)
    time.now += 10
    assert clock.allows_step()
    step(clock, time, 1)
    assert not clock.allows_step()
    assert clock.epochs_left(10) == 0


def test_room_for_validation_and_saving_is_reserved_as_measured(time):
    clock = Clock(100)
    clock.plan(steps=1000, validation_steps=0, save_seconds=2)
    step(clock, time, 1)
    step(clock, time, 1)
    phase(clock, time, "validate", 10)
    phase(clock, time, "save", 5)
    time.now = 1000 + 100 - 10 - 5 - 1
    assert clock.allows_step()
    time.now += 0.5
    assert not clock.allows_step()


def test_a_small_rest_of_an_epoch_is_not_begun(time):
    clock = Clock(100)
    clock.plan(steps=1000, validation_steps=0, save_seconds=0)
    step(clock, time, 1)
    step(clock, time, 1)
    time.now = 1000 + 100 - 6
    assert clock.epochs_left(100) == pytest.approx(0.06)
    time.now += 2
    assert clock.epochs_left(100) == 0


def test_step_seconds_is_the_median_without_the_traced_step(time):
    clock = Clock(None)
    assert clock.step_seconds is None
    for seconds in (50, 1, 2, 30):
        step(clock, time, seconds)
    assert clock.step_seconds == 2


def test_phases_add_up(time):
    clock = Clock(None)
    phase(clock, time, "save", 1)
    phase(clock, time, "save", 2)
    assert clock.seconds == {"build": 0, "train": 0, "validate": 0, "save": 3}
