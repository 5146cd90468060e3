"""The bundle on the disk: whole or not at all, found by run or model, checked when it is opened."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from automl.errors import ExportError
from automl.export.bundle import Bundle, load_bundle, write_bundle
from automl.export.manifest import Manifest, Output
from automl.jobs import TrainingSettings

FILES = ["architecture.json", "manifest.json", "model.keras", "space.yaml"]


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "trained.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weights", b"weights" * 1000)
    return path


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(directory: Path, model_file: Path, *, name: str = "digits", **more: Any) -> Manifest:
    manifest = Manifest(
        task="image-classify",
        name=name,
        inputs={"image": {}},
        outputs={"label": Output.of(["a", "b"])},
        validation={},
        refit=False,
        epochs=1,
        training=TrainingSettings(),
        parameters=1,
        fingerprint="f",
    )
    architecture = {"b": 1, "a": []}
    known = {"model_file": model_file, "manifest": manifest, "space_text": "version: 1\n", "architecture": architecture}
    return write_bundle(directory, **known, **more)


def test_a_bundle_has_four_files_and_says_what_they_must_be(tmp_path: Path, model_file: Path) -> None:
    manifest = write(tmp_path / "model", model_file)

    assert listing(tmp_path / "model") == FILES
    assert sorted(manifest.files) == sorted(set(FILES) - {"manifest.json"})
    assert manifest.files["model.keras"].size == model_file.stat().st_size


def test_what_was_written_is_what_is_loaded(tmp_path: Path, model_file: Path) -> None:
    manifest = write(tmp_path / "model", model_file)

    bundle = load_bundle(tmp_path / "model")

    assert bundle == Bundle(tmp_path / "model", manifest)
    assert bundle.architecture() == {"a": [], "b": 1}
    assert bundle.space_file.read_text() == "version: 1\n"
    assert bundle.model_file.read_bytes() == model_file.read_bytes()


def test_nothing_else_is_left_beside_a_bundle(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "run" / "model", model_file)
    write(tmp_path / "run" / "model", model_file)

    assert listing(tmp_path / "run") == ["model"]


def test_a_run_is_as_good_as_its_model(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "run" / "model", model_file)

    assert load_bundle(tmp_path / "run") == load_bundle(str(tmp_path / "run" / "model"))


def test_an_older_bundle_is_replaced(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "model", model_file, name="old")
    write(tmp_path / "model", model_file, name="new")

    assert load_bundle(tmp_path / "model").manifest.name == "new"


def test_an_empty_folder_is_taken(tmp_path: Path, model_file: Path) -> None:
    (tmp_path / "model").mkdir()

    write(tmp_path / "model", model_file)

    assert load_bundle(tmp_path / "model").manifest.name == "digits"


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, model_file: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("years of work")

    with pytest.raises(ExportError, match="holds no bundle"):
        write(tmp_path / "thesis", model_file)
    assert listing(tmp_path / "thesis") == ["thesis.tex"]


def test_a_failed_write_leaves_the_older_bundle_and_no_litter(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "run" / "model", model_file, name="old")

    with pytest.raises(ExportError, match=r"gone\.keras"):
        write(tmp_path / "run" / "model", tmp_path / "gone.keras", name="new")
    assert load_bundle(tmp_path / "run").manifest.name == "old"
    assert listing(tmp_path / "run") == ["model"]


def test_a_torn_model_is_not_put_in_the_place_of_a_whole_one(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "run" / "model", model_file, name="old")
    model_file.write_bytes(model_file.read_bytes()[:-100])

    with pytest.raises(ExportError, match=r"trained\.keras is missing or torn"):
        write(tmp_path / "run" / "model", model_file, name="new")
    assert load_bundle(tmp_path / "run").manifest.name == "old"


def test_a_failed_rename_brings_the_older_bundle_back(
    tmp_path: Path, model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "run" / "model", model_file, name="old")
    rename, calls = Path.rename, []

    def second_fails(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(ExportError, match="No space left"):
        write(tmp_path / "run" / "model", model_file, name="new")
    assert load_bundle(tmp_path / "run").manifest.name == "old"
    assert listing(tmp_path / "run") == ["model"]


@pytest.mark.parametrize("name", ["model.keras", "space.yaml", "architecture.json"])
def test_a_torn_file_is_refused_by_name(tmp_path: Path, model_file: Path, name: str) -> None:
    write(tmp_path / "model", model_file)
    path = tmp_path / "model" / name
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(ExportError, match=rf"{name} is torn.*bytes"):
        load_bundle(tmp_path / "model")


def test_an_altered_file_is_refused_by_name(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "model", model_file)
    file = tmp_path / "model" / "model.keras"
    file.write_bytes(file.read_bytes().replace(b"weights", b"Weights"))

    with pytest.raises(ExportError, match=r"model\.keras was altered"):
        load_bundle(tmp_path / "model")


def test_a_missing_file_is_refused_by_name(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "model", model_file)
    (tmp_path / "model" / "model.keras").unlink()

    with pytest.raises(ExportError, match=r"model\.keras is missing"):
        load_bundle(tmp_path / "model")


def test_a_manifest_that_leaves_the_model_out_is_refused(tmp_path: Path, model_file: Path) -> None:
    manifest = write(tmp_path / "model", model_file)
    (tmp_path / "model" / "manifest.json").write_text(manifest.model_copy(update={"files": {}}).text())

    with pytest.raises(ExportError, match=r"says nothing about model\.keras"):
        load_bundle(tmp_path / "model")


def test_more_files_in_the_folder_do_no_harm(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "model", model_file)
    (tmp_path / "model" / "NOTES.txt").write_text("mine")

    assert "NOTES.txt" not in load_bundle(tmp_path / "model").manifest.files


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")

    with pytest.raises(ExportError, match=r"no run or model at .*nowhere"):
        load_bundle(tmp_path / "nowhere")
    with pytest.raises(ExportError, match=r"neither a run \(no model/manifest\.json in it\) nor a model"):
        load_bundle(tmp_path / "folder")
    with pytest.raises(ExportError, match="holds no model yet"):
        load_bundle(tmp_path / "run")


def test_architectures_of_further_networks_are_files_of_the_bundle(tmp_path: Path, model_file: Path) -> None:
    write(tmp_path / "model", model_file, more={"architecture-2.json": {"nodes": []}})
    bundle = load_bundle(tmp_path / "model")
    assert "architecture-2.json" in bundle.manifest.files
    (tmp_path / "model" / "architecture-2.json").write_text("{}")
    with pytest.raises(ExportError, match=r"architecture-2.json is torn"):
        load_bundle(tmp_path / "model")
