"""Ctrl-C and SIGTERM in a search: the epoch is finished, the best model so far is delivered, and the run goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import automl.cli
from automl.cli.exits import end_as_ctrl_c_does, signalled

OPTIONS = "--space tiny.yaml --trials 500 --max-epochs 2 --workers 1 --cache-dir cache --json"


def stopped(place: Path, out: str, after: str, number: signal.Signals) -> tuple[int, str, str]:
    """A search that gets a signal once a line of its progress begins like ``after``: its exit code and what it said."""
    command = [sys.executable, "-m", "automl", "search", "--task", "image-classify", "data/digits/train"]
    with subprocess.Popen(
        [*command, *OPTIONS.split(), "--out", out], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as search:
        assert search.stderr is not None
        for line in search.stderr:
            if line.startswith(after):
                search.send_signal(number)
                break
        printed, said = search.communicate(timeout=120)
    return search.returncode, printed, said


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_delivers_the_best_model_so_far_and_says_how_to_go_on(automl, place):
    code, printed, said = stopped(place, "interrupted", "trial 0: val_accuracy", signal.SIGINT)
    assert code == 130, said
    document = json.loads(printed)
    assert (document["interrupted"], document["signal"], document["resume"]) == (True, 2, "automl resume interrupted")
    assert document["trials"] >= 1
    assert "Ctrl-C" in said
    assert said.endswith("continue with: automl resume interrupted\n")
    assert "Traceback" not in said
    assert automl("evaluate", place / "interrupted", place / "data/digits/test").exit_code == 0

    trained = document["trials"]
    done = automl("resume", place / "interrupted", "--trials", trained + 1, "--workers", 0, "--json", "-q")
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["trials"] == trained + 1
    again = automl("resume", place / "interrupted")
    assert again.exit_code == 0
    assert again.stdout.startswith("network   ")
    assert again.stderr.splitlines()[1] == f"  automl resume {place / 'interrupted'} --trials +20"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_sigterm_before_there_is_anything_to_deliver_ends_with_143_and_leaves_no_run(place):
    code, printed, said = stopped(place, "terminated", "search:", signal.SIGTERM)
    assert (code, printed) == (143, "")
    assert said.splitlines()[-1] == "interrupted"
    assert "Traceback" not in said
    assert not (place / "terminated").exists()


def test_ctrl_c_before_a_command_runs_ends_with_130_and_no_traceback(monkeypatch):
    def interrupted(**_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(automl.cli, "app", interrupted)
    with pytest.raises(SystemExit) as end:
        automl.cli.main()
    assert end.value.code == 130


def test_ctrl_c_while_a_run_is_opened_says_how_to_go_on(automl, at_place, monkeypatch):
    def interrupted(*_arguments, **_asked):
        raise KeyboardInterrupt(signal.SIGTERM)

    monkeypatch.setattr("automl.run.resume_run", interrupted)
    done = automl("resume", "my-run")
    assert (done.exit_code, done.stderr) == (143, "interrupted\ncontinue with: automl resume my-run\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_sigterm_ends_a_command_as_ctrl_c_does_and_an_ignored_sighup_stays_ignored():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        end_as_ctrl_c_does()
        with pytest.raises(KeyboardInterrupt) as end:
            signal.raise_signal(signal.SIGTERM)
        assert signalled(end.value) == 143
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
