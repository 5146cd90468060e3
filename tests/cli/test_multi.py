"""The commands of docs/tasks/multi.md run as they stand there, and what their run can do in Python."""

from __future__ import annotations

import csv
import json
import pickle
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from several_rows import KINDS, houses

from automl import AutoModel
from automl.data import PreparedData
from automl.export import load_model

pytestmark = pytest.mark.slow  # searches of its own

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "multi.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]


def page(name: str) -> list[str]:
    """The page's command, to be changed."""
    (command,) = [command for command in COMMANDS if command[0] == name]
    return list(command)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with houses.csv, test.csv, new.csv and their pictures."""
    place = tmp_path_factory.mktemp("houses")
    for name, rows in (("houses", 60), ("test", 24), ("new", 6)):
        houses(place, rows, seed=rows).to_csv(place / f"{name}.csv", index=False)
    return place


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The page's search as it ended, of one trial."""
    search = page("search")
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("houses.csv")] = str(folder / "houses.csv")
    search[search.index("my-run")] = str(folder / "my-run")
    return automl(*search, "--seed", "1", "--workers", "0", "--max-epochs", "3", "--cache-dir", folder / "cache")


@pytest.fixture
def at_folder(folder, searched, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def model(folder, searched) -> AutoModel:
    assert searched.exit_code == 0, searched.stderr
    return AutoModel.load(folder / "my-run")


def rows_of(folder: Path, table: str) -> dict[str, object]:
    frame = pd.read_csv(folder / table)
    files = {place: [folder / name for name in frame[f"photo_{place}"]] for place in ("front", "back")}
    return {**files, "facts": frame[["rooms", "street"]]}


def test_a_search_learns_both_outputs_and_improves_the_sum_of_their_losses(searched, folder) -> None:
    assert searched.exit_code == 0, searched.stderr
    assert "60 rows (48 to train, 12 to validate)" in searched.stderr
    manifest = json.loads((folder / "my-run" / "model" / "manifest.json").read_text("utf-8"))
    scores = manifest["validation"]
    assert scores["val_loss"] == pytest.approx(scores["val_kind_loss"] + 0.3 * scores["val_price_loss"])
    assert {"val_kind_accuracy", "val_price_rmse"} <= scores.keys()
    assert {"val_kind_accuracy", "val_price_rmse"} <= manifest["baseline"].keys()
    assert (manifest["inputs"].keys(), manifest["outputs"].keys()) == ({"front", "back", "facts"}, {"kind", "price"})
    assert manifest["columns"] == {
        "front": ["photo_front"],
        "back": ["photo_back"],
        "facts": ["rooms", "street"],
    }
    space = (folder / "my-run" / "model" / "space.yaml").read_text("utf-8")
    assert "price: {kind: regression, loss_weight: 0.3}" in space
    assert space.count("tie: front") == 2


@pytest.fixture(scope="module")
def exported(folder, searched, automl) -> Path:
    """What the page's export writes."""
    export = page("export")
    export[export.index("my-run")] = str(folder / "my-run")
    export[export.index("exported")] = str(folder / "exported")
    done = automl(*export)
    assert done.exit_code == 0, done.stderr
    return folder / "exported"


OTHERS = [command for command in COMMANDS if command[0] not in ("search", "export")]


@pytest.mark.parametrize("command", OTHERS, ids=lambda command: command[0])
def test_a_command_of_the_page_runs(command, automl, at_folder) -> None:
    done = automl(*command)
    assert done.exit_code == 0, done.stderr


def test_check_tells_of_every_input_and_output(automl, at_folder) -> None:
    check = page("check")
    said = automl(*check).stdout
    for line in ("input front: image, 12x12x3", "input facts: table, 2 columns", "output price: numbers, price"):
        assert line in said
    assert re.search(r"guessing +val_kind_accuracy 0\.3333", said)
    document = json.loads(automl(*check, "--json").stdout)
    assert document["outputs"]["kind"]["class_counts"] == dict.fromkeys(KINDS, 20)


def test_answers_have_a_column_for_each_output(automl, at_folder) -> None:
    answers = list(csv.DictReader(automl("predict", "my-run", "new.csv", "--proba").stdout.splitlines()))
    assert list(answers[0]) == ["row", "kind", "price", *(f"kind.{kind}" for kind in KINDS)]
    for row in answers:
        chances = [float(row[f"kind.{kind}"]) for kind in KINDS]
        assert row["kind"] == KINDS[int(np.argmax(chances))]
        assert float(row["price"]) > 0


def test_a_row_with_a_bad_picture_is_refused_or_skipped(automl, at_folder) -> None:
    frame = pd.read_csv("new.csv")
    (at_folder / "broken.png").write_bytes(b"no picture")
    frame.loc[2, "photo_back"] = "broken.png"
    frame.to_csv("odd.csv", index=False)
    refused = automl("predict", "my-run", "odd.csv")
    assert (refused.exit_code, "broken.png" in refused.stderr) == (3, True)
    done = automl("predict", "my-run", "odd.csv", "--on-bad-file", "skip")
    assert [row["row"] for row in csv.DictReader(done.stdout.splitlines())] == ["0", "1", "3", "4", "5"]


def test_files_in_memory_and_the_table_are_answered_alike(model, folder) -> None:
    from_table, from_rows = model.predict(folder / "test.csv"), model.predict(rows_of(folder, "test.csv"))
    assert from_table.keys() == {"kind", "price"}
    assert from_table["kind"].tolist() == from_rows["kind"].tolist()
    np.testing.assert_allclose(from_table["price"], from_rows["price"], rtol=1e-5)
    chances = model.predict_proba(rows_of(folder, "test.csv"))
    assert chances.keys() == {"kind"}
    assert (model.classes_["kind"][chances["kind"].argmax(axis=1)] == from_rows["kind"]).all()


def test_scores_are_told_by_output(model, folder) -> None:
    frame = pd.read_csv(folder / "test.csv")
    found = model.evaluate(rows_of(folder, "test.csv"), {"kind": frame["kind"], "price": frame["price"]})
    answers = model.predict(folder / "test.csv")
    assert found["kind"].metrics["accuracy"] == pytest.approx(np.mean(answers["kind"] == frame["kind"]))
    assert found.metrics["price_rmse"] == pytest.approx(np.sqrt(np.mean((answers["price"] - frame["price"]) ** 2)))
    assert found.metrics == pytest.approx(model.evaluate(folder / "test.csv").metrics)


def test_rows_count_by_their_weights(automl, model, at_folder) -> None:
    frame = pd.read_csv("test.csv")
    right = model.predict("test.csv")["price"] - frame["price"]
    frame["counts"] = np.arange(len(frame)) % 4
    frame.to_csv("counted.csv", index=False)
    done = automl("evaluate", "my-run", "counted.csv", "--weight", "counts", "--json")
    wanted = np.average(np.abs(right), weights=frame["counts"])
    assert json.loads(done.stdout)["metrics"]["price_mae"] == pytest.approx(wanted, rel=1e-5)


def test_it_is_pickled_without_its_network(model, folder) -> None:
    again = pickle.loads(pickle.dumps(model))
    assert again.outputs_ == ("kind", "price")
    assert again.predict(folder / "new.csv")["kind"].tolist() == model.predict(folder / "new.csv")["kind"].tolist()


def test_a_search_that_is_over_gives_its_result_again(model, folder) -> None:
    assert AutoModel.resume(folder / "my-run", verbose=0).model_dir_ == model.model_dir_


def test_the_same_search_gives_its_result_again_and_another_one_is_refused(automl, model, folder) -> None:
    search = page("search")
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("houses.csv")] = str(folder / "houses.csv")
    search[search.index("my-run")] = str(folder / "my-run")
    again = automl(*search, "--json")
    assert json.loads(again.stdout)["already_finished"] is True
    search[search.index("price=0.3")] = "price=0.4"
    refused = automl(*search)
    assert (refused.exit_code, "--outputs was" in refused.stderr) == (2, True)
    space = (folder / "my-run" / "model" / "space.yaml").read_text("utf-8")
    (folder / "own.yaml").write_text(space.replace("loss_weight: 0.3", "loss_weight: 0.4"), "utf-8")
    search[search.index("price=0.4")] = "price=0.3"
    refused = automl(*search, "--space", folder / "own.yaml", "--adopt")
    assert (refused.exit_code, "losses or loss weights" in refused.stderr) == (2, True)


def test_raw_inputs_are_answered_as_prepared_ones_are(folder, searched) -> None:
    loaded = load_model(folder / "my-run")
    prepared = PreparedData.load(folder / "my-run" / "prepared")
    rows = prepared.rows("validation")
    network = loaded.keras_model.get_layer("model")
    answer = network({name: np.asarray(view).astype("float32") for name, view in rows.inputs.items()})
    scale = prepared.scales["price"]
    price = np.asarray(answer["price"]) * scale["scale"] + scale["mean"]
    frame = pd.read_csv(folder / "houses.csv").iloc[prepared.split.validation]
    files = {place: [folder / name for name in frame[f"photo_{place}"]] for place in ("front", "back")}
    raw = {**files, "facts": frame[["rooms", "street"]]}
    np.testing.assert_allclose(loaded.predict(raw)["price"], price[:, 0], rtol=1e-5)
    np.testing.assert_allclose(loaded.predict_proba(raw)["kind"], np.asarray(answer["kind"]), atol=1e-5)


def test_the_exported_model_is_asked_as_the_page_says(exported, at_folder) -> None:
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "import tensorflow" in code]
    names: dict[str, object] = {}
    exec(snippet.replace("\nsorted(", "\nfound = sorted("), names)
    assert names["found"] == ["kind", "kind_probabilities", "price"]
    assert (exported / "multi-keras" / "manifest.json").is_file()
