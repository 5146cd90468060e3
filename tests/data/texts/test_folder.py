"""Folders of text files, one sub-folder a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sentences import sentences

from automl.errors import DataError

X, Y = sentences(20)


def written(root: Path, x=X, y=Y) -> Path:
    for number, (text, kind) in enumerate(zip(x, y, strict=True)):
        file = root / kind / f"{number:02}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return root


def test_sub_folders_are_classes(read, tmp_path: Path) -> None:
    dataset = read(written(tmp_path / "reviews"))
    assert dataset.classes == ("bad", "good")
    assert dataset.names[:2] == ("bad/00.txt", "bad/02.txt")
    order = [*range(0, 20, 2), *range(1, 20, 2)]
    expected = read([X[row] for row in order], given=[Y[row] for row in order])
    np.testing.assert_array_equal(dataset.x, expected.x)


def test_parts_are_told_apart(read, tmp_path: Path) -> None:
    root = tmp_path / "parts"
    written(root / "train")
    written(root / "val", X[:4], Y[:4])
    training = read(root)
    validation = read(root, part="validation", like=training)
    assert (training.rows, validation.rows) == (20, 4)
    assert validation.contract == training.contract


def test_a_file_that_is_no_text_is_named_or_skipped(read, tmp_path: Path) -> None:
    root = written(tmp_path / "reviews")
    (root / "bad" / "00.txt").write_bytes("schöner Film".encode("latin-1"))
    (root / "bad" / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"00.txt is no UTF-8 text: byte 0xf6 at offset 3"):
        read(root)
    dataset = read(root, on_bad_file="skip")
    assert (dataset.rows, [name for name, _ in dataset.skipped]) == (19, ["bad/00.txt"])
    assert read(root, encoding="latin-1").rows == 20


def test_what_is_no_folder_of_texts_is_refused(read, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no texts in class folders"):
        read(tmp_path / "empty")
    root = tmp_path / "pictures"
    for kind in ("cat", "dog"):
        (root / kind).mkdir(parents=True)
        (root / kind / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(DataError, match=r"no text files in .*should end with one of .txt"):
        read(root)
    with pytest.raises(DataError, match="has no numbers to predict"):
        read(written(tmp_path / "reviews"), answer="numbers")
