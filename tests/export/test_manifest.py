"""The manifest: what it accepts, what it refuses, and that its text is canonical."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import ExportError
from automl.export.manifest import Manifest, Member, Output, installed_versions
from automl.jobs import TrainingSettings


def manifest(**changes: object) -> Manifest:
    fields: dict[str, object] = {
        "task": "image-classify",
        "name": "digits",
        "inputs": {"image": {"shape": [28, 28, 1], "mode": "grey"}},
        "outputs": {"label": Output.of(["a", "b"])},
        "validation": {"val_accuracy": 0.9},
        "refit": True,
        "epochs": 7,
        "training": TrainingSettings(),
        "parameters": 1234,
        "fingerprint": "f" * 64,
    }
    return Manifest.model_validate(fields | changes)


def test_text_and_back_is_the_same_manifest() -> None:
    written = manifest(trial=3, study="s", validation={"val_accuracy": 0.1 + 0.2})

    assert Manifest.parse(written.text()) == written


def test_the_text_is_canonical() -> None:
    one, other = manifest(validation={"a": 1.0, "b": 2.0}), manifest(validation={"b": 2.0, "a": 1.0})
    other = other.model_copy(update={"created": one.created})

    assert one.text() == other.text()
    assert list(json.loads(one.text())) == sorted(json.loads(one.text()))


def test_metrics_that_are_no_numbers_become_null() -> None:
    text = manifest(validation={"val_loss": math.nan, "val_auc": math.inf}).text()

    assert json.loads(text)["validation"] == {"val_loss": None, "val_auc": None}


def test_created_is_utc() -> None:
    assert manifest().created.endswith("+00:00")


def test_versions_name_what_builds_a_model() -> None:
    assert set(installed_versions()) == {"automl", "keras", "tensorflow", "numpy", "python"}


def test_a_newer_manifest_is_refused_and_says_so() -> None:
    document = json.loads(manifest().text()) | {"format_version": 2, "something": "new"}

    with pytest.raises(ExportError, match=r"format_version 2.*reads 1.*upgrade automl"):
        Manifest.parse(json.dumps(document))


def test_an_unknown_field_is_refused_and_named() -> None:
    document = json.loads(manifest().text()) | {"colour": "red"}

    with pytest.raises(ExportError, match="colour"):
        Manifest.parse(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '{"format_version": 1}', "\x00"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ExportError, match=r"^here"):
        Manifest.parse(text, where="here")


@given(cut=st.integers(0, 10_000))
def test_a_torn_manifest_is_refused(cut: int) -> None:
    text = manifest().text().rstrip()

    with pytest.raises(ExportError):
        Manifest.parse(text[: cut % len(text)])


@pytest.mark.parametrize("name", ["../model.keras", "a/b", "", ".hidden", "/etc/passwd"])
def test_a_checksum_of_a_file_elsewhere_is_refused(name: str) -> None:
    document = json.loads(manifest().text()) | {"files": {name: {"sha256": "0" * 64, "size": 1}}}

    with pytest.raises(ExportError):
        Manifest.parse(json.dumps(document))


@given(
    st.one_of(
        st.lists(st.text(), min_size=2, unique=True),
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, unique=True),
        st.just([False, True]),
    )
)
def test_classes_keep_values_type_and_order(classes: list[object]) -> None:
    output = Output.model_validate_json(Output.of(classes).model_dump_json())

    assert list(output.classes) == classes
    assert [type(label) for label in output.classes] == [type(label) for label in classes]


@pytest.mark.parametrize(
    ("classes", "kind"), [(["b", "a"], "U"), ([3, 1], "i"), ([False, True], "b"), (np.array([1, 2], "u1"), "i")]
)
def test_labels_come_back_in_the_dtype_of_their_type(classes: object, kind: str) -> None:
    labels = Output.of(classes).labels()

    assert labels.dtype.kind == kind
    assert labels.tolist() == list(np.asarray(classes).tolist())


@pytest.mark.parametrize("classes", [[], ["a"], ["a", "a"], ["a", 1], [1, True], [0.5, 1.5]])
def test_classes_that_cannot_be_are_refused(classes: list[object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  pydantic's ValidationError is one
        Output.of(classes)


def test_the_networks_of_a_model_come_back_and_one_of_an_earlier_version_has_none() -> None:
    member = Member(
        trial=7,
        weight=2,
        seed=1,
        refit=True,
        epochs=3,
        validation={"val_loss": float("nan"), "val_accuracy": 0.5},
        training=TrainingSettings(ema=0.5),
        fingerprint="0" * 64,
        architecture="architecture-2.json",
    )
    written = manifest().model_copy(update={"members": (member,)})
    assert Manifest.parse(written.text()) == written
    assert member.validation == {"val_loss": None, "val_accuracy": 0.5}
    document = json.loads(manifest().text())
    del document["members"], document["training"]["ema"]
    assert Manifest.parse(json.dumps(document)).members == ()
