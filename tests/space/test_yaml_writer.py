"""What is written reads back as the same tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from automl.space import Space, shipped_spaces
from automl.space.document import Mark, YamlList, YamlMap, YamlTree, plain
from automl.space.yaml_text import read_yaml
from automl.space.yaml_writer import leaf, write_yaml

HERE = Mark(1)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        ["on", "1e-3", "=a + b", "=max(a, b)", "~", "", "- a", "---", "a: b", "#", "0x1f", "'", "\n", "é 😀", "null "]
    ),
)


def tree(value: Any) -> YamlTree:
    if isinstance(value, dict):
        entries = {key: tree(item) for key, item in value.items()}
        return YamlMap(entries, dict.fromkeys(entries, HERE), HERE)
    return YamlList(tuple(map(tree, value)), HERE) if isinstance(value, list) else leaf(value)


KEYS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.sampled_from(["vars", "model", "on"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


@example({"": [{"0" * 120: []}], "a" * 110: {}})
@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_a_written_tree_reads_back(document: dict[str, Any]) -> None:
    written = write_yaml(tree(document))  # type: ignore[arg-type]
    assert plain(read_yaml(written)) == document


@pytest.mark.parametrize("name", shipped_spaces())
def test_shipped_spaces_survive(name: str) -> None:
    space = Space.load(name)
    assert Space.parse(space.to_yaml()) == space
    assert Space.parse(space.to_yaml()).to_yaml() == space.to_yaml()


def test_documented_spaces_survive(documented_spaces: list[str]) -> None:
    for text in documented_spaces:
        space = Space.parse(text, "page.yaml")
        again = Space.parse(space.to_yaml(), "other.yaml")
        assert again == space
        assert again.name == "page"


def test_numbers_keep_the_way_they_were_written() -> None:
    text = "version: 1\nname: a\nmodel: head\ntrain: {lr: 1e-3, weight_decay: 0.010}\n"
    assert Space.parse(text).to_yaml() == text


def test_what_fits_is_on_one_line_and_lines_are_not_long() -> None:
    text = Space.load("cnn").to_yaml()
    assert "  width: {choice: [16, 24, 32, 48, 64], default: 24}\n" in text
    assert max(map(len, text.splitlines())) <= 120


def test_a_written_space_can_be_loaded_from_a_file(tmp_path: Path) -> None:
    space = Space.load("cnn")
    (tmp_path / "other.yaml").write_text(space.to_yaml(), encoding="utf-8")
    assert Space.load(tmp_path / "other.yaml") == space
