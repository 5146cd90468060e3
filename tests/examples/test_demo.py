"""The README's first walk, and the main job on real pictures, as a person starts them."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In a process that cannot import this package: the labels a SavedModel gives to pictures.
PLAIN = """
import sys
sys.modules["automl"] = None
import json, pathlib, numpy as np, tensorflow as tf
from PIL import Image
serve = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
pictures = [np.asarray(Image.open(path)) for path in json.load(sys.stdin)]
answer = serve(image=tf.constant(np.stack(pictures)[..., None].astype("float32")))
print(json.dumps([label.decode() for label in answer["label"].numpy()]))
"""


def run(*command: object, cwd: Path, stdin: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        check=False,
        cwd=cwd,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_demo_ends_with_a_good_model_and_says_where_it_is(tmp_path: Path) -> None:
    run(ROOT / "examples" / "make_digits.py", "data/digits", cwd=tmp_path)
    out = run(ROOT / "examples" / "demo.py", "--time-budget", "60s", cwd=tmp_path)
    found = re.search(r"^test accuracy: (0\.\d{4}|1\.0000)$", out, re.M)
    assert found
    assert float(found[1]) >= 0.97
    for what in ("model", "study"):
        (path,) = re.findall(rf"^{what}: (.+)$", out, re.M)
        assert (tmp_path / path).exists()


@pytest.mark.slow
@pytest.mark.real_data
def test_two_minutes_on_fashion_pictures(data_dir: Path, tmp_path: Path) -> None:
    pictures = data_dir / "fashion_mnist" / "images"
    begin = time.monotonic()
    search = ("search", "--task", "image-classify", pictures / "train", "--time-budget", "120s", "--out", "f-run")
    run("-m", "automl", *search, cwd=tmp_path)
    assert time.monotonic() - begin < 120 * 1.1 + 15  # a tenth, and at most one epoch of a busy machine

    score = json.loads(run("-m", "automl", "evaluate", "f-run", pictures / "test", "--json", cwd=tmp_path))
    assert score["metrics"]["accuracy"] >= 0.86

    run("-m", "automl", "predict", "f-run", pictures / "test", "-o", "predictions.csv", cwd=tmp_path)
    run("-m", "automl", "export", "f-run", "--format", "savedmodel", "-o", "exported", cwd=tmp_path)
    with (tmp_path / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    (model,) = (tmp_path / "exported").glob("*/1")
    labels = json.loads(run("-c", PLAIN, model, cwd=tmp_path, stdin=json.dumps([row["path"] for row in rows])))
    assert labels == [row["label"] for row in rows]
