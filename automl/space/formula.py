"""Formulas: ``=width * 2**i``, a small safe part of Python's expressions.

A formula is parsed by ``ast.parse(mode="eval")`` and turned into closures by a walk that knows a short list of nodes;
nothing is ever given to ``eval``. Every number stays below 2**63, also on the way, so no formula can grow without
bound. Arithmetic, comparisons and conditions mean what they mean in Python.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from automl.errors import ShapeError, SpaceError, did_you_mean
from automl.space.document import Scalar

Names: TypeAlias = Mapping[str, Scalar]
_Run: TypeAlias = Callable[[Names], Scalar]

MAX_LENGTH = 500
MAX_PARTS = 300
_LARGEST = 2**63

_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda a, b: _power(a, b),  # noqa: PLW0108  defined below
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Scalar, Scalar], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # of unlike types: TypeError, told as SpaceError
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "round": lambda *values: _round(*values),  # noqa: PLW0108  defined below
    "int": int,
}
_MOST_VALUES: Mapping[str, int] = {"min": 20, "max": 20, "round": 2, "int": 1}
_SIZES = ("_height", "_width", "_channels", "_length")
_ALLOWED = "use numbers, names, + - * / // % **, comparisons, and/or/not, 'a if c else b', min, max, round, int"


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula; ``text`` is what stands after the ``=``."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Formula:
        """Check the syntax once.

        Raises:
            SpaceError: It is no expression, or uses what formulas do not know.
        """
        _compile(text.strip())
        return cls(text.strip())

    @property
    def names(self) -> frozenset[str]:
        """The variables it reads."""
        return _compile(self.text)[0]

    def evaluate(self, names: Names) -> Scalar:
        """Its value.

        >>> Formula.parse("width * 2**i if deep else width").evaluate({"width": 16, "i": 2, "deep": True})
        64

        Raises:
            SpaceError: Division by zero, types that do not fit, a number out of bounds, an unknown name.
        """
        try:
            return _compile(self.text)[1](names)
        except ZeroDivisionError:
            raise SpaceError(f"the formula '={self.text}' divides by zero") from None
        except (TypeError, ValueError, OverflowError) as error:
            raise SpaceError(f"the formula '={self.text}' cannot be computed: {error}") from None

    def __str__(self) -> str:
        return f"={self.text}"


@lru_cache(maxsize=4096)
def _compile(text: str) -> tuple[frozenset[str], _Run]:
    if len(text) > MAX_LENGTH:
        raise SpaceError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are understood")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        said = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        raise SpaceError(f"the formula '={text}' is no expression: {said}") from None
    parts = list(ast.walk(tree))
    if len(parts) > MAX_PARTS:
        raise SpaceError(f"the formula has {len(parts)} parts; at most {MAX_PARTS} are understood")
    functions = {id(part.func) for part in parts if isinstance(part, ast.Call)}
    names = frozenset(part.id for part in parts if isinstance(part, ast.Name) and id(part) not in functions)
    return names, _Compiler(text).run(tree)


class _Compiler:
    """One closure a node; the text only serves the messages."""

    def __init__(self, text: str) -> None:
        self._text = text

    def run(self, node: ast.expr) -> _Run:  # noqa: PLR0911  one line a node
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node.id)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return self._logic(node)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                return self._condition(node)
            case ast.Call():
                return self._call(node)
        raise self._unknown(node)

    def _unknown(self, node: ast.AST) -> SpaceError:
        part = ast.get_source_segment(self._text, node) or type(node).__name__
        return SpaceError(f"the formula '={self._text}' may not contain '{part}'; {_ALLOWED}")

    def _constant(self, node: ast.Constant) -> _Run:
        value = node.value
        if not isinstance(value, bool | int | float | str | None):
            raise self._unknown(node)
        if isinstance(value, int | float) and not isinstance(value, bool):
            _bounded(value)
        return lambda _: value

    def _name(self, name: str) -> _Run:
        def look_up(names: Names) -> Scalar:
            try:
                return names[name]
            except KeyError:
                if name.endswith(_SIZES):  # these depend on the data, so that they are missed only now
                    raise ShapeError(f"the input has no {name!r}, or none that is always the same") from None
                raise unknown_variable(name, names) from None

        return look_up

    def _binary(self, node: ast.BinOp) -> _Run:
        if type(node.op) not in _BINARY:
            raise self._unknown(node)
        apply, left, right = _BINARY[type(node.op)], self.run(node.left), self.run(node.right)
        return lambda names: _bounded(apply(_number(left(names)), _number(right(names))))

    def _unary(self, node: ast.UnaryOp) -> _Run:
        operand = self.run(node.operand)
        match node.op:
            case ast.USub():
                return lambda names: -_number(operand(names))
            case ast.UAdd():
                return lambda names: +_number(operand(names))
            case ast.Not():
                return lambda names: not operand(names)
        raise self._unknown(node)

    def _logic(self, node: ast.BoolOp) -> _Run:
        parts = [self.run(part) for part in node.values]
        stop_at = isinstance(node.op, ast.Or)

        def decide(names: Names) -> Scalar:
            value: Scalar = None
            for part in parts:
                value = part(names)
                if bool(value) is stop_at:
                    break
            return value

        return decide

    def _compare(self, node: ast.Compare) -> _Run:
        if any(type(op) not in _COMPARE for op in node.ops):
            raise self._unknown(node)
        first = self.run(node.left)
        others = [(_COMPARE[type(op)], self.run(part)) for op, part in zip(node.ops, node.comparators, strict=True)]

        def holds(names: Names) -> bool:
            left = first(names)
            for compare, part in others:
                right = part(names)
                if not compare(left, right):
                    return False
                left = right
            return True

        return holds

    def _condition(self, node: ast.IfExp) -> _Run:
        test, yes, no = self.run(node.test), self.run(node.body), self.run(node.orelse)
        return lambda names: yes(names) if test(names) else no(names)

    def _call(self, node: ast.Call) -> _Run:
        known = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        if not known or node.keywords or not node.args or any(isinstance(part, ast.Starred) for part in node.args):
            raise self._unknown(node)
        assert isinstance(node.func, ast.Name)
        function, parts = _FUNCTIONS[node.func.id], [self.run(part) for part in node.args]
        if node.func.id in ("min", "max") and len(parts) < 2:
            raise SpaceError(f"the formula '={self._text}': {node.func.id} needs two values or more")
        if len(parts) > _MOST_VALUES[node.func.id]:
            raise SpaceError(f"the formula '={self._text}': too many values for {node.func.id}")
        return lambda names: _bounded(function(*(_number(part(names)) for part in parts)))


def unknown_variable(name: str, known: Mapping[str, object] | frozenset[str]) -> SpaceError:
    """The one message for a name that a formula cannot see."""
    return SpaceError(f"unknown variable {name!r}; {did_you_mean(name, known)}")


def _number(value: Scalar) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _bounded(value: float) -> float:
    if isinstance(value, complex):
        raise ValueError("the result is a complex number")
    if not (math.isfinite(value) and abs(value) < _LARGEST):
        raise OverflowError("a number reaches 2**63")
    return value


def _round(value: float, digits: float = 0) -> float:
    """Python's ``round``; a huge negative number of digits would build a huge power of ten."""
    if not isinstance(digits, int) or abs(digits) > 20:
        raise ValueError(f"round to {digits!r} digits: use -20 to 20")
    return round(value, digits) if digits else round(value)


def _power(base: float, exponent: float) -> float:
    """``base ** exponent``, refused before it is computed where it would be a huge whole number."""
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent > 0 and exponent * (abs(int(base)).bit_length() - 1) >= 63:
        raise OverflowError("a number reaches 2**63")
    result: float = base**exponent
    return result
