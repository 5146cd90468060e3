"""Files are read batch by batch."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from automl.data import ImageContract
from automl.data.images.pictures import PictureError
from automl.export.adapters import pictures
from automl.export.adapters.pictures import FileSource

CONTRACT = ImageContract(shape=(64, 64, 3), mode="rgb")
PICTURE = 64 * 64 * 3


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files whose pixels are all the file's number; every tenth is no picture."""

    def decode(path: Path, contract: ImageContract) -> np.ndarray:
        if path.stem.endswith("9"):
            raise PictureError(str(path), "it ends in nine")
        return np.full(contract.shape, int(path.stem) % 251, np.uint8)

    monkeypatch.setattr(pictures, "decode_picture", decode)
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
