"""Bad input: one clear sentence, the promised exit code, and no half-written run."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def data(place, tmp_path, monkeypatch) -> Path:
    """A copy of the training pictures in the current folder, to be spoiled."""
    shutil.copytree(place / "data" / "digits" / "train", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def search(automl):
    """A search in this process that should not get as far as a trial."""

    def search(data="data", *options, task="image-classify"):
        fixed = ("--trials", 1, "--workers", 0, "--cache-dir", "cache")
        return automl("search", "--task", task, data, *fixed, *options)

    return search


def assert_refused(done, code: int, *words: str, kept=("data",)) -> None:
    assert done.exit_code == code, done.stderr
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith(("reading", "data:"))]
    assert lines[0].startswith("error: ")
    assert len(lines) == 1, lines
    for word in words:
        assert word in lines[0]
    here = {entry.name for entry in Path.cwd().iterdir()} - {"cache"}
    assert here == set(kept)


def test_no_such_folder(search, data):
    assert_refused(search("dta"), 3, "dta")


def test_no_pictures(search, data):
    for picture in data.rglob("*.png"):
        picture.unlink()
    assert_refused(search(), 3, "data")


def test_one_class(search, data):
    shutil.rmtree(data / "1")
    shutil.rmtree(data / "2")
    assert_refused(search(), 3, "class")


def test_a_file_that_is_no_picture_is_named(search, data):
    (data / "1" / "broken.png").write_bytes(b"this is no picture")
    assert_refused(search(), 3, "broken.png", "(--on-bad-file skip)")


def test_labels_of_another_length(search, data):
    np.savez("a.npz", x=np.zeros((10, 8, 8), "uint8"), y=np.arange(9) % 2)
    assert_refused(search("a.npz"), 3, "10", "9", kept=("data", "a.npz"))


def test_nan_pixels(search, data):
    x = np.zeros((10, 8, 8), "float32")
    x[3, 2, 2] = np.nan
    np.savez("a.npz", x=x, y=np.arange(10) % 2)
    assert_refused(search("a.npz"), 3, "NaN", kept=("data", "a.npz"))


def test_unknown_task(search, data):
    assert_refused(search(task="image-clasify"), 2, "image-clasify", "did you mean 'image-classify'?")


def test_unknown_space(search, data):
    assert_refused(search("data", "--space", "cmn"), 2, "cmn", "did you mean 'cnn'?")


def test_unknown_objective(search, data):
    assert_refused(search("data", "--objective", "val_acuracy"), 2, "did you mean 'val_accuracy'?")


def test_a_folder_that_holds_something_is_not_written_into(search, data):
    Path("taken").mkdir()
    Path("taken", "thesis.txt").write_text("mine")
    assert_refused(search("data", "--out", "taken"), 2, "taken", kept=("data", "taken"))
    assert [entry.name for entry in Path("taken").iterdir()] == ["thesis.txt"]


def test_a_space_that_does_not_fit_the_pictures(search, data):
    Path("big.yaml").write_text(
        "version: 1\nname: big\ntask: image-classify\nmodel:\n"
        "  - conv: {filters: 4, kernel: 15, padding: valid}\n  - gap\n  - head\n"
    )
    assert_refused(search("data", "--space", "big.yaml"), 2, "big", kept=("data", "big.yaml"))


@pytest.mark.parametrize(
    "command", [("trials",), ("resume",), ("evaluate", "data"), ("predict", "data")], ids=lambda c: c[0]
)
def test_no_such_run(automl, data, command):
    name, *more = command
    assert_refused(automl(name, "no-run", *more), 2, "no-run")


def test_export_of_no_run(automl, data):
    assert_refused(automl("export", "no-run", "--format", "keras", "-o", "x"), 2, "no-run")


def test_predict_of_no_data(automl, at_place):
    done = automl("predict", "my-run", "no-data")
    assert done.exit_code == 3
    assert "no-data" in done.stderr


def test_no_trial_succeeded_is_4_with_the_reasons(automl_process, place):
    (place / "too-large.yaml").write_text(
        "version: 1\nname: large\ntask: image-classify\nmodel:\n"
        "  - gap\n  - dense: {units: {int: [8, 32]}}\n  - head\ntrain: {lr: 0.001}\nconstraints: {params: 10}\n"
    )
    options = "--space too-large.yaml --trials 1 --max-epochs 1 --cache-dir cache --out hopeless"
    done = automl_process("search", "--task", "image-classify", "data/digits/train", *options.split(), cwd=place)
    assert done.exit_code == 4, done.stderr
    assert done.stdout == ""
    assert "error: no trial succeeded" in done.stderr
    assert "params" in done.stderr
    assert done.stderr.endswith("continue with: automl resume hopeless\n")
    assert "Traceback" not in done.stderr
