"""``.ts`` files: what they hold, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl.data.series.ts import read_ts
from automl.errors import DataError

HEAD = "# about it\n@problemName Two\n@univariate false\n@dimensions 2\n@classLabel true a b\n@data\n"


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "x.ts"
    path.write_bytes(text.encode(encoding))
    return path


def test_channels_of_unequal_lengths_and_missing_numbers(tmp_path: Path) -> None:
    found = read_ts(written(tmp_path, HEAD + "1,2,?:0.5,0.25:a\n\n7:NaN,8 : b \n"))
    assert found.answers == ["a", "b"]
    np.testing.assert_array_equal(found.series[0], [[1, 0.5], [2, 0.25], [np.nan, np.nan]])
    np.testing.assert_array_equal(found.series[1], [[7, np.nan], [np.nan, 8]])
    assert found.series[0].dtype == np.float32


def test_directives_in_any_case_and_line_ends_of_windows(tmp_path: Path) -> None:
    text = "\ufeff@PROBLEMNAME x\r\n@UniVariate TRUE\r\n@targetlabel true\r\n@DATA\r\n1,2:-0.5\r\n3:1e-3\r\n"
    found = read_ts(written(tmp_path, text))
    assert found.answers == ["-0.5", "1e-3"]
    assert [each.ravel().tolist() for each in found.series] == [[1, 2], [3]]


def test_a_file_without_answers(tmp_path: Path) -> None:
    found = read_ts(written(tmp_path, "@univariate true\n@classLabel false\n@data\n1,2\n3,4\n"))
    assert found.answers == []
    assert len(found.series) == 2


def test_another_encoding(tmp_path: Path) -> None:
    path = written(tmp_path, "@classLabel true é\n@data\n1:é\n", "latin-1")
    with pytest.raises(DataError, match=r"is not UTF-8 text.*--encoding"):
        read_ts(path)
    assert read_ts(path, encoding="latin-1").answers == ["é"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2:a\n", r"x\.ts:1: the line stands before '@data'"),
        ("@classLabel true a\n", "has no line '@data'"),
        (HEAD + "1,2:a\n", r"x\.ts:7: the line has 1 channels and an answer, where 2 are expected"),
        (HEAD + "1,2:3,x4:a\n", r"x\.ts:7: 'x4' \(number 2 of the line\) is no number"),
        (HEAD + "(0,1),(1,2):(0,3):a\n", r"x\.ts:7: the line has time stamps"),
        ("@timeStamps true\n@data\n", r"x\.ts:1: the line has time stamps"),
        ("@dimensions two\n@data\n", r"x\.ts:1: the line needs a whole number"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_ts(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*none\.ts"):
        read_ts(tmp_path / "none.ts")
