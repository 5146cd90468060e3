"""A prepared folder gives back the rows it was made of."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import PreparedData, RowView, Split, read_arrays, split_rows
from automl.errors import DataError

NORMALIZE = {"image": [{"op": "normalize", "args": {"mean": [1.5], "variance": [0.1]}}]}


@pytest.fixture
def prepared(tmp_path: Path) -> PreparedData:
    x = np.random.default_rng(0).integers(0, 256, (30, 4, 5), dtype=np.uint8)
    dataset = read_arrays(x, np.arange(30) % 3, cache_dir=tmp_path / "cache")
    split = split_rows(dataset.y, seed=1)
    found = PreparedData(tmp_path / "prepared", (dataset,), split, NORMALIZE, {"mirror": True})
    found.save()
    return found


def test_what_was_saved_is_loaded(prepared: PreparedData) -> None:
    loaded = PreparedData.load(prepared.directory)
    assert loaded.datasets == prepared.datasets
    assert (loaded.preprocessing, loaded.traits) == (NORMALIZE, {"mirror": True})
    assert (loaded.classes, loaded.contract, loaded.digest) == ((0, 1, 2), prepared.contract, prepared.digest)
    assert loaded.inputs == {"image": {"shape": [4, 5, 1], "dtype": "uint8"}}
    np.testing.assert_array_equal(loaded.split.validation, prepared.split.validation)


def test_rows_are_those_of_the_split(prepared: PreparedData) -> None:
    dataset = prepared.datasets[0]
    for which, index in (("train", prepared.split.train), ("validation", prepared.split.validation)):
        rows = prepared.rows(which)
        np.testing.assert_array_equal(rows.x[:], dataset.x[index])
        np.testing.assert_array_equal(rows.y, dataset.y[index])
        assert (len(rows), rows.x.shape, rows.x.dtype) == (len(index), (len(index), 4, 5, 1), np.uint8)


def test_all_rows_are_training_and_validation_rows(prepared: PreparedData) -> None:
    rows = prepared.rows("all")
    assert len(rows) == 30
    assert np.bincount(rows.y).tolist() == [10, 10, 10]


def test_validation_data_of_its_own_is_a_second_dataset(tmp_path: Path, prepared: PreparedData) -> None:
    first = prepared.datasets[0]
    x = np.random.default_rng(1).integers(0, 256, (6, 4, 5), dtype=np.uint8)
    second = read_arrays(x, [0, 1, 2, 2, 2, 2], like=first, cache_dir=tmp_path / "cache")
    both = PreparedData(tmp_path / "both", (first, second), Split(np.arange(30), np.arange(30, 36)), NORMALIZE, {})
    both.save()
    loaded = PreparedData.load(tmp_path / "both")
    np.testing.assert_array_equal(loaded.rows("validation").x[:][..., 0], x)
    assert loaded.rows("validation").y.tolist() == [0, 1, 2, 2, 2, 2]
    assert len(loaded.rows("all")) == 36
    np.testing.assert_array_equal(loaded.rows("all").x[[35, 0, 29, 30]][[0, 3]][..., 0], x[[5, 0]])


@given(st.data())
def test_a_view_is_indexed_as_the_array_it_stands_for(data: st.DataObject) -> None:
    parts = [np.arange(5 * 2).reshape(5, 1, 2, 1), np.arange(100, 100 + 3 * 2).reshape(3, 1, 2, 1)]
    index = np.array(data.draw(st.lists(st.integers(0, 7), min_size=1, max_size=12)))
    view, array = RowView(parts, index), np.concatenate(parts)[index]
    key = data.draw(
        st.integers(-len(index), len(index) - 1)
        | st.slices(len(index))
        | st.lists(st.integers(0, len(index) - 1)).map(lambda rows: np.array(rows, dtype=np.int64))
    )
    np.testing.assert_array_equal(view[key], array[key])
    np.testing.assert_array_equal(RowView([np.concatenate(parts)], index)[key], array[key])
    np.testing.assert_array_equal(np.asarray(view), array)
    assert np.asarray(view, dtype=np.float32).dtype == np.float32


def test_a_view_cannot_be_an_array_without_a_copy() -> None:
    with pytest.raises(ValueError, match="without a copy"):
        np.array(RowView([np.zeros((2, 1, 1, 1))], np.arange(2)), copy=False)


def test_the_digest_depends_on_data_and_split_not_on_places(tmp_path: Path, prepared: PreparedData) -> None:
    dataset = prepared.datasets[0]
    elsewhere = read_arrays(dataset.x[:], dataset.y, cache_dir=tmp_path / "elsewhere")
    assert elsewhere.directory != dataset.directory
    assert PreparedData(tmp_path, (elsewhere,), prepared.split, {}, {}).digest == prepared.digest
    other = split_rows(dataset.y, seed=2)
    assert PreparedData(tmp_path, (dataset,), other, {}, {}).digest != prepared.digest


def test_saving_again_replaces_the_folder(prepared: PreparedData) -> None:
    (prepared.directory / "leftover").touch()
    prepared.save()
    assert sorted(path.name for path in prepared.directory.iterdir()) == ["prepared.json", "split.npz"]
    assert not list(prepared.directory.parent.glob(".prepared*"))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot open the prepared data"):
        PreparedData.load(tmp_path)


@pytest.mark.parametrize("kept", [0, 3, 60, 400, -1])
def test_a_torn_split_is_refused(prepared: PreparedData, kept: int) -> None:
    file = prepared.directory / "split.npz"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DataError, match="cannot open the prepared data"):
        PreparedData.load(prepared.directory)


def test_a_newer_format_is_refused(prepared: PreparedData) -> None:
    file = prepared.directory / "prepared.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"prepared_format": 3}))
    with pytest.raises(DataError, match="has format 3; expected 2"):
        PreparedData.load(prepared.directory)


def test_a_cleared_cache_is_told(prepared: PreparedData) -> None:
    shutil.rmtree(prepared.datasets[0].directory)
    with pytest.raises(DataError, match="is gone; prepare it again"):
        PreparedData.load(prepared.directory)


def test_another_dataset_at_its_place_is_told(prepared: PreparedData) -> None:
    file = prepared.datasets[0].directory / "dataset.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"digest": "0"}))
    with pytest.raises(DataError, match="has changed; prepare it again"):
        PreparedData.load(prepared.directory)
