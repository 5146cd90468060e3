from __future__ import annotations

import time

import pytest

from automl.errors import SpaceError
from automl.space.document import YamlList, YamlMap, YamlScalar, plain
from automl.space.yaml_text import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1.0e-4", 0.0001),
        ("1_000", "1_000"),
        ("on", "on"),
        ("yes", "yes"),
        ("no", "no"),
        ("NO", "NO"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0o17", 15),
        ("017", 17),
        ("0x1f", 31),
        ("+3", 3),
        (".5", 0.5),
        ("5.", 5.0),
        ("1:30", "1:30"),
        ("2026-11-20", "2026-11-20"),
        ("'3'", "3"),
        ('"true"', "true"),
        ("=2 if i > 0 and j == 0 else 1", "=2 if i > 0 and j == 0 else 1"),
    ],
)
def test_scalars_follow_the_yaml_1_2_core_schema(text: str, value: object) -> None:
    read = plain(read_yaml(f"x: {text}"))["x"]
    assert read == value
    assert type(read) is type(value)


def test_infinity_is_a_number_of_yaml() -> None:
    assert plain(read_yaml("[.inf, -.INF]")) == [float("inf"), -float("inf")]


def test_a_key_is_the_text_as_it_stands() -> None:
    assert plain(read_yaml("{on: 1, 3: 2, true: 3}")) == {"on": 1, "3": 2, "true": 3}


def test_every_part_knows_where_it_stands() -> None:
    tree = read_yaml("a: 1\nb:\n  - {c: 2}\n")
    assert isinstance(tree, YamlMap)
    assert (tree.marks["b"].line, tree.marks["b"].column) == (2, 1)
    items = tree.entries["b"]
    assert isinstance(items, YamlList)
    inner = items.items[0]
    assert isinstance(inner, YamlMap)
    leaf = inner.entries["c"]
    assert isinstance(leaf, YamlScalar)
    assert (leaf.mark.line, leaf.mark.column) == (3, 9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "2:1: the key 'a' stands here a second time; the first is in line 1"),
        ("a: &x 1", "1:4: the anchor '&x' is not allowed"),
        ("a: *x", "1:4: the alias '*x' is not allowed"),
        ("a: !!python/object:os.system 1", "1:4: the tag 'tag:yaml.org,2002:python/object:os.system' is not allowed"),
        ("a: 1\n---\na: 2", "2:1: a second YAML document begins here"),
        ("%YAML 1.1\n---\na: on", "2:1: %YAML 1.1 is not understood"),
        ("[1, 2", "1:6: this is no valid YAML"),
        ("a: b: c", "1:5: this is no valid YAML"),
        ("? [a]\n: 1", "a key must be a word"),
        ("", "the file is empty"),
        ("a: \x00", "this is no YAML text"),
        ("a: 99999999999999999999", "the number 999999999999... has 20 digits"),
        ("{a: =max(1, 2)}", "the formula '=max(1' has an open bracket"),
    ],
)
def test_what_a_space_never_needs_is_refused(text: str, message: str) -> None:
    with pytest.raises(SpaceError) as raised:
        read_yaml(text)
    assert message in str(raised.value)


BOMBS = {
    "billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "brackets": "[" * 9_000,
    "brackets in lines": "[\n" * 9_000,
    "braces": "{a: " * 2_000,
    "braces in lines": "{a:\n" * 9_000,
    "dashes": "- " * 4_000,
    "a thousand levels": "\n".join(" " * level + "a:" for level in range(1_000)),
    "over a megabyte": "a: 1 # " + "x" * 1_000_001,
    "lines": "a\n" * 400_000,
    "a long line": "a" * 900_000,
    "a long tag": "!" * 900_000,
    "entries": "- 1\n" * 19_999 + "- [" + "1," * 4_000 + "1]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    started = time.process_time()
    with pytest.raises(SpaceError):
        read_yaml(BOMBS[name])
    assert time.process_time() - started < 5  # a busy machine counts double; what is not refused takes minutes
