"""The CSV of predictions: RFC 4180, and every value comes back."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.export import Predictions, write_predictions


def predictions(classes: list[object], names: tuple[object, ...] = ("p/0.png", "p/1.png")) -> Predictions:
    labels = np.array(classes)
    chances = np.random.default_rng(0).dirichlet(np.ones(len(classes)), len(names)).astype(np.float32)
    column = "path" if isinstance(names[0], str) else "row"
    return Predictions(column, names, labels[chances.argmax(axis=1)], chances, labels)  # type: ignore[arg-type]


def text_of(made: Predictions, **options: bool) -> str:
    stream = io.StringIO(newline="")
    write_predictions(stream, made, **options)
    return stream.getvalue()


def test_two_columns_with_crlf() -> None:
    made = predictions(["cat", "dog"])

    lines = text_of(made).split("\r\n")

    assert lines == ["path,label", f"p/0.png,{made.labels[0]}", f"p/1.png,{made.labels[1]}", ""]


def test_probabilities_come_back_to_the_bit() -> None:
    made = predictions(["cat", "dog", "emu"])

    table = pd.read_csv(io.StringIO(text_of(made, proba=True)), dtype=dict.fromkeys(made.classes, np.float32))

    assert list(table.columns) == ["path", "label", "cat", "dog", "emu"]
    np.testing.assert_array_equal(table[["cat", "dog", "emu"]].to_numpy(), made.probabilities)


@pytest.mark.parametrize(("classes", "word"), [([5, 7], ("5", "7")), ([False, True], ("False", "True"))])
def test_rows_and_labels_of_other_types(classes: list[object], word: tuple[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(predictions(classes, (0, 1)), proba=True))))

    assert [row["row"] for row in rows] == ["0", "1"]
    assert {row["label"] for row in rows} <= set(word)
    assert list(rows[0]) == ["row", "label", *word]


NASTY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(classes=st.lists(NASTY, min_size=2, unique=True), name=NASTY)
def test_any_label_and_any_path_come_back(classes: list[str], name: str) -> None:
    made = predictions([label + "." for label in classes], (name, name))

    rows = list(csv.reader(io.StringIO(text_of(made, proba=True), newline="")))

    assert rows[0] == ["path", "label", *made.classes.tolist()]
    assert [row[0] for row in rows[1:]] == [name, name]
    assert [row[1] for row in rows[1:]] == made.labels.tolist()


def test_a_label_that_looks_like_a_formula_stays_as_it_is() -> None:
    assert ",=1+1\r\n" in text_of(predictions(["=1+1", "=1+1 "], tuple(map(str, range(20)))))


def test_a_file_is_what_a_stream_gets(tmp_path: Path) -> None:
    made = predictions(["ä", "b"])

    write_predictions(tmp_path / "new" / "p.csv", made, proba=True)

    assert (tmp_path / "new" / "p.csv").read_bytes() == text_of(made, proba=True).encode()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["p.csv"]


def test_a_file_name_that_is_no_utf8_comes_back_as_its_bytes(tmp_path: Path) -> None:
    made = predictions(["a", "b"], (os.fsdecode(b"\xff.png"), "x"))

    write_predictions(tmp_path / "p.csv", made)

    assert b"\r\n\xff.png," in (tmp_path / "p.csv").read_bytes()
