from __future__ import annotations

import math

import pytest

from automl.training.clock import Clock, time_limit


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


def spent(clock):
    """Where the time went, without the phases that took none."""
    return {name: seconds for name, seconds in clock.seconds.items() if seconds}


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
    assert spent(clock) == {"save": 3}


def test_a_phase_within_another_is_its_own_and_the_first_step_counts_as_tracing(time):
    clock = Clock(None)
    with clock.phase("train"):
        phase(clock, time, "data", 2)
        step(clock, time, 10)
        step(clock, time, 3)
        time.now += 1
    phase(clock, time, "validate", 5)
    assert spent(clock) == {"data": 2, "trace": 10, "train": 4, "validate": 5}


def test_with_more_time_progress_is_what_it_had_been_with_it_from_the_beginning(time):
    clocks = Clock(21), Clock(101)
    for clock in clocks:
        clock.plan(steps=1000, validation_steps=0, save_seconds=0)
    step(clocks[0], time, 1)
    time.now -= 1
    step(clocks[1], time, 1)
    time.now += 15
    assert clocks[0].progress() == pytest.approx(0.75)
    clocks[0].extend(1000 + 101 - time.now)
    assert clocks[0].progress() == clocks[1].progress() == pytest.approx(0.15)
    time.now += 200
    assert clocks[0].progress() == 1.0


# Going on from the clock of another process


def trained(time, limit=None, *, planned=8, steps=4):
    """The state of a clock after some steps of one second, the first of two, and a validation of three."""
    clock = Clock(limit)
    clock.plan(steps=planned, validation_steps=0, save_seconds=0)
    for number in range(steps):
        clock.progress()
        step(clock, time, 1 if number else 2)
    phase(clock, time, "build", 10)
    phase(clock, time, "validate", 3)
    return clock.state()


def going_on(before, limit=None, *, planned=8):
    clock = Clock(limit)
    clock.plan(steps=planned, validation_steps=0, save_seconds=0)
    clock.go_on(before)
    return clock


def rest(clock, time, steps):
    found = []
    for _ in range(steps):
        found.append(clock.progress())
        step(clock, time, 1)
    return found


def test_progress_goes_on_as_if_nothing_had_happened(time):
    assert rest(going_on(trained(time)), time, 4) == [4.5 / 8, 5.5 / 8, 6.5 / 8, 7.5 / 8]
    twice = going_on(going_on(trained(time)).state())
    assert rest(twice, time, 4) == [4.5 / 8, 5.5 / 8, 6.5 / 8, 7.5 / 8]


@pytest.mark.parametrize("planned", [6, 100])
def test_with_other_steps_ahead_progress_runs_from_where_it_was_to_1(time, planned):
    before = trained(time)
    found = rest(going_on(before, planned=planned), time, planned - 4)
    size = (1 - before.progress) / (planned - 4)
    assert found == pytest.approx([before.progress + (number + 0.5) * size for number in range(planned - 4)])


def test_steps_laid_out_anew_stay_so_after_another_interruption(time):
    once = going_on(trained(time), planned=20)
    rest(once, time, 3)
    again = going_on(once.state(), planned=20)
    assert rest(again, time, 5) == rest(once, time, 5)


def test_with_a_limit_progress_runs_from_where_it_was_to_1_over_the_seconds_given(time):
    before = trained(time, planned=1000)
    before = before.model_copy(update={"progress": 0.4})
    clock = going_on(before, 102, planned=1000)
    phase(clock, time, "build", 1)
    assert clock.progress() == 0.4
    step(clock, time, 1)  # traced
    for _ in range(50):
        step(clock, time, 1)
    assert clock.progress() == pytest.approx(0.7)
    time.now += 100
    assert clock.progress() == 1.0


def test_a_first_step_after_going_on_must_fit(time):
    before = trained(time)
    assert going_on(before, 2).allows_step()
    assert not going_on(before, 1.9).allows_step()
    assert going_on(before).allows_step()


def test_what_the_epochs_took_is_added_up_and_building_is_not(time):
    clock = going_on(trained(time))
    phase(clock, time, "build", 1)
    phase(clock, time, "validate", 4)
    assert {name: spent(clock).get(name) for name in ("build", "validate")} == {"build": 1, "validate": 7}
    assert clock.step_seconds == 1


def test_building_and_tracing_before_are_told_as_such(time):
    first = Clock(None)
    phase(first, time, "build", 2)
    step(first, time, 3)
    second = Clock(None)
    second.go_on(first.state())
    phase(second, time, "build", 1)
    assert spent(second) == {"build": 1, "rebuild": 5}
    third = Clock(None)
    third.go_on(second.state())
    assert spent(third) == {"rebuild": 6}


def test_writing_the_state_counts_as_saving_and_is_not_reserved(time):
    clock = Clock(100)
    clock.plan(steps=10, validation_steps=0, save_seconds=2)
    step(clock, time, 1)
    step(clock, time, 1)
    phase(clock, time, "state", 50)
    assert clock.seconds["save"] == 50
    time.now = 1000 + 100 - 2 - 1
    assert clock.allows_step()


@pytest.mark.parametrize("timeout", [0.1, 1.0, 10.0, 3600.0])
def test_the_schedule_ends_before_the_timeout(timeout):
    assert timeout / 2 <= time_limit(None, timeout) < timeout
    assert time_limit(10 * timeout, timeout) == time_limit(None, timeout)
    assert time_limit(timeout / 10, timeout) == timeout / 10
