"""The SavedModel: what it takes, what it answers, and that it needs nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from automl.data import ImageContract, decode_picture
from automl.errors import ConfigError
from automl.export import TrainedModel, export_model, load_model

# Loads and asks a SavedModel where this package cannot be imported.
CLIENT = """
import json, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "automl":
            raise ImportError(name + " is behind the wall")

sys.meta_path.insert(0, Wall())
try:
    import automl
except ImportError:
    pass
else:
    raise SystemExit("the wall has a hole")

import numpy as np
import tensorflow as tf

folder, pictures = sys.argv[1:]
loaded = tf.saved_model.load(folder)
answer = loaded.signatures["serving_default"](image=tf.constant(np.load(pictures), tf.float32))
label = answer["label"].numpy().tolist()
print(json.dumps({
    "probabilities": answer["probabilities"].numpy().tolist(),
    "label": [value.decode() if isinstance(value, bytes) else value for value in label],
    "names": sorted(answer),
    "ours": [name for name in sys.modules if name.split(".")[0] == "automl"],
}))
"""


@pytest.fixture(scope="module")
def served(model: TrainedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of version 1."""
    (exported,) = export_model(model, ["savedmodel"], tmp_path_factory.mktemp("out"))
    return exported.path


def ask(folder: Path, x: np.ndarray) -> dict[str, np.ndarray]:
    loaded = tf.saved_model.load(str(folder))
    return {
        name: t.numpy() for name, t in loaded.signatures["serving_default"](image=tf.constant(x, tf.float32)).items()
    }


def test_a_process_without_this_package_gets_the_same_answers(
    model: TrainedModel, served: Path, pictures: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", pictures)
    command = [sys.executable, "-c", CLIENT, str(served), str(tmp_path / "x.npy")]
    out = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert out.returncode == 0, out.stderr
    answer = json.loads(out.stdout)

    assert answer["names"] == ["label", "probabilities"]
    assert answer["ours"] == []
    assert answer["label"] == model.predict(pictures).tolist()
    np.testing.assert_allclose(answer["probabilities"], model.predict_proba(pictures), atol=1e-5)


def test_the_signature_takes_raw_pictures_of_any_size(served: Path) -> None:
    signature = tf.saved_model.load(str(served)).signatures["serving_default"]
    _, inputs = signature.structured_input_signature

    assert inputs == {"image": tf.TensorSpec((None, None, None, 1), tf.float32, name="image")}
    assert signature.structured_outputs["probabilities"].dtype == tf.float32
    assert signature.structured_outputs["probabilities"].shape.as_list() == [None, 3]
    assert signature.structured_outputs["label"].shape.as_list() == [None]


@pytest.mark.parametrize(
    ("classes", "dtype"), [(["a", "ü,\n", "c"], tf.string), ([-3, 0, 2**40], tf.int64), ([False, True], tf.bool)]
)
def test_labels_are_served_in_their_type(
    make_bundle, pictures: np.ndarray, tmp_path: Path, classes: list[object], dtype: tf.DType
) -> None:
    model = load_model(make_bundle(classes))
    (exported,) = export_model(model, ["savedmodel"], tmp_path)
    loaded = tf.saved_model.load(str(exported.path))
    labels = loaded.signatures["serving_default"](image=tf.constant(pictures, tf.float32))["label"]
    found = [value.decode() for value in labels.numpy()] if dtype == tf.string else labels.numpy().tolist()

    assert labels.dtype == dtype
    assert found == model.predict(pictures).tolist()


def test_levels_between_and_beyond_are_brought_to_the_nearest(served: Path, pictures: np.ndarray) -> None:
    """What a client computed in floats is a picture of whole levels all the same."""
    x = pictures[:4].astype(np.float32)
    beyond = np.where(x == 255, 300.0, np.where(x == 0, -9.0, x + 0.3)).astype(np.float32)

    np.testing.assert_array_equal(ask(served, beyond)["probabilities"], ask(served, x)["probabilities"])


def test_it_answers_alike_every_time(served: Path, pictures: np.ndarray) -> None:
    one, other = ask(served, pictures), ask(served, pictures)

    np.testing.assert_array_equal(one["probabilities"], other["probabilities"])


PIXELS = ImageContract(shape=(12, 10, 3), mode="rgb")


@pytest.fixture(scope="module")
def pixels_served(make_bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that answers with its own pixels, so that the graph's resize can be seen through the front door."""
    folder = tmp_path_factory.mktemp("pixels")
    image = keras.Input(PIXELS.shape, dtype="uint8", name="image")
    pixels = keras.layers.Flatten()(keras.layers.Rescaling(1.0, dtype="float32")(image))
    keras.Model(image, pixels).save(folder / "pixels.keras")
    model = load_model(make_bundle(range(360), PIXELS, model_file=folder / "pixels.keras"))
    return export_model(model, ["savedmodel"], folder)[0].path


@pytest.mark.parametrize("size", [(12, 10), (24, 20), (37, 23), (12, 31), (50, 10), (5, 4), (7, 90), (240, 320)])
def test_the_graph_resizes_as_pillow_does(pixels_served: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    picture = np.random.default_rng(size).integers(0, 256, (*size, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "p.png")

    found = ask(pixels_served, picture[None])["probabilities"].reshape(PIXELS.shape)
    wanted = decode_picture(tmp_path / "p.png", PIXELS).astype(float)

    difference = np.abs(found - wanted)
    assert difference.max() <= (0.0 if size == (12, 10) else 1.0)
    assert (difference > 0).mean() < 0.05


def test_float_pictures_are_resized_without_rounding(make_bundle, tmp_path: Path) -> None:
    image = keras.Input((2, 2, 1), name="image")
    keras.Model(image, keras.layers.Flatten()(image)).save(tmp_path / "pixels.keras")
    contract = ImageContract(shape=(2, 2, 1), mode="grey", dtype="float32", value_range=(-1.0, 1.0))
    model = load_model(make_bundle(range(4), contract, model_file=tmp_path / "pixels.keras"))
    (exported,) = export_model(model, ["savedmodel"], tmp_path / "out")

    found = ask(exported.path, np.full((1, 5, 7, 1), -0.25))["probabilities"]

    np.testing.assert_allclose(found, -0.25, atol=1e-6)


@pytest.mark.real_data
def test_photographs_of_any_size_get_the_labels_that_predict_gives(make_bundle, data_dir: Path, tmp_path: Path) -> None:
    contract = ImageContract(shape=(96, 128, 3), mode="rgb")
    model = load_model(make_bundle(["daisy", "rose", "tulip"], contract))
    (exported,) = export_model(model, ["savedmodel"], tmp_path)
    loaded = tf.saved_model.load(str(exported.path))
    signature = loaded.signatures["serving_default"]
    files = sorted((data_dir / "flower_photos" / "test").rglob("*.jpg"))[::4][:60]

    predictions = model.predict_files(files)
    answers, sizes = [], set()
    for file in files:
        raw = tf.io.decode_jpeg(tf.io.read_file(str(file)), channels=3, dct_method="INTEGER_ACCURATE")
        sizes.add(tuple(raw.shape))
        answers.append(signature(image=tf.cast(raw, tf.float32)[None])["probabilities"].numpy()[0])

    assert len(sizes) > 5
    assert len(set(predictions.labels.tolist())) == 3
    np.testing.assert_allclose(answers, predictions.probabilities, atol=5e-3)
    assert model.classes[np.argmax(answers, axis=1)].tolist() == predictions.labels.tolist()


def test_another_backend_is_refused(model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    with pytest.raises(ConfigError, match="KERAS_BACKEND=tensorflow"):
        export_model(model, ["savedmodel"], tmp_path / "out")
