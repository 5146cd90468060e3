"""HTML in texts: how it is told, and what is read of it."""

from __future__ import annotations

import html

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentences import sentences

from automl.data.tables.beside import Given
from automl.data.texts.contract import TextContract
from automl.data.texts.markup import is_html, read_aloud
from automl.export.adapters import Reading, make_adapter

X, Y = sentences()
PAGES = [f"<!-- {row} --><p class='n{row}'>{html.escape(text)}</p><br/>" for row, text in enumerate(X)]


@given(st.text())
def test_what_is_escaped_is_read_as_it_was(text: str) -> None:
    assert read_aloud(html.escape(text)) == text


@given(st.text(st.characters(exclude_characters="<&")))
def test_a_text_without_marks_stays(text: str) -> None:
    assert read_aloud(text) == text


@pytest.mark.parametrize("part", ["<!--", "<script", "<p ", "</", "<style>", "&#", "<a href='"])
def test_what_never_ends_is_read_all_the_same(part: str) -> None:
    assert len(read_aloud(part * 20_000)) >= 20_000


def test_tags_part_words_and_scripts_are_not_read() -> None:
    assert read_aloud("end.<br/>Next").split() == ["end.", "Next"]
    assert read_aloud("<STYLE>p {color: red}</STYLE >a<script>if (a<b) {}</script>b").split() == ["a", "b"]
    assert read_aloud("caf&eacute; &lt;b&gt;") == "café <b>"
    assert read_aloud("2 < 3 and <none of ours>") == "2 < 3 and <none of ours>"


def test_few_marks_are_no_html() -> None:
    assert is_html(PAGES)
    assert not is_html(X)
    assert not is_html([*X * 3, PAGES[0]])
    assert not is_html(["", ""])


def test_pages_are_read_as_what_is_on_them(read) -> None:
    plain, pages = read(X, given=Given(Y)), read(PAGES, given=Given(Y))
    np.testing.assert_array_equal(pages.x, plain.x)
    assert isinstance(pages.contract, TextContract)
    assert pages.contract.html
    assert not plain.contract.html
    assert pages.contract.tokens == plain.contract.tokens
    np.testing.assert_array_equal(read(X, given=Given(Y), like=pages).x, plain.x)


def test_a_model_of_pages_is_asked_in_the_same_way(read) -> None:
    contract = read(PAGES, given=Given(Y)).contract
    (texts,) = make_adapter(contract).source(PAGES, Reading()).batches(100)
    assert [text.strip() for text in texts] == X
