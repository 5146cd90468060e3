"""Nodes of a space in Python: calls of words of the language, written down for the reader."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import update_wrapper
from typing import Any

from automl import ops
from automl.space.builders.expressions import Expression, here
from automl.space.document import Mark
from automl.space.node import OPERATION, kinds

NOTHING: Any = object()
"""The content of a bare word."""


@dataclass(frozen=True, slots=True)
class Call:
    """A node as it is written: ``{name: stem, conv: {filters: 8}}``.

    Attributes:
        keyword: The operation, kind of node or block.
        content: What stands behind the keyword.
        beside: What stands beside it.
        name: Its segment in paths; None for the keyword.
        block: The block that the keyword means.
        mark: The line of the script.
    """

    keyword: str
    content: Any = NOTHING
    beside: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    block: Block | None = None
    mark: Mark | None = field(default=None, compare=False, repr=False)


class Word:
    """A word of the language as a function: ``conv(32, kernel=5, name="stem")``.

    The arguments are those of the YAML form; a positional one is the bare value (``conv: 32``). Without any, the call's
    brackets can be left out: ``[conv(32), bn, relu]``.

    Args:
        keyword: The word.
    """

    def __init__(self, keyword: str) -> None:
        self.keyword = keyword
        self.__name__ = keyword
        self.__doc__ = _documentation(keyword)

    def __call__(self, *content: Any, name: str | None = None, **args: Any) -> Call:
        """The node."""
        if len(content) > 1:
            raise TypeError(f"{self.keyword}() takes one positional argument, got {len(content)}; name the others")
        known = {"tie", *kinds.get(self.keyword, kinds[OPERATION]).options}
        beside = {key: value for key, value in args.items() if key in known}
        inside = {key: value for key, value in args.items() if key not in known}
        return Call(self.keyword, self._content(content, inside), beside, name, mark=here())

    def _content(self, content: tuple[Any, ...], inside: Mapping[str, Any]) -> Any:
        if not content:
            return dict(inside) or NOTHING
        if not inside:
            return content[0]
        shorthand = ops.get(self.keyword).shorthand if self.keyword not in kinds else None
        if shorthand is None or shorthand in inside:
            raise TypeError(f"{self.keyword}() takes a positional argument or named ones, not both")
        return {shorthand: content[0], **inside}

    def __repr__(self) -> str:
        return f"<node {self.keyword!r}>"


class Block:
    """A piece of network with a name and arguments; made by ``@block``.

    Args:
        function: From the arguments to nodes.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.keyword = function.__name__
        self.mark = here()
        self._function = function
        self._parameters = inspect.signature(function).parameters
        bad = [name for name, each in self._parameters.items() if name in ("name", "tie") or each.kind in (2, 4)]
        if bad:
            raise TypeError(f"the block {self.keyword!r} cannot have an argument {bad[0]!r}")

    def __call__(self, *values: Any, name: str | None = None, tie: str | None = None, **args: Any) -> Call:
        """A call of the block."""
        if len(values) > len(self._parameters):
            raise TypeError(f"{self.keyword}() takes {len(self._parameters)} arguments, got {len(values)}")
        given = dict(zip(self._parameters, values, strict=False))
        if twice := given.keys() & args.keys():
            raise TypeError(f"{self.keyword}() got two values for {sorted(twice)[0]!r}")
        return Call(self.keyword, {**given, **args} or NOTHING, _tied(tie), name, self, here())

    def definition(self) -> Any:
        """As it stands in ``blocks``."""
        empty = inspect.Parameter.empty
        do = self._function(**{name: Expression(name) for name in self._parameters})
        if not self._parameters:
            return {"do": do}
        args = {name: None if each.default is empty else each.default for name, each in self._parameters.items()}
        return {"args": args, "do": do}

    def __repr__(self) -> str:
        return f"<block {self.keyword!r}>"


def block(function: Callable[..., Any]) -> Block:
    """Make a block of a function from arguments to nodes, called like one; its name is the function's.

    >>> from automl.space.builders import bn, conv, relu
    >>> @block
    ... def conv_bn(filters, kernel=3):
    ...     return [conv(filters, kernel=kernel), bn, relu]
    >>> conv_bn(16).content
    {'filters': 16}
    """
    return Block(function)


def optional(*do: Any, name: str | None = None, default: bool = False, tie: str | None = None) -> Call:
    """There or not: ``optional(se(8), name="gate")`` or ``optional("gate", se(8))``."""
    name, (body,) = _named("optional", name, do, 1)
    beside = {"default": True} if default else {}
    return Call("optional", body, beside | _tied(tie), name, mark=here())


def repeat(
    *parts: Any, name: str | None = None, index: str | None = None, share: str | None = None, tie: str | None = None
) -> Call:
    """Copies: ``repeat("stage", int_(1, 4), lambda i: conv(16 * 2**i))``.

    Args:
        *parts: A name or none, how many, and what: nodes, or a function from the copy's number to nodes, whose
            parameter gives the index its name.
        name: Instead of the first of ``parts``.
        index: Name of the index for formulas in texts.
        share: ``none``, ``choices`` or ``weights``.
        tie: Key of what it is one with.
    """
    name, (times, do) = _named("repeat", name, parts, 2)
    if callable(do) and not isinstance(do, Word | Block):
        parameters = list(inspect.signature(do).parameters)
        index = parameters[0] if parameters else index
        do = do(*map(Expression, parameters[:1]))
    content = {"times": times, "index": index, "share": share, "do": do}
    given = {key: value for key, value in content.items() if value is not None}
    return Call("repeat", given, _tied(tie), name, mark=here())


def parallel(*parts: Any, name: str | None = None, merge: Any = None, tie: str | None = None, **branches: Any) -> Call:
    """Branches on one input: ``parallel(a=conv(8), b=[], merge="add")``; names that are no words go into a mapping."""
    if not (parts and isinstance(parts[-1], Mapping)):
        parts = (*parts, branches)
    name, (do,) = _named("parallel", name, parts, 1)
    content = {"do": {**do, **branches}} if merge is None else {"merge": merge, "do": {**do, **branches}}
    return Call("parallel", content, _tied(tie), name, mark=here())


def residual(
    *do: Any, name: str | None = None, shortcut: Any = None, merge: Any = None, tie: str | None = None
) -> Call:
    """A body and a shortcut around it: ``residual([conv(16), bn], merge="concat")``."""
    name, (body,) = _named("residual", name, do, 1)
    options = {key: value for key, value in (("shortcut", shortcut), ("merge", merge)) if value is not None}
    return Call("residual", {**options, "do": body} if options else body, _tied(tie), name, mark=here())


def _tied(key: str | None) -> dict[str, Any]:
    return {} if key is None else {"tie": key}


def _named(word: str, name: str | None, parts: tuple[Any, ...], wanted: int) -> tuple[str | None, tuple[Any, ...]]:
    """The name, given first or as ``name``, and the other parts."""
    if len(parts) == wanted + 1 and isinstance(parts[0], str) and name is None:
        return parts[0], parts[1:]
    if len(parts) != wanted:
        raise TypeError(f"{word}() takes {wanted} positional argument{'s' * (wanted > 1)} after its name")
    return name, parts


def _documentation(keyword: str) -> str | None:
    return kinds[keyword].__doc__ if keyword in kinds else ops.get(keyword).__doc__
