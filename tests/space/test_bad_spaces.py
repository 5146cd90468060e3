"""Everything that can be wrong with a space, and what the person is told."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from automl.errors import SpaceError
from automl.space import Space, shipped_path

# What stands in the model before the head, and the message, which begins with line and column.
MODELS = {
    "conv: {fliters: 3}": "3:12: unknown argument 'fliters' of 'conv'; did you mean 'filters'?",
    "conv: {filters: 3, kernel: [3, 0]}": "3:32: argument 'kernel' of 'conv' is [3, 0]; every item must be at least 1",
    "conv": "3:5: 'conv' needs the argument 'filters'",
    "conv: {filters: '3'}": "3:21: argument 'filters' of 'conv' is '3'; it must be an integer",
    "conv: {filters: {int: [0, 8]}}": "3:21: argument 'filters' of 'conv' is 0; it must be at least 1",
    "conv: {filters: 3, padding: {choice: [same, full]}}": "3:33: argument 'padding' of 'conv' is 'full'; it must be",
    "{conv: {filters: =4 * 2, kernl: 3}}": "3:30: unknown argument 'kernl' of 'conv'; did you mean 'kernel'?",
    "{conv: {filters: =4 * 2, kernel: 0}}": "3:38: argument 'kernel' of 'conv' is 0; it must be at least 1",
    "convv: {filters: 3}": "3:5: unknown node 'convv'; did you mean 'conv'?",
    "{conv: 3, nmae: a}": "3:15: unknown key 'nmae' beside 'conv'; did you mean 'name'?",
    "{conv: 3, bn: }": "3:15: 'conv' and 'bn' in one node; write each as an item of a list",
    "add": "3:5: 'add' merges several inputs and here is one; use 'parallel', 'residual' or 'graph'",
    "relu: 3": "3:11: 'relu' takes no arguments, got 3",
    "3": "3:5: unknown node '3'",
    "": "a node is missing here; write [] for nothing",
    "{name: a}": "3:5: a node is missing here; write [] for nothing",
    "{name: a/b, bn: }": "3:12: the name 'a/b': use 1 to 64 letters, digits, '_' or '-'",
    "[{name: a, bn: }, {name: a, relu: }]": "3:33: a second node is named 'a' in this sequence",
    "{name: train, bn: }": "no node of the model may be named 'train'",
    "dropout: 1.5": "3:14: argument 'rate' of 'dropout' is 1.5; it must be below 1",
    "dropout: .nan": "3:14: dropout/rate: nan is no finite number",
    "dropout: {flaot: [0, 0.5]}": "3:15: unknown argument 'flaot' of 'dropout'; known: rate",
    "dropout: {rate: {flaot: [0, 0.5]}}": "3:22: dropout/rate: unknown kind of value 'flaot'; did you mean 'float'?",
    "dropout: {float: [0.5, 0.1]}": "3:14: dropout/rate: the range [0.5, 0.1] is empty; write the smaller bound first",
    "dropout: {float: [0, 2]}": "3:14: argument 'rate' of 'dropout' is 2.0; it must be below 1",
    "dropout: {float: [0, 0.5], step: 0.2}": "0.5 is not 0 plus a multiple of the step 0.2",
    "dropout: {float: [0.1, 0.5], step: 0.1, log: true}": "'log' and 'step' exclude each other",
    "dropout: {float: [0, 0.5], log: true}": "a 'log' range begins above 0, not at 0",
    "dropout: {float: [0, 0.5], default: 0.6}": "0.6 is not between 0.0 and 0.5",
    "dropout: {float: [0, =0.5]}": "3:26: dropout/rate: a bound must be a constant, got the formula '=0.5'",
    "dropout: {choice: []}": "3:23: dropout/rate: an empty choice; give at least one value",
    "dropout: {choice: [0.1, 0.1]}": "the choice 0.1 stands there twice",
    "dropout: {choice: {a: 1}}": "a value is needed here, not a choice of nodes",
    "dropout: {choice: [0.1, 0.2], default: 0.3}": "0.3 is none of 0.1, 0.2",
    "conv: {filters: {pow2: [10, 16]}}": "3:21: conv/filters: 10 is no power of two",
    "conv: {filters: {pow2: [8, 16], step: 2}}": "unknown key 'step' beside 'pow2'; a value of kind 'pow2'",
    "conv: {filters: {int: 3}}": "3:27: conv/filters: 'int' takes its bounds, [low, high], got 3",
    "conv: {filters: {int: [1.5, 3]}}": "a bound of 'int' must be a whole number, got 1.5",
    "conv: {filters: {int: [8, 16], default: 40}}": "40 is not between 8 and 16",
    "conv: {filters: 3, use_bias: {bool: 1}}": "'bool' takes its default, true or false, got 1",
    "conv: {filters: =wdith}": "3:21: conv/filters: unknown variable 'wdith'; did you mean 'width'?",
    "conv: {filters: =1 +}": "3:21: conv/filters: the formula '=1 +' is no expression",
    "conv: {filters: =max(3, 4)}": "3:21: the formula '=max(3' has an open bracket; inside {...} and [...] quote one",
    "conv: {filters: '=().__class__'}": "the formula '=().__class__' may not contain",
    "conv: {filters: =9**9**9}": "the formula '=9**9**9' cannot be computed: a number reaches 2**63",
    "conv: {filters: =width / (width - width)}": "3:21: conv/filters: the formula '=width / (width - width)' divides",
    "conv: {filters: =width / 3}": "conv: argument 'filters' of 'conv' is 1.33",
    "conv: {filters: 4, kernel: 300, padding: valid}": "the window of 'conv' is 300 wide but the map only 224",
    "choice: {}": "3:5: choice: an empty choice; give at least one branch",
    "choice: [bn, relu]": "3:13: choice: a choice of nodes is a mapping of names to nodes, got a list",
    "choice: {a: , b: bn}": "3:16: choice=a: a node is missing here; write [] for nothing",
    "choice: {a/b: bn}": "3:14: choice: the branch 'a/b': use 1 to 64 letters",
    "choice: {a: [], b: {bm: }}": "3:25: choice=b: unknown node 'bm'; known: add,",
    "{choice: {a: bn, b: []}, default: c}": "3:39: choice: the default 'c' is no branch; known: a, b",
    "{choice: {a: bn, b: []}, by: a}": "3:34: choice: 'by' takes a formula",
    "{choice: {a: bn, b: []}, by: =width}": "3:34: choice: 'by' gives '4', which is no branch; known: a, b",
    "{optional: bn, default: 1}": "3:29: optional: the default of 'optional' is true or false, got 1",
    "repeat: {times: 2}": "3:13: repeat: 'repeat' needs the key 'do'",
    "repeat: 3": "3:13: repeat: 'repeat' must be a mapping with times, do, index, share, got 3",
    "repeat: {times: 2, d: bn, do: bn}": "unknown key 'd' of 'repeat'; did you mean 'do'?",
    "repeat: {times: {int: [-1, 2]}, do: bn}": "'times' is -1; it must be a whole number from 0 to 1000",
    "repeat: {times: =width / 8, do: bn}": "'times' is 0.5; it must be a whole number from 0 to 1000",
    "repeat: {times: 2, share: all, do: bn}": "3:31: repeat: unknown 'share' 'all'; known: choices, none, weights",
    "repeat: {times: 2, index: 1i, do: bn}": "3:31: repeat: the index '1i': use letters, digits and '_'",
    "repeat: {times: 2, index: width, do: bn}": "the index 'width' hides another variable",
    "repeat: {times: 1000, do: {repeat: {times: 1000, do: []}}}": "the network unfolds to more than 10,000 nodes",
    "residual: {do: bn, shortcut: atuo}": "'shortcut' is 'atuo'; it must be one of auto, identity, none",
    "residual: {do: bn, merge: {choice: [add, conv]}}": "'merge' is 'conv', no merging operation; did you mean",
    "residual: {do: bn, short: auto}": "3:24: residual: unknown key 'short' of 'residual'; did you mean 'shortcut'?",
    "residual: {upsample: 2}": "residual/shortcut: no shortcut leads from 224x224x3 to 448x448x3",
    "residual: {do: {conv: 4}, shortcut: identity}": "residual/add: 'add' needs inputs of one shape (input:",
    "parallel: {do: {a: bn}}": "'do' of 'parallel' is a mapping of two branches or more, got 1",
    "graph: []": "3:12: graph: a graph is a mapping of names to {from, merge, do, tie}, got a list",
    "graph: {}": "a graph is a mapping of names to {from, merge, do, tie}, got a mapping",
    "graph: {a: {do: bn}}": "3:16: graph/a: a node of a graph needs the key 'from'",
    "graph: {a: {form: input}}": "3:17: graph/a: unknown key 'form' of a node of a graph; did you mean 'from'?",
    "graph: {a: {from: inptu}}": "3:23: graph/a: unknown 'from' name 'inptu'; did you mean 'input'?",
    "graph: {a: {from: [input, b]}, c: {from: a}}": "3:31: graph/a: unknown 'from' name 'b'; known: a, c, input",
    "graph: {a: {from: []}}": "graph/a: 'from' is empty; name what it reads",
    "graph: {a: {from: =x}}": "graph/a: unknown 'from' name '=x'",
    "graph: {a: {from: {int: [1, 2]}}}": (
        "graph/a: 'from' takes a name, {choice: [...]}, a list of these, or {subset: [...]}"
    ),
    "graph: {a: {from: {choice: []}}}": "graph/a: 'choice' of 'from' is a list of names, got a list",
    "graph: {a: {from: {choice: [input, b]}}}": "3:40: graph/a: unknown 'from' name 'b'",
    "graph: {a: {from: {choice: [input, input]}}}": "'choice' of 'from' names 'input' twice",
    "graph: {a: {from: {choice: [input], default: b}}}": "the default 'b' is none of input",
    "graph: {a: {from: {subset: [input], min: 2}}}": "'min' 2 and 'max' 1: write 1 <= min <= max <= 1",
    "graph: {a: {from: {subset: [input], min: one}}}": "'min' must be a whole number, got 'one'",
    "graph: {a: {from: {subset: [input], default: []}}}": "'default' of 'from' is a list of names",
    "graph: {a: {from: [input, input]}}": "graph/a: 'from' names 'input' twice",
    "graph: {a: {from: a}}": "3:5: graph: nodes read each other in a circle: a -> a",
    "graph: {a: {from: c}, b: {from: a}, c: {from: [input, b]}}": "in a circle: a -> b -> c -> a",
    "graph: {a: {from: {choice: [input, b]}}, b: {from: a}}": "in a circle: a -> b -> a",
    "graph: {a: {from: input}, b: {from: input}}": "graph: 'a', 'b' are read by no other node; a graph has one result",
    "graph: {input: {from: input}}": "graph: the node 'input' has the name of an input; use another",
    "graph: {a/b: {from: input}}": "the node 'a/b': use 1 to 64 letters",
    "graph: {a: {from: input, merge: add}}": "3:37: graph/a: 'merge' has nothing to merge: 'from' is one tensor",
    "graph: {a: {from: input, do: bn}, b: {from: [a, input], merge: conv}}": "graph/b: 'merge' is 'conv', no merging",
    "graph: {a: {from: input, do: bn}, b: {from: [a, input], merge: {conv: 3}}}": "got conv; did you mean 'cosine'?",
    "graph: {a: {from: input, do: bn}, b: {from: [a, input], merge: {attention: {haeds: 2}}}}": (
        "3:81: graph/b/merge: unknown argument 'haeds' of 'attention'; did you mean 'heads'?"
    ),
    "graph: {a: {from: input, do: [gap, {dense: 8}]}, b: {from: [a, input], merge: add}}": (
        "graph/b/add: 'add' needs inputs of one shape (input: 8 from 'graph/a/dense', 224x224x3 from 'image')"
    ),
    "graph: {a: {from: input, do: {conv: 4}}, b: {from: a, do: {fliters: 3}}}": "graph/b: unknown node 'fliters'",
    "[{conv: 4}, {each: {graph: {a: {from: image}}}}]": "each/graph/a: unknown 'from' name 'image'",
    "graph: {a: {from: input, do: {graph: {x: {from: a}}}}}": "graph/a/graph/x: unknown 'from' name 'a'",
    "graph: {a: {from: input, do: head}}": "graph/a/head: 'head' must be the last node of the model",
    "each: {dense: {units: 4, activation: rleu}}": "argument 'activation' of 'dense' is 'rleu'",
    "[{bn: , tie: k}, {name: b, relu: , tie: k}]": "'tie: k' stands beside another node in line 3",
    "[{bn: , tie: k}]": "'tie: k' stands here only",
    "unit: {g: 3}": "3:12: unknown argument 'g' of the block 'unit'; known: f",
    "unit": "3:5: the block 'unit' needs the argument 'f'",
    "head": "3:5: head: 'head' must be the last node of the model",
    "repeat: {times: 1, do: head}": "head: 'head' must be the last node of the model",
}

# Whole files, and the message.
FILES = {
    "": "the file is empty; a space needs at least 'model:'",
    "[]": "1:1: a space must be a mapping with version, name, task",
    "task: x": "1:1: a space needs the key 'model'",
    "model: head\nmoel: 3": "2:1: unknown key 'moel' of a space; did you mean 'model'?",
    "model: head\nmodel: head": "2:1: the key 'model' stands here a second time; the first is in line 1",
    "model: [head": "this is no valid YAML",
    "model:": "1:7: a node is missing here",
    "model: []": "1:8: a head is missing; the model must end with 'head'",
    "model: [relu]": "1:9: relu: a head is missing; the model must end with 'head', not with 'relu'",
    "model: [{choice: {a: head, b: relu}}]": "a head is missing; the model must end with 'head', not with 'relu'",
    "model: [{optional: head}]": "a head is missing",
    "model: [b]\nblocks: {b: [bn]}": "a head is missing",
    "version: 2\nmodel: head": "1:10: version 2 is not understood; this package reads 1",
    "model: head\nvars: 3": "2:7: 'vars' must be a mapping, got 3",
    "model: head\nvars: {min: 3}": "the variable 'min': the language has given this name a meaning",
    "model: head\nvars: {input_height: 3}": "the language has given this name a meaning",
    "model: head\nvars: {a-b: 3}": "the variable 'a-b': use letters, digits and '_'",
    "model: head\nvars: {a: =b, b: 3}": "2:11: a: unknown variable 'b'",
    "model: head\nblocks: {conv: [bn]}": "the block 'conv' has the name of an operation or key",
    "model: head\nblocks: {b: {args: {f: null}}}": "2:13: b: a block needs the key 'do'",
    "model: head\nblocks: {b: [bn, b]}": "b: blocks call each other in a circle: b -> b; use 'repeat'",
    "model: head\nblocks: {b: [c], c: [d], d: [b]}": "d: blocks call each other in a circle: b -> c -> d -> b",
    "model: head\nblocks: {b: [{conv: {filters: 3, kernl: 3}}]}": "2:34: b: unknown argument 'kernl' of 'conv'",
    "model: head\nvars: {a: 1}\nblocks: {b: {args: {a: 3}, do: bn}}": "the argument 'a' hides a variable of this name",
    "model: head\ntrain: {lrr: 3}": "2:9: train: unknown key 'lrr' of 'train'; did you mean 'lr'?",
    "model: head\ntrain: {lr: 0}": "2:13: train/lr: 'lr' is 0; it must be greater than 0",
    "model: head\ntrain: {lr: '0.1'}": "2:13: train/lr: 'lr' is '0.1'; it must be a valid number",
    "model: head\ntrain: {lr: {float: [0, 1]}}": "train/lr: 'lr' is 0.0; it must be greater than 0",
    "model: head\ntrain: {batch_size: =1 / 2}": "train: 'batch_size' is 0.5; it must be a valid integer",
    "model: head\ntrain: {optimizer: {choice: [adam, adamax]}}": "'optimizer' is 'adamax'; it must be 'adamw', 'adam'",
    "model: head\ntrain: {augment: {filp: true}}": "2:19: train/augment: unknown key 'filp' of 'augment'; did you mean",
    "model: head\nconstraints: {parms: 3}": "2:15: constraints: unknown variable 'parms'; did you mean 'params'?",
    "model: head\nconstraints: {params: 3M}": "2:23: constraints: 'params' must be a number, got '3M'",
    "model: head\nseeds: {a: 3}": "2:8: seeds: 'seeds' is a list of mappings, got a mapping",
    "vars: {a: {int: [1, 3]}}\nmodel: head\nseeds: [{b: 3}]": "3:13: seeds.0: unknown name 'b'; known: a",
    "vars: {a: {int: [1, 3]}}\nmodel: head\nseeds: [{a: 2}, {a: 7}]": "3:21: seeds.1: a: 7 is not between 1 and 3",
    "model: [{name: k, choice: {a: bn, b: {dropout: {choice: [0.1]}}}}, head]\nseeds: [{k=b/dropout/rate: 0.1}]": (
        "'k=b/dropout/rate' is not asked for with the other values of this seed"
    ),
}

# What stands beside ``inputs: {a: image, b: tabular}`` and ``outputs: {x: regression, y: classification}``.
PORTS = {
    "inputs: 3": "1:9: inputs: 'inputs' is a mapping of names to kinds, got 3",
    "inputs: {a: imgae}": "1:13: inputs/a: unknown kind of input 'imgae'; did you mean 'image'?",
    "inputs: {a: {shape: 3}}": "inputs/a: 'shape' is a list of sizes, without the rows, got 3",
    "inputs: {a: {shape: [0]}}": "input 'a' has the shape [0]; every axis must be at least 1, or null",
    "inputs: {a: {shape: [3], dtype: flaot32}}": "unknown dtype 'flaot32'; did you mean 'float32'?",
    "inputs: {a: {kind: image}}": "unknown key 'kind' of an input; known: dtype, shape",
    "inputs: {a__b: image}": "1:10: inputs: input 'a__b': use letters and digits with single '_'",
    "inputs: {input: image}": "'input' is what graphs call the tensor that comes into them; use another name",
    "outputs: {x: regresion}": "1:14: outputs/x: unknown kind of output 'regresion'; did you mean 'regression'?",
    "outputs: {x: {units: 0}}": "outputs/x: argument 'units' of 'head' is 0; it must be at least 1",
    "outputs: {x: {units: 3, activation: relu}}": "argument 'activation' of 'head' is 'relu'",
    "outputs: {x: {loss: mse}}": "an output needs 'kind' or 'units', and not both",
    "outputs: {x: {kind: regression, units: 3}}": "an output needs 'kind' or 'units', and not both",
    "outputs: {x: {kind: regression, activation: linear}}": "'activation' belongs to 'units'",
    "outputs: {x: {kind: regression, loss: 3}}": "'loss' is the name of a loss, got 3",
    "outputs: {x: {kind: regression, loss_weight: -1}}": "'loss_weight' must be a number of at least 0, got -1",
    "inputs: {a: image}\noutputs: {a: regression}": "the output 'a' has the name of an input; use another",
    "inputs: {a: image, b: text}\nvars: {b_length: 3}": "the variable 'b_length' has the name of an input's size",
}
GRAPHS = {
    "head": "3:8: a head is missing for the outputs 'x', 'y'; name a node of a graph after each of them",
    "[conv: 3, graph: {x: {from: [input, b], do: head}, y: {from: a, do: head}}]": (
        "3:9: conv: there are several inputs (a, b) and it reads one; begin with a graph and name them in 'from'"
    ),
    "{graph: {x: {from: a, do: head}, z: {from: b, do: bn}}}": "graph/z/bn: a head is missing; the node 'z' must end",
    "{graph: {x: {from: a, do: head}, y: {from: a, do: head}}}": "1:20: inputs: unused input 'b': no 'from' reads it",
    "{graph: {x: {from: a, do: head}, y: {from: b, do: [relu]}}}": (
        "3:59: graph/y/relu: a head is missing; the node 'y', which is an output, must end with 'head'"
    ),
    "{graph: {x: {from: a, do: head}, y: {from: b}}}": "a head is missing; the node 'y', which is an output,",
    "{graph: {x: {from: a, do: [head, relu]}, y: {from: b, do: head}}}": "'head' must be the last node of the model",
    "{graph: {x: {from: a, do: head}, y: {from: b, do: head}, z: {from: b, do: relu}}}": "unused node 'z'",
    "[graph: {x: {from: a, do: head}, y: {from: b, do: head}}, relu]": "nothing comes of the last node 'relu'",
    "[graph: {x: {from: input, do: head}, y: {from: [a, b], do: head}}]": "there are several inputs (a, b)",
    "{graph: {a: {from: b, do: head}, x: {from: a, do: head}, y: {from: b, do: head}}}": (
        "the node 'a' has the name of an input; use another"
    ),
    "[graph: {x: {from: a, do: head}, n: {from: b, do: {dense: 3}}}, graph: {y: {from: b, do: head}}]": (
        "graph#2: unused input: no node of this graph reads 'input', which is what comes before it"
    ),
    "{repeat: {times: 2, do: {graph: {x: {from: a, do: head}, y: {from: b, do: head}}}}}": "nothing comes of the last",
}


@pytest.mark.parametrize("model", MODELS)
def test_a_bad_node_is_found_when_the_space_is_loaded(model: str) -> None:
    text = f"task: image-classify\nmodel:\n  - {model}\n  - head\nvars: {{width: 4}}\n"
    text += "blocks: {unit: {args: {f: null}, do: {conv: =f}}}"
    with pytest.raises(SpaceError) as raised:
        Space.parse(text, "my.yaml")
    assert str(raised.value).startswith("my.yaml:")
    assert MODELS[model] in str(raised.value)


@pytest.mark.parametrize("text", FILES)
def test_a_bad_section_is_found_when_the_space_is_loaded(text: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(text, "my.yaml")
    assert str(raised.value).startswith("my.yaml:")
    assert FILES[text] in str(raised.value)


@pytest.mark.parametrize("text", PORTS)
def test_a_bad_input_or_output_is_found_when_the_space_is_loaded(text: str) -> None:
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"{text}\nmodel: head", "my.yaml")
    assert str(raised.value).startswith("my.yaml:")
    assert PORTS[text] in str(raised.value)


@pytest.mark.parametrize("model", GRAPHS)
def test_a_bad_network_of_several_inputs_is_found_when_the_space_is_loaded(model: str) -> None:
    ports = "inputs: {a: image, b: tabular}\noutputs: {x: regression, y: classification}\n"
    with pytest.raises(SpaceError) as raised:
        Space.parse(f"{ports}model: {model}", "my.yaml")
    assert str(raised.value).startswith("my.yaml:")
    assert GRAPHS[model] in str(raised.value)


def test_deep_or_long_graphs_are_refused_or_read_in_time() -> None:
    inner = "{from: input}"
    for _ in range(1000):
        inner = f"{{from: input, do: {{graph: {{a:\n {inner}}}}}}}"
    with pytest.raises(SpaceError, match="more than 100 levels of nesting"):
        Space.parse(f"model: [graph: {{a: {inner}}}, head]")
    chain = "".join(f"    n{i}: {{from: n{i + 1}}}\n" for i in range(3000))
    with pytest.raises(SpaceError, match="nodes read each other in a circle: n0 -> n3000 -> n2999"):
        Space.parse(f"model:\n- graph:\n{chain}    n3000: {{from: n0}}\n- head")


def test_a_message_has_file_line_column_path_and_the_nearest_name() -> None:
    text = """
model:
  - name: stage
    repeat:
      times: 2
      do:
        name: block
        repeat:
          times: 2
          do:
            - {name: kind, choice: {conv: bn, sep: [relu, {conv: {fliters: 8}}]}}
  - head
"""
    with pytest.raises(SpaceError) as raised:
        Space.parse(text, "cnn.yaml")
    expected = "cnn.yaml:11:67: stage/block/kind=sep: unknown argument 'fliters' of 'conv'; did you mean 'filters'?"
    assert str(raised.value) == expected


def test_what_is_only_wrong_for_some_answers_is_found_too() -> None:
    text = "task: image-classify\nvars: {a: {int: [0, 3], default: 2}}\nmodel: [{conv: {filters: =8 // a}}, head]"
    with pytest.raises(SpaceError, match=r":3:26: conv/filters: the formula '=8 // a' divides by zero"):
        Space.parse(text)


def test_a_misfit_of_some_answers_is_not_an_error_of_the_space() -> None:
    Space.parse("task: image-classify\nmodel: [{choice: {a: bn, b: {dense: 3}}}, {optional: {rnn: {units: 3}}}, head]")


def test_files_are_refused_with_their_name(tmp_path: Path) -> None:
    with pytest.raises(SpaceError, match="there is no space 'cnnn' and no such file; did you mean 'cnn'"):
        Space.load("cnnn")
    with pytest.raises(SpaceError, match=r"nowhere\.yaml: cannot read it: No such file"):
        Space.load(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    with pytest.raises(SpaceError, match=r"latin\.yaml: it is no UTF-8 text"):
        Space.load(tmp_path / "latin.yaml")
    (tmp_path / "big.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(SpaceError, match=r"big\.yaml: the file has 1,000,001 bytes"):
        Space.load(str(tmp_path / "big.yaml"))


def test_a_damaged_space_is_refused_or_read_but_never_breaks_the_reader() -> None:
    text = shipped_path("cnn").read_text(encoding="utf-8")
    words = text.split(" ")
    rng = random.Random(3)
    for _ in range(60):
        damaged = list(words)
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(damaged))
            damaged[place] = rng.choice(["", "[", "}", ":", "=", "-1", "null", "conv", "\n", rng.choice(words)])
        with contextlib.suppress(SpaceError):
            Space.parse(" ".join(damaged))
