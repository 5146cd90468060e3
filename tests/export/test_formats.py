"""Handing a model over: where artifacts go, and that none stays that does not agree."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from automl.errors import ConfigError, ExportError
from automl.export import FORMATS, TrainedModel, export_model, formats, load_model


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_every_format_says_where_it_is_how_large_and_how_close(model: TrainedModel, tmp_path: Path) -> None:
    exported = export_model(model, FORMATS, tmp_path, name="pets")

    assert [item.format for item in exported] == ["keras", "savedmodel"]
    assert [item.path for item in exported] == [tmp_path / "pets-keras", tmp_path / "pets" / "1"]
    for item in exported:
        assert item.parity <= 1e-5
        assert item.size == sum(path.stat().st_size for path in item.path.rglob("*") if path.is_file())


def test_nothing_else_is_left_in_the_folder(model: TrainedModel, tmp_path: Path) -> None:
    export_model(model, FORMATS, tmp_path, name="pets")

    assert {path.name for path in tmp_path.iterdir()} == {"pets", "pets-keras"}
    assert {path.name for path in (tmp_path / "pets").iterdir()} == {"1"}
    assert tree(tmp_path / "pets" / "1") >= {"saved_model.pb", "variables/variables.index"}
    assert (tmp_path / "pets" / "1" / "saved_model.pb").stat().st_mode & 0o044


def test_the_keras_format_is_a_model_like_the_first(model: TrainedModel, tmp_path: Path, pictures: np.ndarray) -> None:
    (exported,) = export_model(model, ["keras"], tmp_path)

    again = load_model(exported.path)
    assert again.manifest == model.manifest
    np.testing.assert_array_equal(again.predict_proba(pictures), model.predict_proba(pictures))


def test_the_models_own_name_is_made_a_file_name(model: TrainedModel, tmp_path: Path) -> None:
    (exported,) = export_model(model, ["keras"], tmp_path)

    assert model.manifest.name == "small animals"
    assert exported.path.name == "small-animals-keras"


def test_a_second_savedmodel_is_the_next_version(model: TrainedModel, tmp_path: Path) -> None:
    (tmp_path / "pets" / "1").mkdir(parents=True)
    (tmp_path / "pets" / "9").mkdir()

    (exported,) = export_model(model, ["savedmodel"], tmp_path, name="pets")

    assert exported.path == tmp_path / "pets" / "10"
    assert tree(tmp_path / "pets" / "1") == set()


@pytest.mark.parametrize(("format_", "folder"), [("keras", "pets-keras"), ("savedmodel", "pets")])
def test_something_else_at_the_place_is_left_alone(
    model: TrainedModel, tmp_path: Path, format_: str, folder: str
) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "thesis.tex").write_text("years of work")
    before = tree(tmp_path)

    with pytest.raises(ConfigError, match=folder):
        export_model(model, ["savedmodel", "keras"] if format_ == "keras" else [format_], tmp_path, name="pets")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(("format_", "folder"), [("keras", "pets-keras"), ("savedmodel", "pets")])
def test_an_empty_folder_is_taken(model: TrainedModel, tmp_path: Path, format_: str, folder: str) -> None:
    (tmp_path / folder).mkdir()

    (exported,) = export_model(model, [format_], tmp_path, name="pets")

    assert tree(exported.path)


def test_an_unknown_format_is_refused_with_the_nearest_name(model: TrainedModel, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'saved_model'; did you mean 'savedmodel'\?"):
        export_model(model, ["keras", "saved_model"], tmp_path)
    with pytest.raises(ConfigError, match="no format"):
        export_model(model, [], tmp_path)
    assert tree(tmp_path) == set()


@pytest.mark.parametrize("name", ["a/b", "..", "", "-x", ".hidden", "a\nb"])
def test_a_name_that_is_no_file_name_is_refused(model: TrainedModel, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="name"):
        export_model(model, ["keras"], tmp_path, name=name)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_artifact_that_disagrees_is_not_there(
    model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    chosen = type(formats._FORMATS[format_])
    monkeypatch.setattr(chosen, "answers", lambda self, folder, _model: lambda x: model.predict_proba(x) + 1e-4)

    with pytest.raises(ExportError, match=r"does not answer as the model does.*0\.0001"):
        export_model(model, [format_], tmp_path / "out", name="pets")
    assert tree(tmp_path) <= {"out"}


def test_answers_are_compared_in_full_precision(
    model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noted(*args: object, **_: object) -> float:
        seen.append(tf.config.experimental.tensor_float_32_execution_enabled())
        return 0.0

    monkeypatch.setattr(formats, "check_parity", noted)
    before = tf.config.experimental.tensor_float_32_execution_enabled()

    export_model(model, ["savedmodel"], tmp_path)

    assert seen == [False]
    assert tf.config.experimental.tensor_float_32_execution_enabled() == before


def test_a_disk_that_is_full_is_said(model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(formats.shutil, "copyfile", full)

    with pytest.raises(ExportError, match="No space left"):
        export_model(model, ["keras"], tmp_path / "out")
    assert tree(tmp_path) <= {"out"}


def test_a_bundle_that_was_torn_after_loading_is_not_handed_on(make_bundle, tmp_path: Path) -> None:
    bundle = make_bundle(["a", "b"])
    model = load_model(bundle)
    (bundle / "space.yaml").write_text("something else")

    with pytest.raises(ExportError, match=r"space\.yaml is torn"):
        export_model(model, ["keras"], tmp_path / "out")


def test_the_exported_manifest_is_json_that_anyone_can_read(model: TrainedModel, tmp_path: Path) -> None:
    (exported,) = export_model(model, ["keras"], tmp_path)

    document = json.loads((exported.path / "manifest.json").read_text())
    assert document["outputs"]["label"]["classes"] == ["ant", "bee", "cat"]
    assert document["inputs"]["image"]["shape"] == [28, 28, 1]
