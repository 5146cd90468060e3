"""A run's folder: made whole or not at all, refused with what to do, undone without a trace."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import StudyError
from automl.study import RunFolder, Study, StudyReader
from automl.study.run_folder import _study_name
from tests.study.conftest import begin, make_draft, outcome

SECRET = "postgresql+psycopg://me:open sesame@db.example/automl?password=sesame2"


def test_a_new_run_has_its_folders_and_a_manifest(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "a" / "my run", task="image-classify")
    document = json.loads((folder.path / "run.json").read_text())
    assert document["format_version"] == 1
    assert (document["storage"], document["study"], document["task"]) == (
        "sqlite:///study.db", "my-run", "image-classify",
    )  # fmt: skip
    assert {"python", "keras", "optuna"} <= document["versions"].keys()
    assert all(path.is_dir() for path in (folder.checkpoints, folder.model, folder.logs, folder.prepared))
    assert not (folder.path / "study.db").exists()


def test_an_opened_run_is_the_created_one_also_elsewhere(tmp_path: Path) -> None:
    made = RunFolder.create(tmp_path / "run", task="t", study="s")
    opened = RunFolder.open(tmp_path / "run")
    assert (opened.task, opened.study, opened.created, opened.versions) == (
        made.task, made.study, made.created, made.versions,
    )  # fmt: skip
    assert opened.storage_url == made.storage_url
    (tmp_path / "run").rename(tmp_path / "moved")
    assert RunFolder.open(tmp_path / "moved").database == tmp_path / "moved" / "study.db"


def test_runs_without_a_name_are_dated_and_numbered(tmp_path: Path) -> None:
    parent = tmp_path / "automl-runs"
    names = [RunFolder.create(None, task="t", default_parent=parent).path.name for _ in range(3)]
    assert names[1:] == [f"{names[0]}-2", f"{names[0]}-3"]
    assert names[0].startswith("t-20")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("mine")
    with pytest.raises(StudyError, match="neither empty nor a run; choose another folder with --out"):
        RunFolder.create(tmp_path, task="t")
    with pytest.raises(StudyError, match="neither empty nor a run"):
        RunFolder.create(tmp_path / "file.txt", task="t")
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_folder_whose_maker_was_killed_is_as_good_as_an_empty_one(tmp_path: Path) -> None:
    left = tmp_path / "run"
    for name in ("checkpoints", "model"):
        (left / name).mkdir(parents=True)
    (left / ".run.json.0123456789ab.json").write_text("{")
    folder = RunFolder.create(left, task="image-classify")
    folder.sweep()
    assert sorted(path.name for path in left.iterdir()) == ["checkpoints", "logs", "model", "prepared", "run.json"]


def test_a_folder_of_the_same_name_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "mine.txt").write_text("mine")
    with pytest.raises(StudyError, match="neither empty nor a run"):
        RunFolder.create(tmp_path / "run", task="image-classify")


def test_a_folder_that_is_a_run_is_refused(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", task="t")
    with pytest.raises(StudyError, match="already holds a run"):
        RunFolder.create(tmp_path / "run", task="t")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="cannot make the run's folder"):
        RunFolder.create(tmp_path / "file" / "run", task="t")


def test_what_is_no_run_is_refused_with_the_nearest(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "runs" / "digits", task="t")
    with pytest.raises(StudyError, match="did you mean 'digits'"):
        RunFolder.open(tmp_path / "runs" / "digit")
    with pytest.raises(StudyError, match="give one of the runs in it: digits"):
        RunFolder.open(tmp_path / "runs")
    with pytest.raises(StudyError, match="give the folder it stands in"):
        RunFolder.open(tmp_path / "runs" / "digits" / "run.json")
    with pytest.raises(StudyError, match=r"a run is a folder that a search made, with a run\.json in it"):
        RunFolder.open(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format_version": 1}', '{"format_version": "x"}', "\x00"])
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(StudyError, match="is damaged"):
        RunFolder.open(tmp_path)


def test_a_newer_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"format_version": 2}')
    with pytest.raises(StudyError, match="has format 2, this package knows 1 at most; update automl"):
        RunFolder.open(tmp_path)


def test_discarding_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = RunFolder.create(None, task="t", default_parent=tmp_path / "outer" / "runs")
    (folder.prepared / "half.npy").write_bytes(b"half")
    with Study.create(folder.storage_url, folder.study, run=make_draft()) as study:
        study.enqueue({"x": 0.5})
        begin(study)  # begun, and came to nothing
    folder.discard()
    assert list(tmp_path.iterdir()) == []


def test_whoever_is_stopped_while_discarding_leaves_what_a_search_can_begin_in(tmp_path: Path) -> None:
    for steps in itertools.count():
        folder = RunFolder.create(tmp_path / f"run-{steps}", task="t")
        (folder.prepared / "half.npy").write_bytes(b"half")
        (folder.logs / "worker-1.log").write_text("begun")
        with folder.hold():
            Study.create(folder.storage_url, folder.study, run=make_draft()).close()
            left = itertools.count(steps, -1)
            with pytest.MonkeyPatch.context() as patch:
                for remove in ("unlink", "rmdir"):
                    patch.setattr(os, remove, stopping_at(left, getattr(os, remove)))
                done = False
                with contextlib.suppress(KeyboardInterrupt):
                    folder.discard()
                    done = True
        if done:
            assert not folder.path.exists()
            break
        if (folder.path / "run.json").exists():
            assert RunFolder.open(folder.path).task == "t"
        else:
            RunFolder.create(folder.path, task="t")
    assert steps > 8


def stopping_at(left: Iterator[int], remove: Callable[..., None]) -> Callable[..., None]:
    def stop(*args, **options) -> None:
        if next(left) <= 0:
            raise KeyboardInterrupt
        remove(*args, **options)

    return stop


def test_discarding_keeps_what_was_there_before(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    RunFolder.create(tmp_path / "empty", task="t").discard()
    assert list((tmp_path / "empty").iterdir()) == []
    first = RunFolder.create(tmp_path / "runs" / "a", task="t")
    RunFolder.create(tmp_path / "runs" / "b", task="t").discard()
    assert first.path.is_dir()


@pytest.mark.parametrize("storage", [None, "sqlite:///shared.db"])
def test_results_are_never_discarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str | None) -> None:
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.create(tmp_path / "run", task="t", storage=storage)
    with Study.create(folder.storage_url, folder.study, run=make_draft()) as study:
        study.complete(begin(study), outcome(0.5))
    with pytest.raises(StudyError, match="holds results"):
        folder.discard()
    with pytest.raises(StudyError, match="was not made just now"):
        RunFolder.open(folder.path).discard()
    with StudyReader.open(folder.path) as reader:
        assert len(reader.trials()) == 1


@pytest.mark.parametrize("name", ["what?", "50%", "{curly}", "sp ace#1", "%3A", "ünïcode"])
def test_odd_folder_names_work(tmp_path: Path, name: str) -> None:
    folder = RunFolder.create(tmp_path / name, task="t")
    with Study.create(folder.storage_url, folder.study, run=make_draft()) as study:
        study.complete(begin(study), outcome(0.5))
    Study.open(folder.storage_url, folder.study).close()
    with StudyReader.open(tmp_path / name) as reader:
        assert len(reader.trials()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


@given(st.text(max_size=120))
def test_every_folder_name_gives_a_study_name(name: str) -> None:
    import re

    assert re.fullmatch(r"[A-Za-z0-9._-]{1,100}", _study_name(name))


def test_a_relative_storage_is_kept_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.create(Path("run"), task="t", storage="sqlite:///shared.db")
    assert RunFolder.open(Path("run")).database == tmp_path / "shared.db" == folder.database


def test_a_password_is_nowhere_but_in_the_url_itself(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t", storage=SECRET)
    assert folder.storage_url == SECRET
    texts = [repr(folder), str(folder), folder.shown_url, (folder.path / "run.json").read_text()]
    assert not any("sesame" in text for text in texts)
    opened = RunFolder.open(folder.path)
    with pytest.raises(StudyError, match="give the whole URL with --storage") as error:
        _ = opened.storage_url
    assert "sesame" not in str(error.value)
    assert RunFolder.open(folder.path, storage=SECRET).storage_url == SECRET


def test_a_failed_write_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError, match="No space left on device; choose another folder"):
        RunFolder.create(tmp_path / "run", task="t")
    assert list(tmp_path.iterdir()) == []


def test_the_command_is_kept_without_passwords(tmp_path: Path) -> None:
    command = {"storage": SECRET.replace("open sesame", "sesame"), "data": tmp_path, "trials": 3, "gpus": (0, 1)}
    RunFolder.create(tmp_path / "run", task="t", command=command)
    opened = RunFolder.open(tmp_path / "run")
    assert opened.command == {"storage": opened.command["storage"], "data": str(tmp_path), "trials": 3, "gpus": [0, 1]}
    assert "sesame" not in (tmp_path / "run" / "run.json").read_text()


@pytest.mark.parametrize("field", ['"command": 3', '"part": "two"'])
def test_a_damaged_later_field_is_refused(tmp_path: Path, field: str) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t")
    document = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps(document | json.loads(f"{{{field}}}")))
    with pytest.raises(StudyError, match="is damaged"):
        RunFolder.open(folder.path)


def test_a_new_study_in_the_same_folder_leaves_the_old_one(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t", study="digits", command={"trials": 3})
    with Study.create(folder.storage_url, folder.study, run=make_draft()) as study:
        study.complete(begin(study), outcome(0.5))
    (folder.checkpoints / "trial-0.keras").write_bytes(b"weights")
    second = folder.next_study(command={"trials": 5})
    third = second.next_study()
    assert [run.study for run in (folder, second, third)] == ["digits", "digits.2", "digits.3"]
    assert RunFolder.open(folder.path).study == "digits.3"
    assert RunFolder.open(folder.path).checkpoints == folder.checkpoints / "3"
    assert third.command == {"trials": 5}
    with Study.create(third.storage_url, third.study, run=make_draft()) as study:
        assert study.position == 0
    with StudyReader.open(folder.path / "study.db", study="digits") as reader:
        assert len(reader.trials()) == 1


def test_a_long_study_name_leaves_room_for_its_number(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t", study="x" * 100)
    for part in range(2, 12):
        folder = folder.next_study()
        assert folder.study == "x" * (100 - len(f".{part}")) + f".{part}"


def test_a_sweep_takes_what_killed_writers_left_and_nothing_else(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", task="t")
    (folder.path / ".run.json.0123456789ab.json").write_text("{")
    (folder.checkpoints / ".trial-3.keras.0123456789ab.keras").write_text("half")
    (folder.path / ".model.0123456789ab").mkdir()
    (folder.checkpoints / "trial-2.keras").write_text("whole")
    folder.sweep()
    assert sorted(path.name for path in folder.path.rglob("*") if path.is_file()) == ["run.json", "trial-2.keras"]
    assert not (folder.path / ".model.0123456789ab").exists()
