"""The language from Python: values, formulas, nodes and blocks, with the words that YAML has.

>>> from automl.space import Space
>>> from automl.space.builders import bn, choice, conv, gap, head, int_, optional, relu, repeat, se
>>> width = choice("width", [16, 24, 32], default=24)
>>> space = Space("cnn", task="image-classify", model=[
...     conv(width, name="stem"),
...     repeat("stage", int_(1, 3), lambda i: [
...         choice("kind", conv=[conv(width * 2**i), bn, relu], none=[]),
...         optional(se(8), name="gate"),
...     ]),
...     gap, head,
... ])
>>> print(space.to_yaml(), end="")
version: 1
name: cnn
task: image-classify
vars:
  width: {choice: [16, 24, 32], default: 24}
model:
  - {name: stem, conv: =width}
  - name: stage
    repeat:
      times: {int: [1, 3]}
      index: i
      do:
        - {name: kind, choice: {conv: [{conv: =width * 2**i}, bn, relu], none: []}}
        - {name: gate, optional: {se: 8}}
  - gap
  - head

Every operation and kind of node is a function here, also one that was registered later. Words that Python or this
module has another meaning for end with an underscore.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping, Sequence
from typing import Any

from automl import ops
from automl.space.builders.expressions import (
    Expression,
    Open,
    and_,
    expr,
    here,
    if_,
    max_,
    min_,
    not_,
    or_,
    round_,
    trunc_,
    variable,
)
from automl.space.builders.nodes import Block, Call, Word, block, optional, parallel, repeat, residual
from automl.space.document import Scalar
from automl.space.node import kinds
from automl.space.site import INPUT_NAMES

__all__ = [
    "Block",
    "Expression",
    "and_",
    "block",
    "bool_",
    "choice",
    "expr",
    "float_",
    "if_",
    "int_",
    "max_",
    "min_",
    "not_",
    "optional",
    "or_",
    "parallel",
    "pow2",
    "repeat",
    "residual",
    "round_",
    "trunc_",
    "variable",
]


def int_(*bounds: Any, step: int | None = None, log: bool = False, default: int | None = None) -> Any:
    """A whole number: ``int_(1, 4)``; with a name, ``int_("depth", 1, 4)``, a variable for formulas."""
    return _value("int", bounds, step=step, log=log or None, default=default)


def float_(*bounds: Any, step: float | None = None, log: bool = False, default: float | None = None) -> Any:
    """A number: ``float_(0.0, 0.5, step=0.1)``; with a name in front, a variable for formulas."""
    return _value("float", bounds, step=step, log=log or None, default=default)


def pow2(*bounds: Any, default: int | None = None) -> Any:
    """A power of two: ``pow2(16, 128)``; with a name in front, a variable for formulas."""
    return _value("pow2", bounds, default=default)


def bool_(*default: Any) -> Any:
    """True or false: ``bool_(False)``; with a name in front, ``bool_("deep", False)``, a variable for formulas."""
    name, rest = _split(default)
    return _open({"bool": rest[0] if rest else False}, name)


def choice(
    *parts: Any, name: str | None = None, default: Any = None, by: Any = None, tie: str | None = None, **branches: Any
) -> Any:
    """One of several values, ``choice([3, 5])``, or of several nodes, ``choice("kind", conv=conv(8), none=[])``.

    Values with a name, ``choice("width", [16, 32])``, are a variable. Branches whose names are no words, or are
    ``default``, ``by``, ``name`` or ``tie``, go into a mapping: ``choice("kind", {"3x3": conv(8)})``.

    Args:
        *parts: A name or none, then the list of values or the mapping of branches.
        name: Instead of the first of ``parts``.
        default: The value, or the name of the branch, that a search tries first.
        by: The formula that takes the branch.
        tie: Key of the node that this one is one with.
        **branches: Nodes by name.
    """
    first, rest = _split(parts) if name is None else (name, parts)
    if branches or (rest and isinstance(rest[0], Mapping)):
        said = {"default": default, "by": by, "tie": tie}
        beside = {key: value for key, value in said.items() if value is not None}
        return Call("choice", {**(rest[0] if rest else {}), **branches}, beside, first, mark=here())
    if len(rest) != 1 or isinstance(rest[0], str) or not isinstance(rest[0], Sequence):
        raise TypeError("choice() takes a list of values, or branches by name")
    entries: dict[str, Any] = {"choice": list(rest[0])}
    return _open(entries if default is None else entries | {"default": default}, first)


def _value(kind: str, bounds: tuple[Any, ...], **options: Scalar) -> Any:
    name, rest = _split(bounds)
    if len(rest) != 2:
        raise TypeError(f"{kind}_() takes its bounds, such as {kind}_(1, 4), and before them a name or none")
    return _open({kind: list(rest), **{key: each for key, each in options.items() if each is not None}}, name)


def _split(parts: tuple[Any, ...]) -> tuple[str | None, tuple[Any, ...]]:
    return (parts[0], parts[1:]) if parts and isinstance(parts[0], str) else (None, parts)


def _open(entries: Mapping[str, Any], name: str | None) -> Any:
    value = Open(entries, here())
    return value if name is None else variable(name, value)


def _words() -> set[str]:
    return {*ops.names(), *(word for word in kinds if not word.startswith("<"))}


def __getattr__(name: str) -> Any:
    word = name if name in _words() else name.removesuffix("_")
    if word in INPUT_NAMES:
        return Expression(word)
    if word not in _words():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return Word(word)


def __dir__() -> list[str]:
    safe = {f"{word}_" if keyword.iskeyword(word) or hasattr(builtins, word) else word for word in _words()}
    return sorted({*__all__, *INPUT_NAMES, *safe})


__all__ += [name for name in __dir__() if name not in __all__]
