"""Spaces from Python are the spaces from YAML."""

from __future__ import annotations

import builtins
import inspect
import keyword
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl import ops
from automl.errors import SpaceError
from automl.space import Space, builders
from automl.space.builders import (
    Block,
    Expression,
    and_,
    block,
    bn,
    bool_,
    choice,
    conv,
    dense,
    dropout,
    embed,
    expr,
    float_,
    gap,
    graph,
    head,
    if_,
    input_height,
    int_,
    last,
    max_,
    maxpool,
    min_,
    not_,
    optional,
    or_,
    parallel,
    pow2,
    relu,
    repeat,
    residual,
    rnn,
    round_,
    se,
    silu,
    trunc_,
    variable,
)
from automl.space.formula import Formula
from automl.space.node import kinds

YAML = """
version: 1
name: cnn
task: image-classify
vars:
  width: {choice: [16, 24, 32, 48, 64], default: 32}
  act: {choice: [relu, silu]}
  size: =max(input_height, 32)
blocks:
  conv_bn:
    args: {f: null, k: 3, s: 1}
    do: [{conv: {filters: =f, kernel: =k, stride: =s}}, bn, {choice: {relu: relu, silu: silu}, by: =act}]
  bottleneck:
    args: {f: null, s: 1}
    do:
      - residual:
          shortcut: auto
          do: [{conv_bn: {f: =f // 4, k: 1}}, {conv_bn: {f: =f // 4, s: =s}}, {conv: {filters: =f, kernel: 1}}, bn]
      - relu
model:
  - conv: {filters: =width, kernel: "=3 if size <= 64 else 5"}
    name: stem
  - name: stage
    repeat:
      times: {int: [1, 4], default: 3}
      index: i
      do:
        name: block
        repeat:
          times: {int: [1, 3], default: 2}
          index: j
          do:
            - name: kind
              choice:
                conv: {conv_bn: {f: =width * 2**i, s: =2 if i > 0 and j == 0 else 1}}
                bottleneck: {bottleneck: {f: =width * 2**i, s: =2 if i > 0 and j == 0 else 1}}
            - name: se
              optional: {se: {ratio: 8}}
  - {parallel: {merge: concat, do: {a: {maxpool: {size: 3, stride: 1, padding: same}}, b: []}}}
  - gap
  - dropout: {rate: {float: [0.0, 0.5], step: 0.1}}
  - head
train:
  optimizer: {choice: [adamw, sgd], default: adamw}
  lr: {float: [1.0e-4, 1.0e-1], log: true, default: 1.0e-3}
  batch_size: {pow2: [32, 128]}
  augment: {flip: {bool: true}, shift: 2}
constraints: [{params: 3000000}, =flops <= 400 * params]
seeds:
  - {width: 64, stage/times: 4, stage.0/block.0/kind: bottleneck}
"""


def python_cnn() -> Space:
    width, act = choice("width", [16, 24, 32, 48, 64], default=32), choice("act", ["relu", "silu"])
    size = variable("size", max_(input_height, 32))

    @block
    def conv_bn(f, k=3, s=1):
        return [conv(f, kernel=k, stride=s), bn, choice(relu=relu, silu=silu, by=act)]

    @block
    def bottleneck(f, s=1):
        inner = [conv_bn(f // 4, 1), conv_bn(f // 4, s=s), conv(f, kernel=1), bn()]
        return [residual(inner, shortcut="auto"), relu]

    def of_stage(i):
        def one(j):
            stride = if_(and_(i > 0, j == 0), 2, 1)
            kind = choice("kind", conv=conv_bn(width * 2**i, s=stride), bottleneck=bottleneck(width * 2**i, stride))
            return [kind, optional(se(8), name="se")]

        return repeat("block", int_(1, 3, default=2), one)

    return Space(
        "cnn",
        task="image-classify",
        vars=[width],
        model=[
            conv(width, kernel=if_(size <= 64, 3, 5), name="stem"),
            repeat("stage", int_(1, 4, default=3), of_stage),
            parallel(a=maxpool(size=3, stride=1, padding="same"), b=[], merge="concat"),
            gap(),
            dropout(float_(0.0, 0.5, step=0.1)),
            head,
        ],
        train={
            "optimizer": choice(["adamw", "sgd"], default="adamw"),
            "lr": float_(1e-4, 1e-1, log=True, default=1e-3),
            "batch_size": pow2(32, 128),
            "augment": {"flip": bool_(True), "shift": 2},
        },
        constraints=[{"params": 3_000_000}, "=flops <= 400 * params"],
        seeds=[{"width": 64, "stage/times": 4, "stage.0/block.0/kind": "bottleneck"}],
    )


def test_a_space_from_python_is_the_one_from_yaml() -> None:
    # The index of an inner function is named by it: j, as in the text.
    assert python_cnn() == Space.parse(YAML)


def test_python_to_yaml_to_python_gives_an_equal_space() -> None:
    space = python_cnn()
    assert Space.parse(space.to_yaml()) == space
    assert space.source == Space.parse(space.source).to_yaml()


def test_several_inputs_and_outputs_can_be_built() -> None:
    @block
    def tower(units=pow2(8, 32)):  # noqa: B008  as a person writes it
        return [conv(units), relu, gap]

    space = Space(
        "two",
        inputs={"left": "image", "right": "image", "title": "text"},
        outputs={"price": "regression", "kind": "classification"},
        model=graph(
            a={"from": "left", "do": tower(tie="photo")},
            b={"from_": "right", "do": tower(tie="photo")},
            words={"from": "title", "do": [embed(16, vocabulary=100), rnn(units=8), last]},
            fused={"from": ["a", "b", "words"], "merge": choice(["concat"]), "do": dense(16)},
            price={"from": "fused", "do": head},
            kind={"from": ["fused", "words"], "merge": "concat", "do": head},
        ),
    )
    assert Space.parse(space.to_yaml()) == space
    assert [*space.inputs] == ["left", "right", "title"]


def test_every_word_of_the_language_is_a_function() -> None:
    words = {*ops.names(), *(word for word in kinds if not word.startswith("<"))}
    for word in words:
        assert callable(getattr(builders, word))
    assert {name for name in builders.__all__ if hasattr(builtins, name) or keyword.iskeyword(name)} == set()
    assert "conv" in dir(builders)
    with pytest.raises(AttributeError, match="has no attribute 'convv'"):
        builders.convv  # noqa: B018


def test_a_function_documents_its_operation() -> None:
    assert "filters: Output channels" in (conv.__doc__ or "")


def test_a_name_comes_first_or_by_name() -> None:
    for body in (repeat("a", 2, relu), repeat(2, relu, name="a")):
        assert Space("s", model=[body, head]).model[0].name == "a"
    for body in (optional("a", relu), optional(relu, name="a"), choice("a", {"x": relu}), residual("a", relu)):
        assert Space("s", model=[body, head]).model[0].name == "a"


def test_values_of_numpy_are_numbers() -> None:
    space = Space("s", model=[conv(np.int64(8)), dropout(np.float64(0.5)), head])
    assert space == Space.parse("name: s\nmodel: [{conv: 8}, {dropout: 0.5}, head]")


def test_variables_are_listed_before_what_uses_them() -> None:
    wide = variable("wide", choice("width", [8, 16]) * 2)
    assert [*Space("s", model=[conv(wide), head]).vars] == ["width", "wide"]


def test_variables_and_blocks_may_be_given_by_name() -> None:
    space = Space(
        "s",
        vars={"width": choice([8, 16]), "twice": expr("width * 2")},
        blocks={"unit": {"args": {"f": None}, "do": [conv(expr("f")), "bn"]}},
        model=[{"unit": expr("twice")}, "head"],
    )
    assert space == Space.parse(
        "name: s\nvars: {width: {choice: [8, 16]}, twice: =width * 2}\n"
        "blocks: {unit: {args: {f: null}, do: [{conv: =f}, bn]}}\nmodel: [{unit: =twice}, head]"
    )


# Formulas


NUMBERS = st.integers(-5, 5) | st.sampled_from([0.5, 2.0])
BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
    "max": max_,
    "min": min_,
    "and": and_,
    "or": or_,
}
PYTHON = BINARY | {"max": max, "min": min, "and": lambda a, b: a and b, "or": lambda a, b: a or b}


@given(st.recursive(NUMBERS | st.sampled_from(["x", "y"]), lambda inner: st.tuples(
    st.sampled_from([*BINARY]), inner, inner) | st.tuples(st.just("if"), inner, inner, inner)
    | st.tuples(st.sampled_from(["neg", "not"]), inner), max_leaves=8))  # fmt: skip
def test_arithmetic_in_python_is_the_formula(tree: Any) -> None:
    names = {"x": 3, "y": -2}

    def built(part: Any) -> Any:
        match part:
            case str():
                return Expression(part)
            case ("if", test, yes, no):
                return if_(built(test), built(yes), built(no))
            case ("neg", inner):
                return -wrapped(inner)
            case ("not", inner):
                return not_(built(inner))
            case (sign, left, right):
                return BINARY[sign](wrapped(left), built(right))
        return part

    def wrapped(part: Any) -> Any:
        inner = built(part)
        return inner if isinstance(inner, Expression) else expr(repr(inner))

    def value(part: Any) -> Any:
        match part:
            case str():
                return names[part]
            case ("if", test, yes, no):
                return value(yes) if value(test) else value(no)
            case ("neg", inner):
                return -value(inner)
            case ("not", inner):
                return not value(inner)
            case (sign, left, right):
                return PYTHON[sign](value(left), value(right))
        return part

    try:
        expected = value(tree)
    except (ZeroDivisionError, OverflowError):
        return
    if isinstance(expected, complex):
        return
    formula = built(tree)
    if isinstance(formula, Expression):
        try:
            found = Formula.parse(formula.text).evaluate(names)
        except SpaceError as error:
            assert any(word in str(error) for word in ("2**63", "complex", "characters", "divides"))  # noqa: PT017
            return
        assert found == expected


def test_a_formula_has_brackets_only_where_it_needs_them() -> None:
    i, j = Expression("i"), Expression("j")
    assert (i * 2**j).text == "i * 2**j"
    assert ((i + j) * 2).text == "(i + j) * 2"
    assert (i - (j - 1)).text == "i - (j - 1)"
    assert ((i + 1) ** 2).text == "(i + 1)**2"
    assert (2**-i).text == "2**(-i)"
    assert (
        if_(or_(i > 0, not_(j == 1)), round_(i / 3, 1), trunc_(j)).text
        == "round(i / 3, 1) if i > 0 or not j == 1 else int(j)"
    )


def test_an_expression_has_no_truth() -> None:
    with pytest.raises(TypeError, match=r"'i > 0' has no value yet; use if_, and_"):
        bool(Expression("i") > 0)


def test_arithmetic_needs_a_name() -> None:
    with pytest.raises(TypeError, match=r"give the 'int' value a name, such as int_\('depth', ...\)"):
        Expression("i") + int_(1, 3)


# Errors


def line_of(text: str) -> int:
    lines, first = inspect.getsourcelines(inspect.currentframe().f_back.f_code)  # type: ignore[union-attr]
    return first + next(number for number, line in enumerate(lines) if text in line)


def told(**sections: Any) -> str:
    with pytest.raises(SpaceError) as raised:
        Space("bad", **sections)
    return str(raised.value)


def test_an_error_has_the_line_of_the_script_and_the_path() -> None:
    model = [
        repeat("stage", 2, choice("kind", a=[], b=[
            relu,
            conv(fliters=3)])),
        head,
    ]  # fmt: skip
    place = f"test_builders.py:{line_of('fliters=3')}: stage/kind=b: unknown argument 'fliters' of 'conv'; did you mean"
    assert place in told(model=model)


def test_an_error_in_a_value_has_its_line() -> None:
    message = told(model=[conv(8), dropout(float_(0.5, 0.1)), head])
    assert f"test_builders.py:{line_of('0.5, 0.1')}: dropout/rate: the range [0.5, 0.1] is empty" in message


def test_an_error_in_a_block_has_its_line() -> None:
    @block
    def unit(f):
        return conv(f, kernel=0)

    message = told(model=[unit(8), head])
    assert f"test_builders.py:{line_of('kernel=0')}: unit: argument 'kernel' of 'conv' is 0" in message


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (lambda: {"model": [conv(object()), head]}, "cannot be part of a space"),
        (lambda: {"models": [head]}, "unknown key 'models' of a space; did you mean 'model'?"),
        (
            lambda: {"model": [conv(expr("wdith")), head], "vars": {"width": 3}},
            "unknown variable 'wdith'; did you mean 'width'?",
        ),
        (
            lambda: {"model": [conv(choice("a", [1, 2]) + choice("a", [1, 3])), head]},
            "vars: two of them are called 'a'",
        ),
        (lambda: {"model": [conv(8)]}, "a head is missing"),
        (lambda: {"model": head, "vars": [3]}, "'vars' lists what has no name: 3; use a mapping"),
        (lambda: {"model": [conv(expr("1 +")), head]}, "the formula '=1 +' is no expression"),
    ],
)
def test_a_bad_space_is_told(sections: Any, message: str) -> None:
    found = told(**sections())
    assert message in found
    assert "test_builders.py:" in found


def test_two_blocks_of_one_name_are_told_and_equal_ones_are_fine() -> None:
    def make(width: int) -> Block:
        @block
        def unit():
            return conv(width)

        return unit

    assert "blocks: two of them are called 'unit'" in told(model=[make(3)(), make(4)(), head])
    assert Space("s", model=[make(3)(), make(3)(), head]).blocks.keys() == {"unit"}


def test_a_block_that_calls_itself_is_told() -> None:
    @block
    def unit():
        return [relu, unit()]

    assert "blocks call each other in a circle: unit -> unit" in told(model=[unit(), head])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: conv(3, 5),
        lambda: relu(3, x=4),
        lambda: conv(3, filters=4),
        lambda: int_(3),
        lambda: choice(3),
        lambda: choice("kind"),
        lambda: repeat(3),
        lambda: optional(relu, relu, relu),
        lambda: block(lambda name: relu),
        lambda: block(lambda *many: relu),
    ],
)
def test_a_call_that_makes_no_sense_is_a_type_error(wrong: Any) -> None:
    with pytest.raises(TypeError):
        wrong()
