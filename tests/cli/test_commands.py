"""Every command on a real run."""

from __future__ import annotations

import csv
import io
import json
import os

import numpy as np
import pytest


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_search_prints_the_result_on_stdout_and_progress_on_stderr(searched, run):
    labels = [line.split(" ")[0] for line in searched.stdout.splitlines()[:5]]
    assert labels == ["network", "score", "trials", "model", "study"]
    assert "  automl evaluate my-run LABELLED-PICTURES\n" in searched.stdout
    assert "2 networks" in searched.stdout
    lines = searched.stderr.splitlines()
    assert any(line.startswith("data: 120 rows (96 to train, 24 to validate), 3 classes, 8x8x1") for line in lines)
    assert sum(line.startswith("trial 0: val_accuracy") for line in lines) == 1
    assert any(line.startswith("training the final model") for line in lines)
    assert "\x1b" not in searched.stdout + searched.stderr
    assert "tensorflow" not in searched.stderr.lower()
    assert max(map(len, searched.stdout.splitlines())) <= 80


def test_search_leaves_a_run_with_a_model_and_a_study(run):
    assert {"run.json", "study.db", "model", "logs"} <= set(os.listdir(run))  # noqa: PTH208
    assert {"model.keras", "manifest.json"} <= set(os.listdir(run / "model"))  # noqa: PTH208


def test_search_says_it_in_json_and_quiet_says_nothing_else(automl_process, place):
    options = (
        "--trials 1 --max-epochs 1 --space tiny.yaml --workers 0 --seed 3 --cache-dir cache -q --json --out quiet-run"
    )
    done = automl_process("search", "--task", "image-classify", "data/digits/train", *options.split(), cwd=place)
    assert (done.exit_code, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["objective"] == "val_accuracy"
    assert document["trials"] == 1
    assert document["classes"] == ["0", "1", "2"]
    assert document["interrupted"] is False
    assert set(document) == {
        "run", "model", "study", "task", "objective", "value", "metrics", "refit", "epochs", "trials", "best_trial",
        "network", "parameters", "classes", "seconds", "interrupted",
        "baseline", "signal", "already_finished", "resume", "folds", "fold", "networks", "best_value", "report",
    }  # fmt: skip


def test_predict_writes_path_and_label_without_tensorflows_noise(automl_process, place, run):
    done = automl_process("predict", run, "data/digits/test", cwd=place)
    assert (done.exit_code, done.stderr) == (0, "")
    found = rows_of(done.stdout)
    assert len(found) == 30
    assert list(found[0]) == ["path", "label"]
    assert {row["label"] for row in found} <= {"0", "1", "2"}
    assert all((place / "data/digits/test" / row["path"]).is_file() or (place / row["path"]).is_file() for row in found)


def test_predict_with_proba_has_a_column_a_class_and_a_file_is_the_same(automl, at_place, tmp_path):
    done = automl("predict", "my-run", "data/digits/test", "--proba")
    found = rows_of(done.stdout)
    assert list(found[0]) == ["path", "label", "0", "1", "2"]
    for row in found:
        chances = [float(row[name]) for name in "012"]
        assert sum(chances) == pytest.approx(1.0, abs=1e-5)
        assert row["label"] == "012"[int(np.argmax(chances))]
    written = automl("predict", "my-run/model", "data/digits/test", "--proba", "-o", tmp_path / "p.csv")
    assert written.stdout == ""
    assert (tmp_path / "p.csv").read_bytes().decode() == done.stdout


def test_predict_does_not_start_when_the_file_cannot_be_written(automl, at_place):
    done = automl("predict", "my-run", "data/digits/test", "-o", "nowhere/p.csv")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: cannot write nowhere/p.csv: there is no folder ")


def test_evaluate_agrees_with_predict(automl, at_place):
    document = json.loads(automl("evaluate", "my-run", "data/digits/test", "--json").stdout)
    found = rows_of(automl("predict", "my-run", "data/digits/test").stdout)
    right = np.mean([row["label"] == row["path"].split("/")[-2] for row in found])
    assert document["metrics"]["accuracy"] == pytest.approx(right)
    assert document["rows"] == 30


def test_evaluate_shows_metrics_and_classes(automl, at_place):
    lines = automl("evaluate", "my-run", "data/digits/test").stdout.splitlines()
    assert lines[0].split() == ["metric", "30", "rows"]
    assert lines[1].startswith("accuracy ")
    assert lines[-4].split() == ["class", "rows", "precision", "recall", "f1"]
    assert [line.split()[:2] for line in lines[-3:]] == [["0", "10"], ["1", "10"], ["2", "10"]]


def test_trials_is_a_table_by_number_that_fits_80_columns(automl, at_place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = automl("trials", "my-run").stdout.splitlines()
    assert lines[0].split() == ["#", "state", "val_accuracy", "epochs", "time", "params", "network"]
    assert [line.split()[0] for line in lines[1:3]] == ["0", "1"]
    assert max(map(len, lines)) <= 80


def test_trials_in_json_has_everything_of_every_trial(automl, at_place):
    document = json.loads(automl("trials", "my-run", "--json").stdout)
    assert document["objective"] == "val_accuracy"
    assert [trial["number"] for trial in document["trials"]] == list(range(len(document["trials"])))
    assert {"state", "value", "params", "parameters", "flops", "reason"} <= set(document["trials"][0])


def test_export_writes_each_format_and_says_where(automl, at_place, tmp_path):
    done = automl("export", "my-run", "--format", "keras, savedmodel", "-o", tmp_path / "out", "--json")
    exports = json.loads(done.stdout)["exports"]
    assert [one["format"] for one in exports] == ["keras", "savedmodel"]
    assert all(one["parity"] <= 1e-5 for one in exports)
    assert (tmp_path / "out" / "tiny" / "1" / "saved_model.pb").is_file()
    again = automl("predict", tmp_path / "out" / "tiny-keras", "data/digits/test")
    assert again.stdout == automl("predict", "my-run", "data/digits/test").stdout


def test_export_refuses_an_unknown_format(automl, at_place, tmp_path):
    done = automl("export", "my-run", "--format", "savedmodle", "-o", tmp_path)
    assert done.exit_code == 2
    assert "did you mean 'savedmodel'?" in done.stderr
    assert automl("export", "my-run", "--format", ",", "-o", tmp_path).exit_code == 2


def test_spaces_lists_shows_and_validates(automl, tmp_path):
    assert "cnn" in [line.split()[0] for line in automl("spaces", "list").stdout.splitlines()[1:]]
    shown = automl("spaces", "show", "cnn").stdout
    copy = tmp_path / "mine.yaml"
    copy.write_text(shown)
    done = automl("spaces", "validate", copy)
    assert done.exit_code == 0
    assert done.stdout.startswith("ok: cnn, ")
    document = json.loads(automl("spaces", "validate", copy, "--shape", "28x28x1", "--json").stdout)
    assert document["parameters"] > 0
    assert document["violations"] == []


def test_a_wrong_space_is_shown_with_its_place(automl, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: 1\nname: wrong\ntask: image-classify\nmodel:\n  - conv: {fliters: 8}\n  - head\n")
    done = automl("spaces", "validate", wrong)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {wrong}:5:")
    assert "did you mean 'filters'?" in done.stderr
    assert done.stdout == ""


def test_a_budget_that_is_too_short_ends_with_a_model_and_says_so(automl_process, place):
    options = "--space tiny.yaml --time-budget 1s --out hasty --cache-dir cache"
    done = automl_process("search", "--task", "image-classify", "data/digits/train", *options.split(), cwd=place)
    assert done.exit_code == 0
    assert (place / "hasty" / "model" / "model.keras").exists()
    assert " of a budget of 1 s: starting up and a first epoch need longer here" in done.stderr
