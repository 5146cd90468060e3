"""The table of backbones is what Keras builds, and pictures reach them as they expect."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from automl import ops
from automl.errors import SpaceError
from automl.ops import backbones

# TensorFlow's variables answer NumPy 2 in the old way; Keras reads them so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

CHEAP = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "VGG16", "ResNet50V2"]
DEAR = [name for name in backbones.table() if name not in CHEAP]


@pytest.fixture(scope="module")
def measuring() -> ModuleType:
    """The program that made the table."""
    file = Path(__file__).parents[2] / "benchmarks" / "backbones.py"
    spec = importlib.util.spec_from_file_location("measure_backbones", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [*CHEAP, *(pytest.param(name, marks=pytest.mark.slow) for name in DEAR)])
def test_the_table_is_what_keras_builds(name: str, measuring: ModuleType) -> None:
    known = backbones.table()[name]
    assert measuring.measure(name, known) == known


@pytest.mark.parametrize(
    ("name", "height", "width"),
    [
        ("MobileNet", 45, 67),
        ("MobileNetV2", 33, 50),
        ("MobileNetV3Small", 49, 35),
        ("EfficientNetB0", 45, 61),
        ("EfficientNetV2B0", 37, 59),
        ("VGG16", 63, 40),
        ("ResNet50", 47, 32),
        ("DenseNet121", 37, 95),
        ("Xception", 74, 71),
        ("InceptionV3", 76, 99),
    ],
)
def test_a_picture_of_any_size_gives_the_shape_and_parameters_of_keras_and_costs_nearly_so(
    name: str, height: int, width: int, measuring: ModuleType
) -> None:
    op = ops.create("backbone", {"network": name})
    x = (height, width, 3)
    network = measuring.build(name, height, width)
    assert op.infer(x) == network.output_shape[1:]
    assert op.cost(x).parameters == network.count_params()
    amounts = [measuring.amounts(layer) for layer in network.operations]
    counted = backbones.table()[name].cost(height, width)
    assert counted.flops == pytest.approx(sum(flops for flops, _ in amounts), rel=0.01)
    assert counted.activations == pytest.approx(sum(written for _, written in amounts), rel=0.12)


@pytest.mark.slow
def test_a_frozen_backbone_of_grey_pictures_is_saved_and_loaded_by_plain_keras(tmp_path: Path) -> None:
    import keras

    shape = (32, 40, 1)
    op = ops.create("backbone", {"network": "MobileNetV2", "trainable": False})
    inputs = keras.Input(shape)
    map_ = op.build(shape, name="tower")(inputs)
    outputs = ops.create("head", {"units": 2}).build(op.infer(shape), name="head")(map_)
    model = keras.Model(inputs, outputs)
    assert map_.shape[1:] == op.infer(shape)
    assert model.count_params() == op.cost(shape).parameters + 2 * 1281
    assert sum(w.numpy().size for w in model.trainable_weights) == 2 * 1281
    rows = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "rows.npy", rows)
    program = """
import sys
import keras, numpy as np
folder = sys.argv[1]
model = keras.models.load_model(f"{folder}/model.keras", safe_mode=True)
np.save(f"{folder}/answers.npy", model.predict(np.load(f"{folder}/rows.npy"), verbose=0))
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr
    np.testing.assert_array_equal(np.load(tmp_path / "answers.npy"), model.predict(rows, verbose=0))


@pytest.mark.parametrize(("name", "module"), [("VGG16", "vgg16"), ("MobileNetV2", "mobilenet_v2")])
def test_weights_of_a_file_see_what_their_preprocessing_gives(name: str, module: str, tmp_path: Path) -> None:
    import keras

    theirs = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(32, 32, 3))
    theirs.save_weights(tmp_path / "trained.weights.h5")
    op = ops.create("backbone", {"network": name, "weights": str(tmp_path / "trained.weights.h5")})
    inputs = keras.Input((32, 32, 3))
    ours = keras.Model(inputs, op.build((32, 32, 3), name="tower")(inputs))
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3)).astype("float32")
    mean, deviation = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
    expected = theirs.predict(getattr(keras.applications, module).preprocess_input(pixels.copy()), verbose=0)
    answer = ours.predict(((pixels - mean) / deviation).astype("float32"), verbose=0)
    # Caffe's means differ from ImageNet's by up to 0.5 grey values.
    np.testing.assert_allclose(answer, expected, atol=0.03 * abs(expected).max())
    assert ours.count_params() == op.cost((32, 32, 3)).parameters


@pytest.mark.parametrize(
    ("args", "shape", "message"),
    [
        ({"network": "MobilNetV2"}, (32, 32, 3), "of 'backbone': unknown network 'MobilNetV2'; did you mean 'MobileNe"),
        ({"network": "MobileNetV2"}, (32, 32, 2), "'backbone' needs 1 or 3 channels, the input has 2"),
        ({"network": "MobileNetV2"}, (28, 28, 3), "MobileNetV2 needs pictures of at least 32x32; enlarge them by 'res"),
        (
            {"network": "MobileNetV2"},
            (None, 32, 3),
            "'backbone' needs a map of known size; bring it to one by 'resize'",
        ),
        ({"network": "MobileNetV2"}, (32, 3), "'backbone' needs a map with 2 spatial axes and channels"),
    ],
)
def test_what_does_not_fit_is_refused(args: dict[str, Any], shape: ops.Shape, message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        ops.create("backbone", args).infer(shape)


def test_weights_that_are_no_file_are_refused(tmp_path: Path) -> None:
    op = ops.create("backbone", {"network": "MobileNetV2", "weights": "nowhere.h5"})
    with pytest.raises(SpaceError, match=r"the weights 'nowhere.h5' of 'backbone' are no file; give one, none or imag"):
        op.build((32, 32, 3), name="tower")


def test_a_download_that_fails_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    def offline(**_: Any) -> None:
        raise Exception("URL fetch failure")  # as Keras does

    monkeypatch.setattr(keras.applications, "MobileNetV2", offline)
    op = ops.create("backbone", {"network": "MobileNetV2", "weights": "imagenet"})
    with pytest.raises(SpaceError, match="imagenet weights of MobileNetV2 cannot be had: URL fetch failure; download"):
        op.build((32, 32, 3), name="tower")
