from __future__ import annotations

import json
import os

import pytest

from automl.cli import symptoms


def test_a_healthy_machine_is_told_line_by_line(automl, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = automl("doctor", "--no-train", "--cache-dir", tmp_path)
    assert done.exit_code == 0
    states = {line.split()[1]: line.split()[0] for line in done.stdout.splitlines() if line[:2] in ("ok", "no")}
    assert set(states) == {"versions", "cpus", "memory", "gpus", "cache", "runs", "temporary"}
    assert states["versions"] == "ok"
    assert not any(tmp_path.iterdir())


def test_the_answer_is_also_json(automl):
    answer = json.loads(automl("doctor", "--no-train", "--json").stdout)
    assert answer["healthy"] is True
    assert {check["what"] for check in answer["checks"]} >= {"versions", "gpus", "runs"}


@pytest.mark.skipif(os.geteuid() == 0, reason="everything may be written by root")
def test_a_folder_without_rights_is_a_fault(automl, tmp_path):
    tmp_path.chmod(0o500)
    done = automl("doctor", "--no-train", "--cache-dir", tmp_path)
    tmp_path.chmod(0o700)
    assert done.exit_code == 1
    assert "choose another one with --cache-dir" in done.stdout


def test_a_folder_where_nothing_can_be_made_is_a_fault(automl):
    done = automl("doctor", "--no-train", "--cache-dir", "/proc/automl")
    assert done.exit_code == 1
    assert "fault cache     cannot write into /proc: " in done.stdout


def test_hidden_gpus_are_told_with_why(monkeypatch):
    monkeypatch.setattr("automl.execution.machine.installed_gpus", lambda: 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    found = symptoms._gpus()
    assert (found.state, found.said) == ("note", "2 there, none visible: CUDA_VISIBLE_DEVICES is '-1'")


@pytest.mark.slow
def test_a_worker_trains(automl):
    answer = json.loads(automl("doctor", "--json").stdout)
    training = answer["checks"][-1]
    assert training["what"] == "training"
    assert training["state"] == "ok", training
    assert "epochs" in training["said"]
