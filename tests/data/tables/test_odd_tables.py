"""Tables as they really are: what is made of each, or the sentence with which it is refused."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.data import Column, Dataset, TableContract
from automl.errors import ConfigError, DataError

N = 60
RNG = np.random.default_rng(0)


def lines(*columns: list[object], header: str, mark: str = ",", end: str = "\n") -> str:
    """The text of a table: its columns, and a last one ``y`` of yes and no."""
    rows = zip(*columns, ["yes", "no"] * (N // 2), strict=True)
    return end.join([mark.join([header, "y"]), *(mark.join(map(str, row)) for row in rows)]) + end


SQUARES: list[object] = [row * row for row in range(N)]
WORDS: list[object] = ["red", "green", "blue"] * (N // 3)


def column(dataset: Dataset, name: str = "a") -> Column:
    assert isinstance(dataset.contract, TableContract)
    return {each.name: each for each in dataset.contract.columns}[name]


def left_out(dataset: Dataset) -> dict[str, str]:
    assert isinstance(dataset.contract, TableContract)
    return {each.name: each.reason for each in dataset.contract.left_out}


def values(dataset: Dataset, place: int = 0) -> list[float]:
    return np.asarray(dataset.x)[:, place].tolist()


def number_with_gaps(dataset: Dataset) -> None:
    assert column(dataset).kind == "number"
    assert np.isnan(values(dataset)[1])
    assert values(dataset)[2] == 4


def category_with_gaps(dataset: Dataset) -> None:
    assert column(dataset).values == ("blue", "green", "red")
    assert values(dataset)[:3] == [4, 0, 2]


def plain_squares(dataset: Dataset) -> None:
    assert column(dataset).kind == "number"
    assert values(dataset) == SQUARES


def with_second(replacement: object, column_: list[object] = SQUARES) -> list[object]:
    return [column_[0], replacement, *column_[2:]]


def kind_is(kind: str, name: str = "a") -> Callable[[Dataset], None]:
    def check(dataset: Dataset) -> None:
        assert column(dataset, name).kind == kind

    return check


def is_left_out(name: str, why: str) -> Callable[[Dataset], None]:
    def check(dataset: Dataset) -> None:
        assert why in left_out(dataset)[name]
        assert any(f"column {name!r} is left out" in note for note in dataset.notes)

    return check


def halves(dataset: Dataset) -> None:
    assert column(dataset).reason == "every cell is a number with a decimal comma"
    assert values(dataset) == [row + 0.5 for row in range(N)]


def large_with_comma(dataset: Dataset) -> None:
    assert values(dataset)[1] == 1001.25


def lenient(dataset: Dataset) -> None:
    assert column(dataset).lenient
    assert np.isnan(values(dataset)[1])
    assert any("those ('n.k.') count as missing" in note for note in dataset.notes)


def quoted(dataset: Dataset) -> None:
    assert column(dataset).values == ('a "b"', "x, y\nz")


def named(*names: str) -> Callable[[Dataset], None]:
    def check(dataset: Dataset) -> None:
        assert isinstance(dataset.contract, TableContract)
        assert [each.name for each in dataset.contract.columns] == list(names)

    return check


def classes_are(*classes: object) -> Callable[[Dataset], None]:
    def check(dataset: Dataset) -> None:
        assert dataset.classes == classes

    return check


def rare_ones_are_unknown(dataset: Dataset) -> None:
    assert column(dataset).reason == "4 different texts; 1 rare ones count as unknown"
    assert values(dataset)[1] == 1


def of_timestamps(dataset: Dataset) -> None:
    assert column(dataset).parts == ("days", "month", "day", "weekday", "hour")


Check = Callable[[Dataset], None]
MADE: dict[str, tuple[str, dict[str, Any], Check]] = {
    **{
        f"a missing number as {word!r}": (lines(with_second(word), header="a"), {}, number_with_gaps)
        for word in ("", "?", "NA", "N/A", "nan", "NULL", "-", "  ", "#N/A", "<NA>")
    },
    **{
        f"a missing category as {word!r}": (lines(with_second(word, WORDS), header="a"), {}, category_with_gaps)
        for word in ("", "?", "NA", "null")
    },
    "numbers in quotes": (lines([f'"{n}"' for n in SQUARES], header="a"), {}, plain_squares),
    "numbers with white space": (lines([f"  {n} " for n in SQUARES], header="a"), {}, plain_squares),
    "numbers with a plus": (lines([f"+{n}" for n in SQUARES], header="a"), {}, plain_squares),
    "numbers in scientific notation": (lines([f"{n}e0" for n in SQUARES], header="a"), {}, plain_squares),
    "thousands with commas": (lines([f'"{n:,}"' for n in SQUARES], header="a"), {}, plain_squares),
    "decimal commas": (lines([f"{n},5" for n in range(N)], header="a", mark=";"), {}, halves),
    "decimal commas in quotes": (lines([f'"{n},5"' for n in range(N)], header="a"), {}, halves),
    "decimal commas with points between thousands": (
        lines([f"1.{n:03},25" for n in range(N)], header="a", mark=";"),
        {},
        large_with_comma,
    ),
    "one word among many numbers": (lines(with_second("n.k.", SQUARES * 1), header="a"), {"share": 0.02}, lenient),
    "semicolons": (lines(SQUARES, header="a", mark=";"), {}, plain_squares),
    "tabs": (lines(SQUARES, header="a", mark="\t"), {}, plain_squares),
    "bars": (lines(SQUARES, header="a", mark="|"), {}, plain_squares),
    "lines of Windows": (lines(SQUARES, header="a", end="\r\n"), {}, plain_squares),
    "no end of the last line": (lines(SQUARES, header="a").rstrip("\n"), {}, plain_squares),
    "empty lines between": (lines(SQUARES, header="a").replace("\n", "\n\n"), {}, plain_squares),
    "a byte-order mark": ("\ufeff" + lines(SQUARES, header="a"), {}, plain_squares),
    "line breaks and marks in quotes": (
        lines(['"x, y\nz"', '"a ""b"""'] * (N // 2), header="a"),
        {},
        quoted,
    ),
    "names with white space": (lines(SQUARES, header=" a "), {}, plain_squares),
    "a name with a line break": (lines(SQUARES, header='"a\nb"'), {}, named("a\nb")),
    "an index that was written along": (
        lines(list(range(N)), SQUARES, header=",a"),
        {},
        is_left_out("column 1", "counts"),
    ),
    "names beyond ASCII": (lines(SQUARES, header="größe 📏"), {}, named("größe 📏")),
    "a constant column": (lines(SQUARES, ["k"] * N, header="a,b"), {}, is_left_out("b", "constant: 'k'")),
    "an empty column": (lines(SQUARES, [""] * N, header="a,b"), {}, is_left_out("b", "it is empty")),
    "an identifier of text": (
        lines(SQUARES, [f"id-{n}" for n in range(N)], header="a,b"),
        {},
        is_left_out("b", "looks like an identifier: 60 different texts in 60 rows"),
    ),
    "a counter": (lines(SQUARES, list(range(100, 100 + N)), header="a,b"), {}, is_left_out("b", "counts the rows")),
    "free text": (
        lines(SQUARES, [f"the flat number {n} is nice" for n in range(N)], header="a,b"),
        {},
        is_left_out("b", "free text"),
    ),
    "a rare value": (lines(with_second("violet", WORDS), header="a"), {}, rare_ones_are_unknown),
    "yes and no": (lines(["Yes", "no", "NO"] * (N // 3), header="a"), {}, kind_is("boolean")),
    "true and false with gaps": (lines(["TRUE", "false", ""] * (N // 3), header="a"), {}, kind_is("boolean")),
    "zero and one": (lines([0, 1, 1] * (N // 3), header="a"), {}, kind_is("number")),
    "ISO dates": (lines([f"2026-01-{1 + n % 28:02}" for n in range(N)], header="a"), {}, kind_is("date")),
    "German dates": (lines([f"{1 + n % 28}.2.2026" for n in range(N)], header="a"), {}, kind_is("date")),
    "American dates": (lines([f"2/{1 + n % 28}/2026" for n in range(N)], header="a"), {}, kind_is("date")),
    "dates with gaps": (lines(["2026-01-05", "2026-03-05", "?"] * (N // 3), header="a"), {}, kind_is("date")),
    "dates with times": (lines([f"2026-01-05 {n % 24:02}:00" for n in range(N)], header="a"), {}, of_timestamps),
    "codes with leading zeros": (lines(["01", "02", "03"] * (N // 3), header="a"), {}, kind_is("number")),
    "the word None": (lines(["None", "one", "two"] * (N // 3), header="a"), {}, kind_is("category")),
    "a category of emoji": (lines(["😀", "é", "ß"] * (N // 3), header="a"), {}, kind_is("category")),
    "hexadecimal codes": (lines(["0x1F", "0xA0", "0x00"] * (N // 3), header="a"), {}, kind_is("category")),
    "labels with white space": (lines(SQUARES, header="a").replace("yes", " yes "), {}, classes_are("no", "yes")),
    "labels of digits": (
        lines(SQUARES, header="a").replace("yes", "1").replace("no", "0"),
        {},
        classes_are(0, 1),
    ),
    "labels with leading zeros": (
        lines(SQUARES, header="a").replace("yes", "01").replace("no", "00"),
        {},
        classes_are("00", "01"),
    ),
}


@pytest.mark.parametrize("what", MADE)
def test_what_is_made_of_it(read, what: str) -> None:
    text, options, check = MADE[what]
    if options.pop("share", None):  # one bad cell in a hundred is forgiven: more rows than the others have
        text = text + "".join(f"{n * n},{('yes', 'no')[n % 2]}\n" for n in range(N, 3 * N))
    check(read(text, **options))


def _bytes(content: bytes, name: str = "t.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


ROWS = "".join(f"{n * n},{('yes', 'no')[n % 2]}\n" for n in range(N))
REFUSED: dict[str, tuple[Callable[[Path], Any], dict[str, Any], str]] = {
    "a picture called csv": (_bytes(b"\x89PNG\r\n\x1a\n\x00\x00"), {}, r"is no UTF-8 text: byte 0x89 at offset 0"),
    "a packed file called csv": (_bytes(gzip.compress(b"a,y\n1,2\n")), {}, "is no UTF-8 text: byte"),
    "a spreadsheet": (_bytes(b"PK\x03\x04", "t.xlsx"), {}, "should end with one of .csv"),
    "a broken Parquet file": (_bytes(b"PAR1 no", "t.parquet"), {}, "no Parquet file that can be read|needs pyarrow"),
    "UTF-16 that is not named": (_bytes(("a,y\n" + ROWS).encode("utf-16")), {}, "is UTF-16 text; say so"),
    "a broken character in the middle": (
        _bytes(b"a,y\n" + ROWS.encode() + b"1,\xff\n"),
        {},
        r"byte 0xff at offset \d+; if it is Latin-1, say so with --encoding latin-1",
    ),
    "a wrong encoding": (_bytes("a,y\né,1\n".encode()), {"encoding": "ascii"}, "is no ascii text: byte 0xc3"),
    "only a header": (_bytes(b"a,y\n"), {}, "has 0 rows"),
    "only a header of Windows": (_bytes(b"a,y\r\n\r\n"), {}, "has 0 rows"),
    "only white space": (_bytes(b"  \n\n"), {}, "the first line .* is empty"),
    "an unclosed quote": (_bytes(b'a,y\n"1,yes\n2,no\n'), {}, "cannot read .*|has 0 rows|y is missing"),
    "a row that is too long": (_bytes(("a,y\n" + ROWS + "1,2,3\n").encode()), {}, "cannot read .*line 62, saw 3"),
    "two columns of one name": (_bytes(b"a,y,a\n1,yes,2\n"), {}, "two columns called 'a'; rename one"),
    "no names": (_bytes(b"1,2\n3,4\n"), {}, "holds numbers only; it must name the columns"),
    "an infinite number": (_bytes(("a,y\n" + ROWS + "inf,yes\n").encode()), {}, "'inf' in row 60, which is infinite"),
    "a number too large for float32": (_bytes(("a,y\n" + ROWS + "1e39,yes\n").encode()), {}, "'1e39' in row 60"),
    "a missing label": (_bytes(("a,y\n" + ROWS + "7,\n8,NA\n").encode()), {}, r"in 2 of 62 rows: rows 60, 61"),
    "a label of numbers with fractions": (
        _bytes(b"a,y\n1,yes\n"),
        {"target": "a", "answer": "classes"},
        "one class only",
    ),
    "one class": (_bytes(("a,y\n" + ROWS.replace("yes", "no")).encode()), {}, "one class only, 'no'"),
    "words to be predicted as numbers": (
        _bytes(("a,y\n" + ROWS).encode()),
        {"answer": "numbers"},
        "column 'y' has 'yes' in row 0, which is no number",
    ),
    "a target that is misspelled": (_bytes(("a,y\n" + ROWS).encode()), {"target": "Y"}, "no column 'Y' .*known: a, y"),
    "a column to ignore that is not there": (_bytes(("a,y\n" + ROWS).encode()), {"ignore": ("b",)}, "no column 'b'"),
    "a group that is not there": (_bytes(("a,y\n" + ROWS).encode()), {"group": "who"}, "no column 'who'"),
    "a group that is missing": (
        _bytes(("a,y\n" + ROWS + ",yes\n").encode()),
        {"group": "a"},
        "the group is missing in 1 of 61 rows: the first is row 60|nothing to learn from",
    ),
    "weights that are words": (_bytes(("a,y\n" + ROWS).encode()), {"weight": "y", "target": "a"}, "which is no number"),
    "negative weights": (
        _bytes(("a,w,y\n" + "".join(f"{n * n},-1,{('yes', 'no')[n % 2]}\n" for n in range(N))).encode()),
        {"weight": "w"},
        "at least 0; row 0 has -1",
    ),
    "only the target": (_bytes(("y\n" + "yes\nno\n" * 9).encode()), {}, "nothing to learn from .*no other columns"),
    "only columns without a meaning": (
        _bytes(("a,y\n" + "".join(f"{n},{('yes', 'no')[n % 2]}\n" for n in range(N))).encode()),
        {},
        "nothing to learn from .*'a': it counts the rows",
    ),
    "a folder without a table": (lambda folder: folder, {}, "is a folder without a table in it"),
    "a sparse matrix": (
        lambda _: __import__("scipy.sparse").sparse.eye(4),
        {"given": [0, 1, 0, 1]},
        "is a sparse matrix",
    ),
    "rows of different lengths": (lambda _: [[1, 2], [3]], {"given": [0, 1]}, "X is no table"),
    "one row as an array": (lambda _: np.zeros(3), {"given": [0, 1, 0]}, "Reshape your data"),
    "objects that are no cells": (
        lambda _: np.zeros((2, 2), "V4"),
        {"given": [0, 1]},
        "cells are numbers, booleans or text",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_why_it_is_refused(read, tmp_path: Path, what: str) -> None:
    make, options, message = REFUSED[what]
    with pytest.raises((DataError, ConfigError), match=f"(?s){message}"):
        read(make(tmp_path), **options)
    assert not list((tmp_path / "cache").glob("prepared/*/dataset.json"))


def test_columns_in_another_order_are_the_same_columns(read) -> None:
    training = read(lines(SQUARES, WORDS, header="a,b"))
    other = pd.read_csv(io.StringIO(lines(SQUARES, WORDS, header="a,b")))[["y", "b", "a"]]
    np.testing.assert_array_equal(read(other, like=training).x, training.x)


def test_a_value_that_training_did_not_have_is_unknown_and_a_gap_is_missing(read) -> None:
    training = read(lines(WORDS, header="a"))
    later = read("a,y\nviolet,yes\n,no\nred,no\n", like=training, name="later.csv")
    assert values(later) == [1, 0, 4]


def test_a_missing_column_is_named(read) -> None:
    training = read(lines(SQUARES, WORDS, header="a,b"))
    with pytest.raises(DataError, match=r"column 'b' is missing in .*, and the model was trained with it"):
        read("a,y\n1,yes\n", like=training, name="later.csv")


def test_decimal_commas_are_read_alike_later(read) -> None:
    training = read(lines([f"{n},5" for n in range(N)], header="a", mark=";"))
    assert values(read('a;y\n"7,25";yes\n8;no\n', like=training, name="later.csv")) == [7.25, 8]
    numbers = read(lines([f"{n},5" for n in range(N)], SQUARES, header="a;b", mark=";"), answer="numbers", target="a")
    assert numbers.y[:2, 0].tolist() == [0.5, 1.5]


def test_parquet_holds_the_same(read, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": SQUARES, "b": WORDS, "y": ["yes", "no"] * (N // 2)})
    frame.to_parquet(tmp_path / "table.parquet")
    np.testing.assert_array_equal(read(tmp_path / "table.parquet").x, read(frame).x)
