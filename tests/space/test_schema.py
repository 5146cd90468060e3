"""The JSON Schema accepts what the reader accepts, and refuses what a schema can see."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from automl import ops
from automl.space import shipped_path, shipped_spaces, space_schema
from automl.space.document import plain
from automl.space.node import kinds
from automl.space.yaml_text import read_yaml

ROOT = Path(__file__).parents[2]
VALIDATOR = jsonschema.Draft202012Validator(space_schema())


def accepts(text: str) -> bool:
    return VALIDATOR.is_valid(plain(read_yaml(text)))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(space_schema())
    assert json.loads(json.dumps(space_schema())) == space_schema()


@pytest.mark.parametrize("name", shipped_spaces())
def test_every_shipped_space_is_valid(name: str) -> None:
    VALIDATOR.validate(plain(read_yaml(shipped_path(name).read_text("utf-8"))))


def test_every_space_of_the_documentation_is_valid(documented_spaces: list[str]) -> None:
    assert documented_spaces
    for text in documented_spaces:
        VALIDATOR.validate(plain(read_yaml(text)))


def test_it_knows_every_word() -> None:
    words = {*ops.names(), *(word for word in kinds if not word.startswith("<"))}
    assert words <= {*space_schema()["$defs"]["node"]["properties"]}


GOOD = [
    "model: [conv_bn, {conv_bn: 3}, {name: a, conv_bn: {f: {int: [1, 4]}}}]\nblocks: {conv_bn: [bn]}",
    "model: {conv: {filters: =width, kernel: [3, {choice: [3, 5]}]}}",
    "model: [{conv: {pow2: [8, 64], default: 16}}, {dropout: {float: [0, 0.5], step: 0.1}}]",
    "model: [{optional: bn, default: true}]",
    "model: head\ntrain: {lr: {float: [1e-4, 1e-1], log: true}, patience: null, augment: {flip: auto}}",
    "model: {residual: {do: bn, shortcut: {avgpool: 2}, merge: {choice: [add, concat]}}}",
    "model: {residual: [bn, relu]}",
    "model: head\nconstraints: [{params: 100}, =flops <= 50 * params]",
    "model: {name: on, relu: }",
]
BAD = [
    "models: head",
    "version: 2\nmodel: head",
    "model: {conv: {fliters: 3}}",
    "model: conv",
    "model: {conv: {filters: '3'}}",
    "model: {conv: {filters: 0}}",
    "model: {conv: {filters: {int: [0, 8]}}}",
    "model: {conv: {filters: {int: 3}}}",
    "model: {conv: {filters: {int: [1.5, 3]}}}",
    "model: {conv: {filters: 3, padding: {choice: [same, full]}}}",
    "model: {conv: {filters: {pow2: [8, 16], step: 2}}}",
    "model: {conv: {filters: 3, use_bias: {bool: 1}}}",
    "model: {conv: 3, nmae: a}",
    "model: {conv: 3, bn: }",
    "model: {add: }",
    "model: add",
    "model: {relu: 3}",
    "model: 3",
    "model: ",
    "model: {name: a/b, bn: }",
    "model: {dropout: 1.5}",
    "model: {dropout: {flaot: [0, 0.5]}}",
    "model: {dropout: {float: [0.1, 0.5], step: 0.1, log: true}}",
    "model: {dropout: {choice: []}}",
    "model: {choice: {}}",
    "model: {choice: [bn, relu]}",
    "model: {choice: {a/b: bn}}",
    "model: {choice: {a: bn, b: []}, by: a}",
    "model: {choice: {a: bn, b: []}, by: =a, default: b}",
    "model: {relu: , default: true}",
    "model: {repeat: {times: 2}}",
    "model: {repeat: 3}",
    "model: {repeat: {times: 2, d: bn, do: bn}}",
    "model: {repeat: {times: {int: [-1, 2]}, do: bn}}",
    "model: {repeat: {times: 2, share: all, do: bn}}",
    "model: {repeat: {times: 2, index: 1i, do: bn}}",
    "model: {residual: {do: bn, merge: {choice: [add, conv]}}}",
    "model: {residual: {do: bn, short: auto}}",
    "model: {parallel: {do: {a: bn}}}",
    "model: {parallel: {merge: add}}",
    "model: {parallel: {do: {a: bn, b: []}, merge: conv}}",
    "model: {graph: {a: {do: bn}}}",
    "model: {graph: {a: {from: x, merg: add}}}",
    "model: {cell: {nodes: 0, ops: {a: bn}}}",
    "model: {cell: {nodes: 2}}",
    "model: {head: 3}",
    "model: head\nvars: {1a: 3}",
    "model: head\nvars: {a: {int: [1, 2, 3]}}",
    "model: head\nblocks: {b: {args: {f: null}}}",
    "model: head\nblocks: {b: {do: bn, arg: 3}}",
    "model: head\ntrain: {lrr: 3}",
    "model: head\ntrain: {lr: '0.1'}",
    "model: head\ntrain: {optimizer: {choice: [adam, adamax]}}",
    "model: head\ntrain: {augment: {filp: true}}",
    "model: head\nconstraints: {params: 3M}",
    "model: head\nseeds: {a: 3}",
    "model: head\ninputs: {a: imge}",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_right_is_accepted(text: str) -> None:
    VALIDATOR.validate(plain(read_yaml(text)))


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_refused(text: str) -> None:
    assert not accepts(text)
