"""Limits of what a network may cost: ``{params: 3000000, flops / params: 200}`` or ``[=depth >= 4]``."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from automl.arch import Summary
from automl.errors import SpaceError
from automl.space.document import YamlList, YamlMap, YamlScalar, YamlTree, kind_of
from automl.space.formula import Formula, unknown_variable
from automl.space.site import Site

QUANTITIES = ("params", "flops", "activations", "depth")
"""What formulas of constraints see of a network."""

_SIGNS: Mapping[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_HOW = "write an upper limit as {params: 3000000}, everything else as a comparison: [=flops <= 50 * params]"


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that an architecture does not meet.

    Attributes:
        name: Of the constraint: what is limited, or where the limit is no number all of it.
        value: What the architecture has.
        limit: What it may have at the most, or with ``>=`` and ``>`` must have.
        sign: How it compares; ``value sign limit`` does not hold.
    """

    name: str
    value: float
    limit: float
    sign: str = "<="

    @property
    def excess(self) -> float:
        """By how much the limit is passed, as a share of it; above 0."""
        gap = abs(self.value - self.limit)
        return max(gap / abs(self.limit) if self.limit else gap, 1e-9)

    def __str__(self) -> str:
        return f"{self.name} {_number(self.value)} {_OPPOSITE[self.sign]} {_number(self.limit)}"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A comparison that every network of a space must meet.

    >>> Constraint(Formula("flops"), "<=", Formula("50 * params")).violation({"flops": 600, "params": 10}).limit
    500

    Attributes:
        left: What is limited.
        sign: ``<``, ``<=``, ``>`` or ``>=``.
        right: The limit.
    """

    left: Formula
    sign: str
    right: Formula

    @property
    def name(self) -> str:
        """What is limited, where the limit is a number; else the whole comparison."""
        return f"{self.left.text} {self.sign} {self.right.text}" if self.right.names else self.left.text

    def violation(self, quantities: Mapping[str, int]) -> Violation | None:
        """What is wrong with a network; None if it meets this."""
        try:
            value, limit = self.left.evaluate(quantities), self.right.evaluate(quantities)
        except SpaceError:  # something per parameter of a network without any
            return Violation(self.name, math.inf, 0.0, self.sign)
        assert isinstance(value, int | float)
        assert isinstance(limit, int | float)
        if Formula(f"left {self.sign} right").evaluate({"left": value, "right": limit}):
            return None
        return Violation(self.name, value, limit, self.sign)


def violations(constraints: tuple[Constraint, ...], summary: Summary) -> tuple[Violation, ...]:
    """The constraints that a network does not meet."""
    values = (summary.parameters, summary.flops, summary.activations, summary.depth)
    quantities = dict(zip(QUANTITIES, values, strict=True))
    found = [each.violation(quantities) for each in constraints]
    return tuple(each for each in found if each is not None)


def read_constraints(tree: YamlTree | None, site: Site) -> tuple[Constraint, ...]:
    """From a mapping of upper limits, a list of comparisons, or a list of both."""
    here = site.child("constraints")
    match tree:
        case None | YamlScalar(value=None):
            return ()
        case YamlMap():
            return tuple(_limit(key, value, tree, here) for key, value in tree.entries.items())
        case YamlList(items=items):
            return tuple(each for item in items for each in _item(item, here))
        case YamlScalar():
            raise here.error(f"'constraints' must be a mapping or a list, got {kind_of(tree)}; {_HOW}", tree.mark)


def _item(tree: YamlTree, site: Site) -> tuple[Constraint, ...]:
    if isinstance(tree, YamlMap):
        return read_constraints(tree, Site("", frozenset(), {}))
    if not isinstance(tree, YamlScalar) or not isinstance(tree.value, str):
        raise site.error(f"a constraint is a comparison or a mapping of limits, got {kind_of(tree)}; {_HOW}", tree.mark)
    try:
        return _comparison(tree.value.strip().removeprefix("=").strip())
    except SpaceError as error:
        raise site.locate(error, tree.mark) from None


def _comparison(text: str) -> tuple[Constraint, ...]:
    _formula(text)
    compared = ast.parse(text, mode="eval").body
    if not isinstance(compared, ast.Compare) or any(type(sign) not in _SIGNS for sign in compared.ops):
        raise SpaceError(f"the constraint {text!r} compares nothing by <, <=, > or >=; {_HOW}")
    parts = [_formula(ast.get_source_segment(text, each) or "") for each in (compared.left, *compared.comparators)]
    if not any(part.names for part in parts):
        raise SpaceError(f"the constraint {text!r} says nothing of the network; it knows {', '.join(QUANTITIES)}")
    signs = [_SIGNS[type(sign)] for sign in compared.ops]
    return tuple(_facing(left, sign, right) for (left, right), sign in zip(pairwise(parts), signs, strict=True))


def _facing(left: Formula, sign: str, right: Formula) -> Constraint:
    """With the network's part on the left: ``1e5 <= params`` is ``params >= 1e5``."""
    if left.names or not right.names:
        return Constraint(left, sign, right)
    return Constraint(right, sign.translate(str.maketrans("<>", "><")), left)


def _limit(key: str, tree: YamlTree, table: YamlMap, site: Site) -> Constraint:
    try:
        left = _formula(key)
    except SpaceError as error:
        raise site.locate(error, table.marks[key]) from None
    limit = site.scalar(tree, f"{key!r}")
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise site.error(f"{key!r} must be a number, got {limit!r}", tree.mark)
    if not math.isfinite(limit):
        raise site.error(f"{key!r} must be finite; leave it out for no limit", tree.mark)
    if key in QUANTITIES and limit < 1:
        raise site.error(f"{key!r} must be a number of at least 1, got {limit!r}", tree.mark)
    return Constraint(left, "<=", Formula.parse(repr(int(limit) if float(limit).is_integer() else limit)))


def _formula(text: str) -> Formula:
    formula = Formula.parse(text)
    for name in sorted(formula.names - {*QUANTITIES}):
        raise unknown_variable(name, frozenset(QUANTITIES))
    return formula


def _number(value: float) -> str:
    whole = isinstance(value, int) or value.is_integer()
    return f"{int(value):,}" if whole else f"{value:,.4g}"
