"""A small network with its preprocessing, made by hand in plain Keras, and bundles around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from automl.data import ImageContract
from automl.export import Manifest, Output, TrainedModel, load_model, write_bundle
from automl.jobs import TrainingSettings

MakeModel = Callable[..., Path]
MakeBundle = Callable[..., Path]


@pytest.fixture(scope="session")
def make_model_file(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """``make_model_file(shape, classes, dtype)``: a ``.keras`` file with dropout, batch norm and normalization."""
    import keras

    def make(shape: tuple[int, int, int] = (28, 28, 1), classes: int = 3, dtype: str = "uint8") -> Path:
        keras.utils.set_random_seed(7)
        image = keras.Input(shape, dtype=dtype, name="image")
        high = 255.0 if dtype == "uint8" else 1.0
        x = keras.layers.Rescaling(1.0, dtype="float32")(image)
        x = keras.layers.Normalization(mean=[high / 2] * shape[2], variance=[(high / 3) ** 2] * shape[2])(x)
        x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.SeparableConv2D(12, 3, strides=2, activation="relu")(x)
        x = keras.layers.Dropout(0.5)(keras.layers.Flatten()(x))
        x = keras.layers.Dense(
            classes, kernel_initializer=keras.initializers.Orthogonal(9.0), activation="softmax", name="label"
        )(x)
        path = tmp_path_factory.mktemp("trained") / "model.keras"
        keras.Model(image, x).save(path)
        return path

    return make


@pytest.fixture(scope="session")
def make_bundle(make_model_file: MakeModel, tmp_path_factory: pytest.TempPathFactory) -> MakeBundle:
    """``make_bundle(classes=..., contract=...)``: a bundle's folder."""

    def make(
        classes: Sequence[Any] = ("ant", "bee", "cat"),
        contract: ImageContract | None = None,
        *,
        model_file: Path | None = None,
        directory: Path | None = None,
    ) -> Path:
        contract = contract or ImageContract(shape=(28, 28, 1), mode="grey")
        directory = directory or tmp_path_factory.mktemp("run") / "model"
        manifest = Manifest(
            task="image-classify",
            name="small animals",
            inputs={"image": contract.to_json()},
            outputs={"label": Output.of(classes)},
            validation={"val_accuracy": 0.5},
            refit=True,
            epochs=3,
            training=TrainingSettings(),
            parameters=1000,
            fingerprint="0" * 64,
        )
        file = model_file or make_model_file(contract.shape, len(classes), contract.dtype)
        write_bundle(directory, model_file=file, manifest=manifest, space_text="version: 1\n", architecture={})
        return directory

    return make


@pytest.fixture(scope="session")
def bundle(make_bundle: MakeBundle) -> Path:
    """A bundle for 28 x 28 grey pictures of three classes; read only."""
    return make_bundle()


@pytest.fixture(scope="session")
def model(bundle: Path) -> TrainedModel:
    """The same, loaded."""
    return load_model(bundle)


@pytest.fixture(scope="session")
def pictures() -> np.ndarray:
    """(60, 28, 28, 1) uint8."""
    return np.random.default_rng(3).integers(0, 256, (60, 28, 28, 1), dtype=np.uint8)


@pytest.fixture
def class_folder(tmp_path: Path, pictures: np.ndarray) -> Path:
    """Twenty pictures of every class, as PNG files in sub-folders."""
    root = tmp_path / "data"
    for number, picture in enumerate(pictures):
        path = root / ("ant", "bee", "cat")[number % 3] / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(path)
    return root
