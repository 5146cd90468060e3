"""Values of a space in Python: open ones, and arithmetic on them, which becomes formulas."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from automl.space.document import Mark, Scalar

# How tightly each kind of formula holds together, for brackets where they are needed.
_IF, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(10)
_INSIDE = "automl.space.builders"


@dataclass(frozen=True, slots=True)
class Open:
    """An open question without a name; its place gives it one.

    Attributes:
        entries: As it stands in YAML, ``{"int": [1, 4]}``.
        mark: The line of the script.
    """

    entries: Mapping[str, Any]
    mark: Mark | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A formula: what arithmetic on variables, arguments and indices gives.

    Attributes:
        text: Without the leading ``=``.
        binds: How tightly it holds together.
        uses: The variables in it.
        mark: The line of the script.
    """

    text: str
    binds: int = _ATOM
    uses: tuple[Variable, ...] = ()
    mark: Mark | None = field(default=None, repr=False)

    def __add__(self, other: Operand) -> Expression:
        return infix(self, "+", other, _SUM)

    def __radd__(self, other: Operand) -> Expression:
        return infix(other, "+", self, _SUM)

    def __sub__(self, other: Operand) -> Expression:
        return infix(self, "-", other, _SUM)

    def __rsub__(self, other: Operand) -> Expression:
        return infix(other, "-", self, _SUM)

    def __mul__(self, other: Operand) -> Expression:
        return infix(self, "*", other, _PRODUCT)

    def __rmul__(self, other: Operand) -> Expression:
        return infix(other, "*", self, _PRODUCT)

    def __truediv__(self, other: Operand) -> Expression:
        return infix(self, "/", other, _PRODUCT)

    def __rtruediv__(self, other: Operand) -> Expression:
        return infix(other, "/", self, _PRODUCT)

    def __floordiv__(self, other: Operand) -> Expression:
        return infix(self, "//", other, _PRODUCT)

    def __rfloordiv__(self, other: Operand) -> Expression:
        return infix(other, "//", self, _PRODUCT)

    def __mod__(self, other: Operand) -> Expression:
        return infix(self, "%", other, _PRODUCT)

    def __rmod__(self, other: Operand) -> Expression:
        return infix(other, "%", self, _PRODUCT)

    def __pow__(self, other: Operand) -> Expression:
        return infix(self, "**", other, _POWER)

    def __rpow__(self, other: Operand) -> Expression:
        return infix(other, "**", self, _POWER)

    def __neg__(self) -> Expression:
        return join(f"-{_inside(self, _SIGN)}", _SIGN, [self])

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return infix(self, "==", other, _COMPARE)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return infix(self, "!=", other, _COMPARE)  # type: ignore[arg-type]

    def __lt__(self, other: Operand) -> Expression:
        return infix(self, "<", other, _COMPARE)

    def __le__(self, other: Operand) -> Expression:
        return infix(self, "<=", other, _COMPARE)

    def __gt__(self, other: Operand) -> Expression:
        return infix(self, ">", other, _COMPARE)

    def __ge__(self, other: Operand) -> Expression:
        return infix(self, ">=", other, _COMPARE)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        raise TypeError(f"'{self.text}' has no value yet; use if_, and_, or_, not_ instead of Python's words")

    def __str__(self) -> str:
        return f"={self.text}"


@dataclass(frozen=True, slots=True, eq=False)
class Variable(Expression):
    """A value with a name, which every formula of the space sees.

    Attributes:
        value: What it is.
    """

    value: Any = None

    __hash__ = Expression.__hash__


Operand: TypeAlias = Expression | Scalar


def variable(name: str, value: Any) -> Variable:
    """A value with a name."""
    return Variable(name, mark=here(), value=value)


def join(text: str, binds: int, parts: Iterable[Any]) -> Expression:
    """A formula made of others."""
    uses = [used for part in parts for used in _variables(part)]
    return Expression(text, binds, tuple(dict.fromkeys(uses)), here())


def infix(left: Operand, sign: str, right: Operand, binds: int) -> Expression:
    """Two parts with a sign between them, in brackets where they need some."""
    # Powers group from the right and comparisons not at all, everything else from the left.
    tight_left, tight_right = binds + (binds in (_POWER, _COMPARE)), binds + (binds != _POWER)
    space = "" if sign == "**" else " "
    text = f"{_inside(left, tight_left)}{space}{sign}{space}{_inside(right, tight_right)}"
    return join(text, binds, (left, right))


def if_(condition: Operand, then: Operand, otherwise: Operand) -> Expression:
    """``then`` where the condition holds.

    >>> i = Expression("i")
    >>> str(if_(i > 0, 2, 1))
    '=2 if i > 0 else 1'
    """
    parts = (then, condition, otherwise)
    text = f"{_inside(then, _OR)} if {_inside(condition, _OR)} else {_inside(otherwise, _IF)}"
    return join(text, _IF, parts)


def and_(*conditions: Operand) -> Expression:
    """All of them hold."""
    return join(" and ".join(_inside(each, _NOT) for each in conditions), _AND, conditions)


def or_(*conditions: Operand) -> Expression:
    """One of them holds."""
    return join(" or ".join(_inside(each, _AND) for each in conditions), _OR, conditions)


def not_(condition: Operand) -> Expression:
    """It does not hold."""
    return join(f"not {_inside(condition, _COMPARE)}", _NOT, [condition])


def min_(*values: Operand) -> Expression:
    """The least."""
    return _function("min", values)


def max_(*values: Operand) -> Expression:
    """The greatest.

    >>> width = Expression("width")
    >>> str(max_(width // 4, 8) * 2)
    '=max(width // 4, 8) * 2'
    """
    return _function("max", values)


def round_(value: Operand, digits: int = 0) -> Expression:
    """Rounded to so many digits."""
    return _function("round", (value, digits) if digits else (value,))


def trunc_(value: Operand) -> Expression:
    """Without what stands behind the point: ``int`` in a formula."""
    return _function("int", (value,))


def expr(text: str) -> Expression:
    """A formula as it stands in YAML, with or without the ``=``.

    >>> str(expr("=min(input_height, 64)") // 2)
    '=min(input_height, 64) // 2'
    """
    import ast

    bare = text.strip().removeprefix("=").strip()
    try:
        is_atom = isinstance(ast.parse(bare, mode="eval").body, ast.Name | ast.Constant | ast.Call)
    except SyntaxError:  # told by the reader, with its place
        is_atom = True
    return Expression(bare, _ATOM if is_atom else _IF, (), here())


def here() -> Mark | None:
    """The line of the person's script that is running."""
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith((_INSIDE, "automl.space.space")):
        frame = frame.f_back
    return None if frame is None else Mark(frame.f_lineno, None, frame.f_code.co_filename)


def _function(name: str, values: Iterable[Operand]) -> Expression:
    parts = tuple(values)
    return join(f"{name}({', '.join(_inside(each, _IF) for each in parts)})", _ATOM, parts)


def _inside(part: Any, binds: int) -> str:
    if isinstance(part, Expression):
        return part.text if part.binds >= binds else f"({part.text})"
    if isinstance(part, Open):
        kind = next(iter(part.entries))
        raise TypeError(f"a formula needs a variable: give the {kind!r} value a name, such as {kind}_('depth', ...)")
    if part is not None and not isinstance(part, bool | int | float | str):
        raise TypeError(f"{part!r} cannot be part of a formula; use numbers, texts and named values")
    negative = isinstance(part, int | float) and part < 0
    return f"({part!r})" if negative and binds > _SIGN else repr(part)


def _variables(part: Any) -> tuple[Variable, ...]:
    if isinstance(part, Variable):
        return (part,)
    return part.uses if isinstance(part, Expression) else ()
