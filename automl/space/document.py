"""The tree of a YAML text: leaves, lists and mappings that remember where they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from automl.errors import SpaceError

Scalar: TypeAlias = bool | int | float | str | None

MAX_DIGITS = 18

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file, counted from 1.

    Attributes:
        line: Of a text or a Python script.
        column: None for a script, where only the line is known.
        file: None for the file that is being read.
    """

    line: int
    column: int | None = None
    file: str | None = None


def located(error: SpaceError, mark: Mark | None, path: str | None) -> SpaceError:
    """The error with its place, where none is said yet."""
    if mark is None:
        return error.at(path=path)
    return error.at(file=mark.file, line=mark.line, column=mark.column, path=path)


@dataclass(frozen=True, slots=True)
class YamlScalar:
    """A leaf: its value by the core schema, and the text it was written as."""

    value: Scalar
    text: str
    mark: Mark = field(compare=False)


@dataclass(frozen=True, slots=True)
class YamlList:
    """A sequence."""

    items: tuple[YamlTree, ...]
    mark: Mark = field(compare=False)


@dataclass(frozen=True, slots=True)
class YamlMap:
    """A mapping with text keys; ``marks`` says where each key stands."""

    entries: Mapping[str, YamlTree]
    marks: Mapping[str, Mark] = field(compare=False)
    mark: Mark = field(compare=False)


YamlTree: TypeAlias = YamlScalar | YamlList | YamlMap


def kind_of(tree: YamlTree) -> str:
    """How to call it in a message.

    >>> kind_of(YamlScalar(3, "3", Mark(1, 1)))
    '3'
    """
    match tree:
        case YamlList():
            return "a list"
        case YamlMap():
            return "a mapping"
        case YamlScalar(value=None):
            return "nothing"
        case YamlScalar(value=value):
            return repr(value)


def plain(tree: YamlTree) -> Any:
    """The tree as plain Python data, without marks."""
    match tree:
        case YamlScalar(value=value):
            return value
        case YamlList(items=items):
            return [plain(item) for item in items]
        case YamlMap(entries=entries):
            return {key: plain(value) for key, value in entries.items()}


def resolve(text: str) -> Scalar:
    """The value of a plain scalar by YAML 1.2's core schema.

    >>> [resolve(text) for text in ("0o17", "1e-3", "on", "~", "true", "1_000")]
    [15, 0.001, 'on', None, True, '1_000']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise SpaceError(f"the number {text[:12]}... has {len(text)} digits; at most {MAX_DIGITS} are understood")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
