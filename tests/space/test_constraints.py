"""Constraints over what a network costs."""

from __future__ import annotations

from typing import Any

import pytest

from automl.arch import Summary, summarize
from automl.errors import SpaceError
from automl.space import Constraint, Space
from automl.space.constraints import QUANTITIES
from automl.space.formula import Formula

MODEL = "model: [{conv: 8}, head]\n"  # 251 parameters, depth 2


def broken(constraints: str, interpret: Any) -> list[str]:
    space = Space.parse(f"{MODEL}constraints: {constraints}")
    assert Space.parse(space.to_yaml(), "<text>") == space
    return [str(each) for each in space.violations(summarize(interpret(space).architecture))]


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ("{params: 251}", []),
        ("{params: 250}", ["params 251 > 250"]),
        ("{flops / params: 2.5}", ["flops / params 457.2 > 2.5"]),
        ("[=params <= 250, =depth >= 3]", ["params 251 > 250", "depth 2 < 3"]),
        ("[params < 251, depth > 2]", ["params 251 >= 251", "depth 2 <= 2"]),
        ("[=flops <= 50 * params]", ["flops <= 50 * params 114,748 > 12,550"]),
        ("[{params: 100, depth: 1}, =depth >= 1]", ["params 251 > 100", "depth 2 > 1"]),
        ("[100 <= params <= 200]", ["params 251 > 200"]),
        ("[300 <= params]", ["params 251 < 300"]),
        ("{params if depth > 1 else flops: 10}", ["params if depth > 1 else flops 251 > 10"]),
        ("{params / (depth - 2): 10}", ["params / (depth - 2) inf > 0"]),
        ("[]", []),
    ],
)
def test_violations_name_the_constraint_and_both_values(constraints: str, expected: list[str], interpret: Any) -> None:
    assert broken(constraints, interpret) == expected


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        ("{parms: 3}", "2:15: constraints: unknown variable 'parms'; did you mean 'params'?"),
        ("{params: 3M}", "2:23: constraints: 'params' must be a number, got '3M'"),
        ("{params: 0}", "'params' must be a number of at least 1, got 0"),
        ("{params: .inf}", "'params' must be finite; leave it out for no limit"),
        ("{params + : 3}", "the formula '=params +' is no expression"),
        ("[params]", "the constraint 'params' compares nothing by <, <=, > or >=; write an upper limit as {params:"),
        ("[params == 3]", "compares nothing by <"),
        ("[3 < 4]", "the constraint '3 < 4' says nothing of the network; it knows params, flops, activations, depth"),
        ("[flops + x < 3]", "unknown variable 'x'"),
        ("[3]", "a constraint is a comparison or a mapping of limits, got 3"),
        ("3", "'constraints' must be a mapping or a list, got 3"),
        ("['__import__(\"os\") < params']", "may not contain"),
    ],
)
def test_a_bad_constraint_is_told_with_its_place(constraints: str, message: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"{MODEL}constraints: {constraints}", "s.yaml")
    assert str(raised.value).startswith("s.yaml:2:")
    assert message in str(raised.value)


def test_the_excess_is_a_share_of_the_limit() -> None:
    quantities = dict(zip(QUANTITIES, (150, 0, 0, 0), strict=True))
    for sign, limit, excess in (("<=", 100, 0.5), (">=", 200, 0.25), ("<", 150, 1e-9), ("<=", 0, None)):
        found = Constraint(Formula("params"), sign, Formula(str(limit))).violation(quantities)
        assert found is not None
        assert found.excess == pytest.approx(150 if excess is None else excess)


def test_a_space_without_constraints_has_no_violations() -> None:
    assert Space.parse(MODEL).violations(Summary((), 10**12, 10**12, 0, 0)) == ()
