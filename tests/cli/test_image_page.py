"""The commands and snippets of docs/tasks/image.md run as they stand there."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow  # searches of its own

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "image.md").read_text("utf-8")
COMMANDS = [shlex.split(line) for line in re.findall(r"^\$ automl (.+)$", PAGE, re.M)]
SPACE = "version: 1\nname: tiny\nmodel: [{maxpool: {size: 3}}, flatten, head]\ntrain: {lr: 0.05, batch_size: 16}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with photos/train.csv, photos/test.csv and photos/img/*.png: sand is red, sun is a bright upper half."""
    place = tmp_path_factory.mktemp("pictures")
    (place / "photos" / "img").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for part, rows in (("train", 90), ("test", 30)):
        lines = ["file,tags,price"]
        for number in range(rows):
            beach, sunny = rng.random(2) < 0.5
            pixels = rng.integers(0, 60, (12, 12, 3), dtype=np.uint8)
            pixels[6:, :, 0] += np.uint8(180 * beach)
            pixels[:6, :, 2] += np.uint8(180 * sunny)
            name = f"img/{part}{number}.png"
            Image.fromarray(pixels).save(place / "photos" / name)
            tags = "|".join(tag for tag, on in (("beach", beach), ("sunny", sunny)) if on)
            lines.append(f"{name},{tags},{50 + 40 * beach + 30 * sunny}")
        (place / "photos" / f"{part}.csv").write_text("\n".join(lines))
    (place / "tiny.yaml").write_text(SPACE)
    return place


@pytest.fixture(scope="module")
def searched(folder, automl):
    """The page's search as it ended, of one trial."""
    (search,) = [command for command in COMMANDS if command[0] == "search"]
    search[search.index("--time-budget") : search.index("--time-budget") + 2] = ["--trials", "1"]
    search[search.index("photos/train.csv")] = str(folder / "photos" / "train.csv")
    search[search.index("my-run")] = str(folder / "my-run")
    options = ["--seed", "1", "--workers", "0", "--max-epochs", "15", "--space", folder / "tiny.yaml"]
    return automl(*search, *options, "--cache-dir", folder / "cache")


@pytest.fixture
def at_folder(folder, searched, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_a_search_finds_what_tells_the_labels(searched) -> None:
    assert searched.exit_code == 0, searched.stderr
    assert "90 rows (72 to train, 18 to validate), 2 labels, 12x12x3" in searched.stderr
    assert "guessing  val_f1_micro 0." in searched.stdout


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "search"], ids=" ".join)
def test_a_command_of_the_page_runs(command, automl, at_folder) -> None:
    done = automl(*command)
    assert done.exit_code == 0, done.stderr


def test_answers_and_scores_are_good(automl, at_folder) -> None:
    found = json.loads(automl("evaluate", "my-run", "photos/test.csv", "--json").stdout)
    assert found["metrics"]["f1_micro"] > 0.9
    assert [one["label"] for one in found["per_class"]] == ["beach", "sunny"]
    answers = list(csv.DictReader(automl("predict", "my-run", "photos/test.csv", "--proba").stdout.splitlines()))
    truth = list(csv.DictReader((at_folder / "photos" / "test.csv").read_text().splitlines()))
    assert [row["path"] for row in answers] == [row["file"] for row in truth]
    assert np.mean([a["labels"] == b["tags"] for a, b in zip(answers, truth, strict=True)]) > 0.8
    assert all((float(row["beach"]) >= 0.5) == ("beach" in row["labels"]) for row in answers)


def test_check_says_what_the_pictures_are(automl, at_folder) -> None:
    Image.new("CMYK", (40, 30)).save("photos/img/odd.jpg")
    Image.fromarray(np.asarray(Image.open("photos/img/train0.png"))).save("photos/img/again.png")
    text = Path("photos/train.csv").read_text()
    Path("photos/odd.csv").write_text(text + "\nimg/odd.jpg,beach,1\nimg/gone.png,sunny,2")
    Path("photos/val.csv").write_text("file,tags,price\nimg/again.png,beach,1\n")
    command = ["check", "photos/odd.csv", "--task", "image-regress", "--target", "price", "--val", "photos/val.csv"]
    done = automl(*command, "--on-bad-file", "skip", "--cache-dir", "cache")
    assert "pictures are RGB (90), CMYK (1)" in done.stdout
    assert "2 sizes from 12 x 12 to 30 x 40 (height x width), resized to 12 x 12" in done.stdout
    assert "warning: 1 of 92 files are left out; the first: " in done.stdout
    assert "gone.png (row 91 of" in done.stdout
    assert "1 of 1 validation pictures are equal to training pictures" in done.stdout


def test_the_snippet_runs() -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    x = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    names: dict[str, Any] = {"X": x, "y": np.arange(60) % 2}
    cheap = "space=Space.parse(SPACE), workers=0, time_budget=None, max_epochs=2"
    names["SPACE"] = SPACE
    exec("from automl import Space\n" + snippet.replace("max_epochs=2", cheap), names)  # the page's are better
    classifier, tagger, regressor = (names[name] for name in ("classifier", "tagger", "regressor"))
    assert set(classifier.predict(x[:3])) <= {0, 1}
    assert [type(labels) for labels in tagger.predict(x[:3])] == [set] * 3
    assert tagger.predict_proba(x[:3]).shape == (3, 2)
    assert regressor.predict(x[:3]).shape == (3,)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--task", "image-classify", "--multi-label"], 2, "which column is to be predicted"),
        (["--task", "image-regress", "--target", "tags"], 3, "tags is missing"),
        (["--task", "image-classify", "--target", "price", "--path", "tags"], 3, "names no picture in"),
        (["--task", "image-regress", "--target", "price", "--multi-label"], 2, "image-regress has no labels to give"),
        (
            ["--task", "image-classify", "--target", "price,file", "--path", "file", "--multi-label"],
            3,
            "a label's column holds 0 and 1",
        ),
        (
            ["--task", "image-classify", "--target", "tags", "--multi-label", "--class-weight", "balanced"],
            2,
            "class weights are for one class a row",
        ),
    ],
)
def test_bad_input_is_one_sentence(folder, automl, options, code, message, monkeypatch) -> None:
    monkeypatch.chdir(folder)
    done = automl("search", "photos/train.csv", "--trials", "1", "--out", "bad", "--cache-dir", "cache", *options)
    assert done.exit_code == code, done.stderr
    assert re.search(message, done.stderr)
    assert not (folder / "bad").exists()
