"""Files, archives, tables and data sets are read batch by batch."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl.data import ImageContract
from automl.data.images.pictures import PictureError
from automl.errors import DataError
from automl.export import Output
from automl.export.adapters import Reading, make_adapter, picture_sources
from automl.export.adapters.picture_sources import FileSource

CONTRACT = ImageContract(shape=(64, 64, 3), mode="rgb")
PICTURE = 64 * 64 * 3


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files whose pixels are all the file's number; every tenth is no picture."""

    def decode(path: Path, contract: ImageContract) -> np.ndarray:
        if path.stem.endswith("9"):
            raise PictureError(str(path), "it ends in nine")
        return np.full(contract.shape, int(path.stem) % 251, np.uint8)

    monkeypatch.setattr(picture_sources, "decode_picture", decode)
    return [Path(f"{number}.png") for number in range(2000)]


def test_memory_does_not_grow_with_the_number_of_files(numbered: list[Path]) -> None:
    source = FileSource(numbered, CONTRACT, on_bad_file="skip")
    tracemalloc.start()
    try:
        for _ in source.batches(16):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8 * 16 * PICTURE  # all of them are 2000 * PICTURE
    assert len(source.kept()) == 1800


@pytest.mark.parametrize("size", [1, 16, 5000])
def test_order_and_names_follow_the_files(numbered: list[Path], size: int) -> None:
    source = FileSource(numbered[:100], CONTRACT, on_bad_file="skip")
    seen = [int(picture[0, 0, 0]) for batch in source.batches(size) for picture in batch]

    assert seen == [number for number in range(100) if number % 10 != 9]
    assert source.names() == tuple(f"{number}.png" for number in seen)
    assert source.kept().tolist() == seen
    assert source.skipped == [f"{number}.png" for number in range(9, 100, 10)]


def test_the_first_bad_file_ends_it(numbered: list[Path]) -> None:
    with pytest.raises(PictureError, match=r"^9\.png"):
        list(FileSource(numbered, CONTRACT).batches(100))


SMALL = ImageContract(shape=(4, 3, 1), mode="grey", column="file")
PIXELS = np.arange(10 * 4 * 3, dtype=np.uint8).reshape(10, 4, 3)
SETS = [{"a"}, {"a", "b"}, set(), {"b"}, {"a"}] * 2
OUTPUT = Output(type="str", classes=("a", "b"), columns=("tags",), several=True, separator="|")


class Batches:
    """What ``keras.utils.PyDataset`` looks like."""

    num_batches = 4

    def __getitem__(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(3 * place, 3 * place + 3)
        return PIXELS[rows], np.array([[each & {"a"} != set(), each & {"b"} != set()] for each in SETS[rows]], int)

    def on_epoch_end(self) -> None: ...


@pytest.fixture
def table(tmp_path: Path) -> Path:
    for number, pixels in enumerate(PIXELS):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    rows = [f"{number}.png,{'|'.join(sorted(tags))}" for number, tags in enumerate(SETS)]
    (tmp_path / "test.csv").write_text("\n".join(["file,tags", *rows]))
    return tmp_path / "test.csv"


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("kind", ["array", "npz", "compressed npz", "table", "folder with a table", "data set"])
def test_pictures_and_their_labels_come_alike_from_everywhere(kind: str, size: int, table: Path) -> None:
    x: object = {"array": PIXELS, "table": table, "folder with a table": table.parent, "data set": Batches()}.get(kind)
    y = SETS if kind == "array" else None
    if "npz" in kind:
        x = table.with_name("test.npz")
        flags = np.array([["a" in each, "b" in each] for each in SETS])
        (np.savez if kind == "npz" else np.savez_compressed)(x, x_test=PIXELS, y_test=flags)
    adapter = make_adapter(SMALL)
    source, truth = adapter.labelled(x, y, OUTPUT, Reading())
    batches = list(source.batches(size))
    np.testing.assert_array_equal(np.concatenate(batches)[..., 0], PIXELS)
    assert max(map(len, batches)) <= size
    assert truth().tolist() == [["a" in each, "b" in each] for each in SETS]
    unlabelled = adapter.source(x, Reading())
    np.testing.assert_array_equal(np.concatenate(list(unlabelled.batches(size)))[..., 0], PIXELS)
    names = tuple(f"{number}.png" for number in range(10)) if "table" in kind else tuple(range(10))
    assert unlabelled.names() == names


def test_a_bad_file_of_a_table_is_left_out_with_its_answer(table: Path) -> None:
    (table.parent / "1.png").write_bytes(b"?")
    source, truth = make_adapter(SMALL).labelled(table, None, OUTPUT, Reading(on_bad_file="skip"))
    assert sum(map(len, source.batches(3))) == 9
    assert truth().tolist() == [["a" in each, "b" in each] for place, each in enumerate(SETS) if place != 1]


@pytest.mark.parametrize(
    ("shape", "message"),
    [((2, 5, 3), r"shape \(5, 3, 1\), the model takes \(4, 3, 1\)"), ((2, 4, 3, 3), r"\(4, 3, 3\), the model takes")],
)
def test_an_archive_of_other_pictures_is_refused(shape: tuple[int, ...], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros(shape, np.uint8))
    with pytest.raises(DataError, match=message):
        make_adapter(SMALL).source(tmp_path / "a.npz", Reading())


def test_answers_that_a_model_of_folders_does_not_know_are_asked_for(table: Path) -> None:
    output = Output(type="str", classes=("a", "b"))
    with pytest.raises(DataError, match=r"which column of .* has the answers is not known"):
        make_adapter(SMALL).labelled(table, None, output, Reading())
    _, truth = make_adapter(SMALL).labelled(table, [*"abababababa"][:10], output, Reading())
    assert callable(truth)
