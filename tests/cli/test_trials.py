"""``automl trials`` of searches that went on, ended, were interrupted or are gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from automl.study import RunDraft, RunFolder, Study, TrialDraft, TrialOutcome


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "150")


def make(path: Path) -> tuple[RunFolder, Study]:
    """A run whose search is this process, with a complete, a failed, a paused and a running trial."""
    folder = RunFolder.create(path, task="image-classify", study="digits")
    draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=1)
    study = Study.create(folder.storage_url, folder.study, run=draft)
    for number in range(4):
        trial = study.ask()
        trial.suggest_int("width", 1, 100)
        study.begin(number, TrialDraft(params=trial.params, description=f"dense{number} > head", seed=number))
        if number != 1:
            metrics = {"val_accuracy": 0.5 + number / 10}
            study.epoch(number, epoch=1, metrics=metrics, learning_rate=0.1, seconds=0.5, planned_epochs=3)
    study.complete(0, TrialOutcome(value=0.5, epochs=1, best_epoch=1))
    study.fail(1, kind="oom_ram", message="4.1 GB resident, 4 GB allowed", advice="smaller batches")
    study.pause(2, TrialOutcome(value=0.7, epochs=1, best_epoch=1))
    return folder, study


KILLED = """
import os, sys
from pathlib import Path
from tests.cli.test_trials import make
make(Path(sys.argv[1]))
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """A run whose search was killed."""
    path = tmp_path_factory.mktemp("killed") / "my run"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, path], cwd=root, check=False, timeout=100)
    assert done.returncode == -9
    return path


def states_of(text: str) -> list[str]:
    return [line.split()[1] for line in text.partition("\n\n")[0].splitlines()[1:]]


def test_a_search_that_goes_on_shows_its_running_trials(automl, tmp_path):
    folder, study = make(tmp_path / "run")
    with study:
        done = automl("trials", folder.path)
        document = json.loads(automl("trials", folder.path, "--json").stdout)
    assert states_of(done.stdout) == ["complete", "failed", "paused", "running"]
    assert "resume" not in done.stdout
    assert document["search"] == "running"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_search_that_was_killed_is_gone_its_trial_abandoned_and_resume_is_named(automl, killed, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = automl("trials", killed)
    assert done.exit_code == 0
    assert states_of(done.stdout) == ["complete", "failed", "paused", "abandoned"]
    assert done.stdout.splitlines()[-2:] == [
        "the search is gone: its process ended before the search was over; to continue:",
        f"  automl resume '{killed}'",
    ]
    document = json.loads(automl("trials", killed, "--json").stdout)
    assert document["search"] == "gone"
    assert [trial["state"] for trial in document["trials"]] == ["complete", "failed", "paused", "running"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_looking_at_a_killed_search_changes_nothing(automl, killed):
    names, content = sorted(os.listdir(killed)), (killed / "study.db").read_bytes()  # noqa: PTH208
    automl("trials", killed)
    assert (names, content) == (sorted(os.listdir(killed)), (killed / "study.db").read_bytes())  # noqa: PTH208


def test_a_failed_trial_says_why_in_plain_words(automl, tmp_path):
    folder, study = make(tmp_path / "run")
    study.close()
    line = automl("trials", folder.path).stdout.splitlines()[2]
    assert line.split(maxsplit=6)[-1] == "out of memory: 4.1 GB resident, 4 GB allowed"


def test_an_interrupted_search_says_how_to_go_on_with_its_paused_trial(automl, tmp_path):
    folder, study = make(tmp_path / "run")
    with study:
        study.fail(3, kind="crashed", message="the worker process was killed by SIGSEGV")
        study.finish_run({"interrupted": True})
    done = automl("trials", folder.path, "--storage", folder.storage_url)
    assert states_of(done.stdout) == ["complete", "failed", "paused", "failed"]
    assert done.stdout.splitlines()[-2:] == [
        "1 trial is paused; to continue:",
        f"  automl resume {folder.path} --storage URL",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_orphaned_trial_names_the_one_that_tries_it_again(automl, killed, tmp_path):
    folder = RunFolder.open(Path(shutil.copytree(killed, tmp_path / "copy")))
    with Study.open(folder.storage_url, folder.study) as study:
        number = study.ask().number
        study.begin(number, TrialDraft(params={"width": 1}, description="dense3 > head"))
        study.complete(number, TrialOutcome(value=0.5, epochs=1, best_epoch=1))
        study.finish_run({})
    done = automl("trials", folder.path)
    assert states_of(done.stdout) == ["complete", "failed", "paused", "orphaned", "complete"]
    assert "again as trial 4: the process that searched went away" in done.stdout


def test_a_run_without_a_study_says_so_and_names_resume(automl, tmp_path):
    folder = RunFolder.create(tmp_path / "run", task="image-classify")
    done = automl("trials", folder.path)
    assert done.exit_code == 2
    assert done.stderr == (
        f"error: no trial of {folder.path} has begun; a search that is gone is continued with: "
        f"automl resume {folder.path}\n"
    )
