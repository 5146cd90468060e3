"""Ctrl-C in a search: the epoch is finished, the best model so far is delivered."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

import automl.cli


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_delivers_the_best_model_so_far_and_ends_with_130(automl, place):
    options = "--space tiny.yaml --trials 500 --max-epochs 2 --out interrupted --cache-dir cache --json"
    command = [sys.executable, "-m", "automl", "search", "--task", "image-classify", "data/digits/train"]
    with subprocess.Popen(
        [*command, *options.split()], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as search:
        assert search.stderr is not None
        for line in search.stderr:
            if line.startswith("trial 0: val_accuracy"):
                search.send_signal(signal.SIGINT)
                break
        out, err = search.communicate(timeout=120)
    assert search.returncode == 130, err
    document = json.loads(out)
    assert document["interrupted"] is True
    assert document["trials"] >= 1
    assert "Ctrl-C" in err
    assert "Traceback" not in err
    assert automl("evaluate", place / "interrupted", place / "data/digits/test").exit_code == 0


def test_ctrl_c_before_a_command_runs_ends_with_130_and_no_traceback(monkeypatch):
    def interrupted(**_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(automl.cli, "app", interrupted)
    with pytest.raises(SystemExit) as end:
        automl.cli.main()
    assert end.value.code == 130
