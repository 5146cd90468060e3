"""A loaded model: arrays and files give the same answers, and what does not fit is refused."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from automl.data import ImageContract
from automl.errors import DataError, ExportError
from automl.export import TrainedModel, load_model


def test_probabilities_are_a_float32_column_a_class(model: TrainedModel, pictures: np.ndarray) -> None:
    probabilities = model.predict_proba(pictures)

    assert (probabilities.shape, probabilities.dtype) == ((60, 3), np.float32)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-6)


def test_labels_are_the_most_probable_classes(model: TrainedModel, pictures: np.ndarray) -> None:
    labels = model.predict(pictures)

    assert labels.tolist() == model.classes[model.predict_proba(pictures).argmax(axis=1)].tolist()
    assert len(set(labels.tolist())) == 3  # else the other tests here prove nothing


def test_the_model_is_what_plain_keras_loads(model: TrainedModel, bundle: Path, pictures: np.ndarray) -> None:
    plain = keras.saving.load_model(bundle / "model.keras", safe_mode=True)

    np.testing.assert_allclose(model.predict_proba(pictures), plain.predict(pictures, verbose=0), atol=1e-6)


@pytest.mark.parametrize("size", [1, 7, 60, 1000])
def test_the_batch_size_changes_nothing(model: TrainedModel, pictures: np.ndarray, size: int) -> None:
    np.testing.assert_allclose(model.predict_proba(pictures, batch_size=size), model.predict_proba(pictures), atol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_equal_pixels_of_any_dtype_give_equal_answers(model: TrainedModel, pictures: np.ndarray, dtype: str) -> None:
    expected = model.predict_proba(pictures[:5])

    np.testing.assert_array_equal(model.predict_proba(pictures[:5].astype(dtype)), expected)
    np.testing.assert_array_equal(model.predict_proba(pictures[:5, :, :, 0].astype(dtype)), expected)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 27, 28)), "27"),
        (np.zeros((2, 28, 28, 3)), "3"),
        (np.zeros((28, 28)), "28"),
        (np.full((2, 28, 28), np.nan), "NaN"),
        (np.full((2, 28, 28), 256), "256"),
        (np.full((2, 28, 28), -1), "-1"),
        (np.full((2, 28, 28), "a"), "dtype"),
        (np.zeros((0, 28, 28)), "0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(model: TrainedModel, x: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        model.predict_proba(x)


def test_files_answer_as_their_pixels_do(model: TrainedModel, class_folder: Path, pictures: np.ndarray) -> None:
    files = sorted(class_folder.rglob("*.png"), key=lambda path: path.name)

    predictions = model.predict_files(files)

    assert predictions.names == tuple(map(str, files))
    np.testing.assert_allclose(predictions.probabilities, model.predict_proba(pictures), atol=1e-6)
    assert predictions.labels.tolist() == model.predict(pictures).tolist()


def test_a_folder_answers_for_every_picture_below_it(model: TrainedModel, class_folder: Path) -> None:
    predictions = model.predict_data(class_folder)

    assert predictions.column == "path"
    assert sorted(predictions.names) == sorted(str(path) for path in class_folder.rglob("*.png"))


def test_one_picture_is_data_too(model: TrainedModel, class_folder: Path, pictures: np.ndarray) -> None:
    path = class_folder / "ant" / "00.png"

    predictions = model.predict_data(str(path))

    assert predictions.names == (str(path),)
    assert predictions.labels.tolist() == model.predict(pictures[:1]).tolist()


def test_an_npz_answers_row_by_row(model: TrainedModel, tmp_path: Path, pictures: np.ndarray) -> None:
    np.savez(tmp_path / "data.npz", x=pictures)

    predictions = model.predict_data(tmp_path / "data.npz")

    assert (predictions.column, predictions.names) == ("row", tuple(range(60)))
    assert predictions.labels.tolist() == model.predict(pictures).tolist()


def test_data_that_is_not_there_is_said(model: TrainedModel, tmp_path: Path) -> None:
    for missing in ("nowhere", "nowhere.npz", "nowhere.png"):
        with pytest.raises(DataError, match=missing):
            model.predict_data(tmp_path / missing)


def test_a_bad_file_is_named(model: TrainedModel, class_folder: Path) -> None:
    (class_folder / "bee" / "notes.png").write_text("no picture")

    with pytest.raises(DataError, match=r"notes\.png"):
        model.predict_data(class_folder)


def test_a_bad_file_can_be_skipped(model: TrainedModel, class_folder: Path) -> None:
    expected = model.evaluate(class_folder)
    (class_folder / "bee" / "00notes.png").write_text("no picture")

    predictions = model.predict_data(class_folder, on_bad_file="skip")

    assert len(predictions) == 60
    assert predictions.skipped == (str(class_folder / "bee" / "00notes.png"),)
    assert model.evaluate(class_folder, on_bad_file="skip") == expected


def test_evaluation_of_a_folder_an_npz_and_arrays_agree(
    model: TrainedModel, class_folder: Path, pictures: np.ndarray, tmp_path: Path
) -> None:
    y = np.array(["ant", "bee", "cat"] * 20)
    np.savez(tmp_path / "data.npz", x_train=pictures[:1], y_train=y[:1], x_test=pictures, y_test=y)

    of_arrays = model.evaluate(pictures, y)

    assert of_arrays.rows == 60
    assert model.evaluate(class_folder).confusion == of_arrays.confusion
    assert model.evaluate(tmp_path / "data.npz").metrics == pytest.approx(of_arrays.metrics, rel=1e-5)


def test_the_test_part_of_a_data_set_is_evaluated(model: TrainedModel, class_folder: Path, tmp_path: Path) -> None:
    for part, classes in (("train", ["ant"]), ("test", ["bee", "cat"])):
        for name in classes:
            shutil.copytree(class_folder / name, tmp_path / "parts" / part / name)

    evaluation = model.evaluate(tmp_path / "parts")

    assert [score.rows for score in evaluation.per_class] == [0, 20, 20]


def test_a_class_that_the_model_does_not_know_is_refused(model: TrainedModel, class_folder: Path) -> None:
    (class_folder / "cat").rename(class_folder / "zebra")

    with pytest.raises(DataError, match="zebra"):
        model.evaluate(class_folder)


def test_labels_are_needed_to_evaluate(model: TrainedModel, pictures: np.ndarray, tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=pictures)

    with pytest.raises(DataError, match="no labels"):
        model.evaluate(tmp_path / "data.npz")
    with pytest.raises(DataError, match="labels"):
        model.evaluate(pictures)
    with pytest.raises(DataError, match="60"):
        model.evaluate(pictures, ["ant"])


@pytest.mark.parametrize(("classes", "kind"), [(["x", "ü,\n", "z"], "U"), ([-3, 0, 2**40], "i"), ([False, True], "b")])
def test_classes_keep_their_type(make_bundle, pictures: np.ndarray, classes: list[object], kind: str) -> None:
    model = load_model(make_bundle(classes))
    labels = model.predict(pictures)

    assert model.classes.tolist() == classes
    assert labels.dtype.kind == kind
    assert set(labels.tolist()) <= set(classes)
    assert model.evaluate(pictures, labels).metrics["accuracy"] == 1.0


def test_the_name_of_a_folder_stands_for_an_integer_class(make_bundle, pictures: np.ndarray) -> None:
    model = load_model(make_bundle([1, 2, 3]))

    assert model.evaluate(pictures, model.predict(pictures).astype(str)).metrics["accuracy"] == 1.0


def test_float_arrays_are_answered_as_they_are(make_bundle) -> None:
    contract = ImageContract(shape=(9, 8, 2), mode="channels", dtype="float32", value_range=(0.0, 1.0))
    model = load_model(make_bundle(contract=contract))
    x = np.random.default_rng(0).random((11, 9, 8, 2))

    np.testing.assert_array_equal(model.predict_proba(x), model.predict_proba(x.astype(np.float32)))


def test_a_picture_file_is_resized_as_the_training_pictures_were(model: TrainedModel, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    large = Image.fromarray(rng.integers(0, 256, (90, 61), dtype=np.uint8))
    large.save(tmp_path / "large.png")
    small = np.asarray(large.resize((28, 28), Image.Resampling.BILINEAR))

    answer = model.predict_files([tmp_path / "large.png"]).probabilities

    np.testing.assert_allclose(answer, model.predict_proba(small[None]), atol=1e-6)


def test_a_run_is_as_good_as_its_model(model: TrainedModel, bundle: Path, pictures: np.ndarray) -> None:
    of_run = load_model(bundle.parent)

    assert of_run.manifest == model.manifest
    np.testing.assert_array_equal(of_run.predict_proba(pictures), model.predict_proba(pictures))


def test_a_torn_model_is_refused_before_keras_sees_it(make_bundle) -> None:
    bundle = make_bundle(["a", "b"])
    content = (bundle / "model.keras").read_bytes()
    (bundle / "model.keras").write_bytes(content[: len(content) // 2])

    with pytest.raises(ExportError, match=r"model\.keras is torn"):
        load_model(bundle)


def test_a_file_that_keras_cannot_read_is_said(make_bundle, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")

    with pytest.raises(ExportError, match=r"cannot be loaded by Keras 3\."):
        load_model(make_bundle(model_file=tmp_path / "m.keras"))


def test_code_in_a_model_is_not_run(make_bundle, tmp_path: Path) -> None:
    image = keras.Input((28, 28, 1), name="image", dtype="uint8")
    x = keras.layers.Lambda(lambda t: t * 1.0, output_shape=(28, 28, 1))(image)
    keras.Model(image, keras.layers.Dense(3)(keras.layers.Flatten()(x))).save(tmp_path / "m.keras")

    with pytest.raises(ExportError, match="Lambda"):
        load_model(make_bundle(model_file=tmp_path / "m.keras"))


def test_a_model_that_contradicts_its_manifest_is_refused(make_bundle, make_model_file) -> None:
    with pytest.raises(ExportError, match=r"manifest says"):
        load_model(make_bundle(["a", "b"], model_file=make_model_file(classes=3)))


def test_an_input_contract_of_another_kind_is_refused(make_bundle, bundle: Path) -> None:
    other = make_bundle(["a", "b"])
    manifest = (other / "manifest.json").read_text().replace('"grey"', '"infrared"')
    (other / "manifest.json").write_text(manifest)

    with pytest.raises(ExportError, match="input contract"):
        load_model(other)


def test_nothing_in_a_bundle_is_a_pickle(bundle: Path) -> None:
    """A pickle of protocol 2 or later begins with 0x80 and ends with a full stop."""
    contents = [path.read_bytes() for path in bundle.iterdir() if path.suffix != ".keras"]
    with zipfile.ZipFile(bundle / "model.keras") as archive:
        names = archive.namelist()
        contents += [archive.read(name) for name in names]

    assert sorted(names) == ["config.json", "metadata.json", "model.weights.h5"]
    assert not any(content[:1] == b"\x80" and content[-1:] == b"." for content in contents)
    assert not any(b"cloudpickle" in content or b"__reduce__" in content for content in contents)
