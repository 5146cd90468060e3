"""The snippets of docs/models.md run one after the other, as a reader would type them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from typer.testing import CliRunner

from automl.cli.app import app
from automl.export import load_model

TEXT = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path, make_bundle, make_model_file, class_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page is about: a run, photos, a photo and labelled test pictures."""
    make_bundle(directory=tmp_path / "my-run" / "model", model_file=make_model_file())
    shutil.copytree(class_folder, tmp_path / "test")
    shutil.copytree(class_folder / "bee", tmp_path / "photos")
    pixels = np.random.default_rng(2).integers(0, 256, (45, 31, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """What TensorFlow Serving does with ``:predict`` in row format; gives the port."""
    loaded = tf.saved_model.load(str(folder))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = loaded.signatures["serving_default"](image=tf.constant(body["instances"], tf.float32))
            label, probabilities = answer["label"].numpy()[0].decode(), answer["probabilities"].numpy()[0].tolist()
            content = json.dumps({"predictions": [{"label": label, "probabilities": probabilities}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run_commands(block: str) -> None:
    for line in block.splitlines():
        words = shlex.split(line.removeprefix("$ "))
        assert words[0] == "automl", line
        result = CliRunner().invoke(app, words[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}\n{result.output}"


def test_every_snippet_runs(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for kind, block in BLOCKS:
        if kind == "console":
            run_commands(block)
        elif kind == "python" and "localhost" in block:
            with serving(desk / "exported" / "digits" / "1") as port:
                exec(block.replace("localhost:8501", f"127.0.0.1:{port}"), names)
        elif kind == "python":
            exec(block, names)
        else:
            assert kind == "text"
            assert "docker" in block

    printed = capsys.readouterr().out
    (label,) = load_model(desk / "my-run").predict_data(desk / "photo.jpg").labels
    assert "photos/01.png" in printed
    assert names["classes"][names["probabilities"].argmax()] == label
    assert names["prediction"]["label"] == label
    assert (desk / "predictions.csv").read_text().startswith("path,label\n")


def test_the_page_names_every_field_of_the_manifest(bundle: Path) -> None:
    for field in json.loads((bundle / "manifest.json").read_text()):
        assert f"`{field}`" in TEXT
