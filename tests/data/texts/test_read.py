"""From texts to datasets: what is kept, and what is said about what cannot be."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sentences import sentences

from automl.data.tables.beside import Given
from automl.data.texts.contract import TextContract
from automl.data.texts.source import open_texts
from automl.errors import ConfigError, DataError

X, Y = sentences()
CSV = "id,review,y\n" + "".join(f"{row},{text},{kind}\n" for row, (text, kind) in enumerate(zip(X, Y, strict=True)))


def contract_of(dataset) -> TextContract:
    assert isinstance(dataset.contract, TextContract)
    return dataset.contract


def test_a_text_is_the_numbers_of_its_words(read) -> None:
    dataset = read(X, given=Y)
    contract = contract_of(dataset)
    assert dataset.x.dtype == np.dtype("uint16")
    assert dataset.x.shape == (60, contract.length)
    known = [*contract.tokens]
    for text, row in zip(X, dataset.x.tolist(), strict=True):
        expected = [2 + known.index(word) if word in known else 1 for word in text.split()]
        assert row == expected[: contract.length] + [0] * (contract.length - len(expected))
    assert not [token for token in contract.tokens if token.startswith("only")]  # in one text each
    assert dataset.y.tolist() == [0, 1] * 30


def test_the_column_that_reads_as_prose_is_the_text(read) -> None:
    dataset = read(CSV)
    contract = contract_of(dataset)
    assert contract.column == "review"
    assert "reads as prose" in contract.reason
    assert dataset.digest != read(X, given=Y).digest
    np.testing.assert_array_equal(dataset.x, read(X, given=Y).x)


def test_a_column_that_is_named_is_the_text(read) -> None:
    frame = pd.DataFrame({"long": X, "short": [text[:12] for text in X], "y": Y})
    assert contract_of(read(frame)).column == "long"
    assert any("'short' is left out: it reads as text too" in note for note in read(frame).notes)
    found = contract_of(read(frame, text="short"))
    assert (found.column, found.reason) == ("short", "--text names it")
    with pytest.raises(DataError, match=r"no column 'shrt' in .*did you mean 'short'"):
        read(frame, text="shrt")


def test_a_table_without_text_is_refused(read) -> None:
    with pytest.raises(DataError, match=r"no column of .* reads as text .*'n': its cells are numbers"):
        read("n,m,y\n" + "".join(f"{n},{n * n},{n % 2}\n" for n in range(30)))


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig"])
def test_files_of_all_kinds_hold_the_same(read, written: str) -> None:
    lines = "\n".join(json.dumps({"review": text, "y": kind}) for text, kind in zip(X, Y, strict=True))
    tsv = "review\ty\n" + "".join(f"{text}\t{kind}\n" for text, kind in zip(X, Y, strict=True))
    expected = read(CSV).x
    np.testing.assert_array_equal(read(lines, name="a.jsonl", written=written).x, expected)
    np.testing.assert_array_equal(read(tsv, name="a.tsv", written=written).x, expected)


@pytest.mark.parametrize("make", [list, np.array, pd.Series, lambda x: np.array(x, object)[:, None]])
def test_lists_arrays_and_series_hold_the_same(read, make) -> None:
    np.testing.assert_array_equal(read(make(X), given=Y).x, read(X, given=Y).x)


def test_cells_that_are_no_text_are_read_or_named(read) -> None:
    odd = [*X, None, float("nan"), 7, 2.5, "", b"the film", "half \ud800", True]
    dataset = read(odd, given=[*Y, *["bad", "good"] * 4])
    assert (dataset.x[60:, 0] == 1).tolist() == [True, True, True, True, True, False, True, True]
    assert any("3 of 68 texts are empty" in note for note in dataset.notes)
    with pytest.raises(DataError, match="row 60 of the texts is of the type list"):
        read([*X, ["a"]], given=[*Y, "bad"])
    with pytest.raises(DataError, match="X has shape"):
        read(np.array([["a", "b"]] * 4), given=["x", "y"] * 2)
    with pytest.raises(DataError, match="one text is no list"):
        open_texts("a text")


def test_latin_1_is_told_with_the_byte_and_read_when_said(read) -> None:
    content = "review,y\n" + "".join(f"ein schöner Film {n % 3},{n % 2}\n" for n in range(20))
    with pytest.raises(DataError, match="no UTF-8 text: byte 0xf6 at offset 16; if it is Latin-1, say so"):
        read(content, written="latin-1")
    assert "schöner" in contract_of(read(content, written="latin-1", encoding="latin-1")).tokens


def test_odd_texts_are_kept(read) -> None:
    odd = ["word " * 200_000, "\x00", "\U0001f600 \U0001f600", "\u05e9\u05dc\u05d5\u05dd <b>x</b>", " \n "]
    dataset = read([*X, *odd], given=[*Y, "bad", "good", "bad", "good", "bad"])
    assert contract_of(dataset).length <= 512
    assert (dataset.x[:, 0] > 0).all()
    assert (dataset.x[60] == dataset.x[60, 0]).all()


def test_equal_texts_teach_nothing(read) -> None:
    with pytest.raises(DataError, match="all 4 texts are equal"):
        read(["the same"] * 4, given=["a", "b"] * 2)
    with pytest.raises(DataError, match="has a word in it"):
        read(["!", "?", "", "..."], given=["a", "b"] * 2)


def test_texts_of_a_script_that_does_not_part_words_are_read_by_characters(read) -> None:
    chinese = ["今天天气很好我们去公园散步吧", "这部电影非常无聊而且太长了"] * 5
    contract = contract_of(read([f"{text}{n}" for n, text in enumerate(chinese)], given=["a", "b"] * 5))
    assert contract.unit == "characters"
    assert "天" in contract.tokens


def test_what_stands_beside_the_texts_is_kept(read) -> None:
    frame = pd.DataFrame({"review": X, "y": Y, "w": [2.0] * 59 + [0.0], "who": [n // 6 for n in range(60)]})
    dataset = read(frame, weight="w", group="who")
    assert dataset.rows == 59
    assert set(dataset.weights.tolist()) == {2.0}
    assert dataset.groups.tolist() == [n // 6 for n in range(59)]
    frame["score"] = np.arange(60) / 7
    numbers = read(frame, target="score,w", answer="numbers")
    assert numbers.y[6].tolist() == [6 / 7, 2.0]
    apart = read(X, given=Given(Y, [1.0] * 60, [n // 6 for n in range(60)]))
    assert apart.groups.tolist() == [n // 6 for n in range(60)]


def test_missing_answers_are_named_or_left_out(read) -> None:
    spoilt = CSV.replace(",bad\n", ",\n", 2)
    with pytest.raises(DataError, match=r"y is missing .* in 2 of 60 rows: rows 0, 2"):
        read(spoilt)
    assert read(spoilt, drop_missing_labels=True).rows == 58
    with pytest.raises(ConfigError, match="which column is to be predicted"):
        read(CSV, target="")


def test_validation_texts_are_numbered_as_the_training_texts(read) -> None:
    training = read(CSV)
    more, kinds = sentences(10, seed=5)
    validation = read(pd.DataFrame({"y": kinds, "review": more, "id": range(10)}), like=training)
    assert validation.contract == training.contract
    np.testing.assert_array_equal(read(training_table(), like=training).x, training.x)
    with pytest.raises(DataError, match="column 'review' is missing"):
        read(pd.DataFrame({"y": kinds, "other": more}), like=training)


def training_table() -> pd.DataFrame:
    return pd.DataFrame({"review": X, "y": Y})


def test_a_second_read_is_the_first(read) -> None:
    assert [read(CSV).reused for _ in range(2)] == [False, True]
    assert [read(X, given=Y).reused for _ in range(2)] == [False, True]
