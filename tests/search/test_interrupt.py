from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from automl.search.interrupt import SIGNALS, Interrupt


@pytest.fixture(autouse=True)
def _as_in_a_terminal() -> Iterator[None]:
    """Python's own handlers, also where the tests run under ``nohup``, which ignores SIGHUP."""
    usual = {number: signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL for number in SIGNALS}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_asks_and_the_second_ends(number: int) -> None:
    with Interrupt() as interrupt:
        os.kill(os.getpid(), number)
        assert (interrupt.requested, interrupt.signal) == (True, number)
        with pytest.raises(KeyboardInterrupt) as caught:
            os.kill(os.getpid(), signal.SIGINT)
    assert caught.value.args == (number,)


def test_leaving_restores_the_handlers_before() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Interrupt():
        assert all(signal.getsignal(number) != handler for number, handler in zip(SIGNALS, before, strict=True))
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no hang-up")
def test_a_hang_up_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupt() as interrupt:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not interrupt.requested
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_reason_names_the_signal() -> None:
    interrupt = Interrupt()
    assert interrupt.reason == ""
    interrupt.request()
    assert interrupt.reason == "stopped by Ctrl-C"
    interrupt.signal = signal.SIGTERM
    assert interrupt.reason == "stopped by SIGTERM"
