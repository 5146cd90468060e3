"""What an operation says about itself is what Keras makes of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl import ops
from automl.errors import ShapeError

MAPS = [(9, 4), (8, 7, 4), (5, 6, 7, 4)]
OPEN_MAPS = [(None, 4), (None, None, 4), (None, 6, None, 4)]
PLAIN = ["relu", "relu6", "selu", "celu", "gelu", "silu", "hard_silu", "mish", "tanh", "hard_tanh", "sigmoid"]
PLAIN += ["hard_sigmoid", "softplus", "softsign", "exponential", "softmax", "log_softmax", "prelu"]
ANY = [(6,), *MAPS, *OPEN_MAPS]

TOWER = [
    {"id": "a", "op": "conv", "args": {"filters": 4, "use_bias": False}, "inputs": ["step"]},
    {"id": "b", "op": "conv", "args": {"filters": 4, "use_bias": False}, "inputs": ["a"]},
    {"id": "c", "op": "bn", "inputs": ["b"]},
    {"id": "d", "op": "add", "inputs": ["c", "step"]},
    {"id": "e", "op": "gap", "inputs": ["d"]},
]


def grid(shapes: Sequence[Any], **options: Sequence[Any]) -> list[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Every combination of the options on every shape (or tuple of shapes)."""
    rows = [dict(zip(options, values, strict=True)) for values in itertools.product(*options.values())]
    several = [shape if shape and isinstance(shape[0], tuple) else (shape,) for shape in shapes]
    return list(itertools.product(rows, several))


CASES: Mapping[str, list[tuple[dict[str, Any], tuple[Any, ...]]]] = {
    "conv": grid(
        [*MAPS, *OPEN_MAPS],
        filters=[8],
        kernel=[1, 3],
        stride=[1, 2],
        padding=["same", "valid"],
        groups=[1, 2],
        use_bias=[True, False],
    )
    + grid(MAPS, filters=[3], kernel=[2, 3], dilation=[1, 2], padding=["same", "valid"], activation=["relu"])
    + grid([(9, 4), (None, 4)], filters=[5], padding=["causal"], dilation=[1, 2, 4], kernel=[1, 2, 3])
    + grid([(9, 8, 3)], filters=[2], kernel=[[1, 3], [3, 1], [5, 5]], stride=[1, [2, 1]], padding=["same", "valid"]),
    "sepconv": grid(
        [*MAPS[:2], *OPEN_MAPS[:2]],
        filters=[6],
        kernel=[1, 3],
        stride=[1, 2],
        padding=["same", "valid"],
        multiplier=[1, 2],
        use_bias=[True, False],
    )
    + grid(MAPS[:2], filters=[3], dilation=[2], activation=["gelu"])
    + grid([(9, 8, 3)], filters=[2], kernel=[[1, 3]]),
    "dwconv": grid(
        [*MAPS[:2], *OPEN_MAPS[:2]],
        kernel=[1, 3],
        stride=[1, 2],
        padding=["same", "valid"],
        multiplier=[1, 2],
        use_bias=[True, False],
    )
    + grid(MAPS[:2], dilation=[2], activation=["silu"])
    + grid([(9, 8, 3)], kernel=[[1, 3]]),
    "convtranspose": grid(
        [*MAPS, *OPEN_MAPS],
        filters=[3],
        kernel=[1, 2, 3],
        stride=[1, 2, 3],
        padding=["same", "valid"],
        use_bias=[True, False],
    )
    + grid([(5, 4, 3)], filters=[2], kernel=[[1, 3]], stride=[[1, 2], [2, 1]], activation=["relu"]),
    "dense": grid(ANY, units=[1, 7], use_bias=[True, False], activation=["linear", "softmax"]),
    "head": grid(ANY, units=[1, 10], activation=["softmax", "sigmoid", "linear"]),
    "flatten": grid([*MAPS, (6,), (None, 3)]),
    "maxpool": grid([*MAPS, *OPEN_MAPS], size=[1, 2, 3, 4], stride=[None, 1, 2], padding=["same", "valid"]),
    "avgpool": grid([*MAPS, *OPEN_MAPS], size=[1, 2, 3, 4], stride=[None, 1, 2], padding=["same", "valid"])
    + grid([(8, 7, 2)], size=[[2, 1]], stride=[None, [1, 3]]),
    "patchify": grid([*MAPS, *OPEN_MAPS], dim=[6], size=[1, 2, 4]) + grid([(8, 6, 3)], dim=[5], size=[[2, 3], [3, 4]]),
    "posembed": grid(MAPS),
    "attention": grid([(5, 8), (None, 8)], heads=[1, 2, 4], key_dim=[None, 3], use_bias=[True, False])
    + grid([((5, 8), (7, 6)), ((5, 8), (None, 8)), ((None, 4), (3, 4))], heads=[2], key_dim=[None, 5])
    + grid([(6, 4), ((6, 4), (6, 4))], heads=[2], causal=[True], dropout=[0.1]),
    "reshape": grid([(4, 6), (24,), (2, 3, 4)], shape=[[-1], [24], [4, 6], [2, -1], [2, 3, -1, 2]])
    + grid([(None, 6)], shape=[[-1, 3], [-1]])
    + grid([()], shape=[[1], [-1], [1, 1]]),
    "permute": grid([(4, 6), (None, 6)], axes=[[2, 1], [1, 2]]) + grid([(4, 5, 6)], axes=[[2, 1, 3], [3, 1, 2]]),
    "repeatvector": grid([(4,)], times=[1, 7]),
    "to_sequence": grid([*MAPS, *OPEN_MAPS]),
    "masking": grid([(5, 3), (None, 3)], value=[0.0, -1.0]),
    "gap": grid([*MAPS, *OPEN_MAPS]),
    "gmp": grid([*MAPS, *OPEN_MAPS]),
    "bn": grid(ANY, momentum=[0.9, 0.99]),
    "ln": grid(ANY, epsilon=[1e-3, 1e-6]),
    "gn": grid(ANY[1:], groups=[1, 2, 4], epsilon=[1e-3, 1e-6]) + grid([(6,), (None, 6)], groups=[3]),
    "normalize": grid([(2,), (3, 2), (4, None, 2)], mean=[[1.0, 2.0]], variance=[[4.0, 0.0]]),
    "rescale": grid(ANY, scale=[1.0, 1 / 255], offset=[0.0, -1.0]),
    "tidy": grid([(5,)], center=[[1, 2, 3]], scale=[[1, 2, 0.5]], gaps=[[], [0, 2]], codes=[2], limit=[None, 3.0])
    + grid([(3,)], center=[[1, 2, 3]], scale=[[1, 2, 0.5]], gaps=[[], [1]], limit=[None, 3.0]),
    "columns": grid([(5,), (9,)], codes=[[3, 9, 4]], dim=[1, 8], few=[0, 4, 99], lines=[0, 2], waves=[0, 3])
    + grid([(3,)], codes=[[3, 9, 4]], few=[0, 4, 99])
    + grid([(4,)], lines=[0, 2], waves=[1]),
    "series": grid([(6, 2)], center=[[1, 2]], scale=[[0.5, 3]], form=["plain", "own", "asinh"], gaps=[True, False]),
    "ahead": grid([((6, 3), (2, 1)), ((4, 2), (4, 2)), ((3, 2), (5, 1))]),
    "window": grid([(6, 3)], by=["last", "mean", "standard", "none"], columns=[0, 2, 3]),
    "forecast": grid([((6, 3),)], by=["last", "mean", "standard", "none"], steps=[4], columns=[1, 3])
    + grid([((6, 3),), ((5,), (6, 3))], by=["last"], repeat=[True, False], steps=[7], columns=[2], season=[1, 4, 7])
    + grid(
        [((5,), (6, 3)), ((7, 4), (6, 3)), ((7, 2), (6, 3))],
        by=["last", "standard", "none"],
        steps=[4],
        columns=[2],
    ),
    "leaky_relu": grid(ANY, slope=[0.0, 0.2]),
    "elu": grid(ANY, alpha=[0.5, 1.0]),
    "dropout": grid(ANY, rate=[0.0, 0.3]),
    "gaussian_noise": grid(ANY, stddev=[0.0, 0.3]),
    "spatial_dropout": grid(MAPS, rate=[0.0, 0.3]),
    "se": grid([*MAPS, *OPEN_MAPS], ratio=[1, 2, 16], activation=["relu", "silu"]),
    "upsample": grid([*MAPS, *OPEN_MAPS], size=[1, 2, 3])
    + grid([(8, 7, 2), (None, 7, 2)], size=[2, [1, 3]], interpolation=["nearest", "bilinear"]),
    "zeropad": grid([*MAPS, *OPEN_MAPS], pad=[0, 1, 3]) + grid([(8, 7, 2)], pad=[[0, 2]]),
    "crop": grid([*MAPS, *OPEN_MAPS], border=[0, 1, 2]) + grid([(8, 7, 2)], border=[[0, 3]]),
    "resize": grid([(8, 7, 2), (None, None, 2), (3, None, 1)], size=[4, [5, 9]], interpolation=["nearest", "bilinear"]),
    "subtract": grid([(shape,) * 2 for shape in ANY]),
    "dot": grid([((4,), (4,)), ((5, 4), (3, 4)), ((None, 4), (3, 4)), ((5, 4), (4,)), ((4,), (3, 4))]),
    "cosine": grid([((4,), (4,)), ((5, 4), (3, 4)), ((None, 4), (3, 4)), ((5, 4), (4,)), ((4,), (3, 4))]),
    "add": grid([(shape,) * n for shape in ANY for n in (2, 3)]),
    "average": grid([(shape,) * n for shape in ANY for n in (2, 3)]),
    "maximum": grid([(shape,) * n for shape in ANY for n in (2, 3)]),
    "multiply": grid([(shape,) * n for shape in ANY for n in (2, 3)] + [((4, 5, 6), (1, 1, 6), (4, 5, 1))]),
    "concat": grid([(shape,) * n for shape in ANY for n in (2, 3)] + [((4, 3), (4, 5)), ((None, 3), (None, 1))]),
    "each": grid([(5, 6, 4), (None, 6, 4), (3, 8, 7, 4)], network=[TOWER, TOWER[:1]]) + grid([(5, 4)], network=[[]]),
    "rnn": grid(
        [(5, 3), (None, 3)], units=[1, 4], cell=["lstm", "gru", "simple"], bidirectional=[True, False], dropout=[0, 0.2]
    )
    + grid([(5, 3)], units=[2], recurrent_dropout=[0.1], bidirectional=[True, False]),
    "last": grid([(5, 3), (1, 3)]),
    "embed": grid([(5,), (None,), (3, 4)], dim=[1, 8], vocabulary=[11], mask_zero=[True, False]),
    "bag": grid([(7,), (2,), (1,), (None,)], vocabulary=[11], dim=[1, 8], phrases=[1, 2, 3], drop=[0.0, 0.2])
    + grid([(7,)], vocabulary=[11], phrases=[2], rare=[True, False], reduce=["norm", "mean"], buckets=[5]),
    "identity": grid(ANY),
} | {name: grid(ANY) for name in PLAIN}


def built(op: ops.Op, shapes: Sequence[ops.Shape]) -> Any:
    import keras

    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, op.build(*shapes, name="op")(*inputs))


def written(model: Any) -> Iterator[int]:
    """Numbers each layer of a model writes for one row, an unknown axis counted as one."""
    for layer in model.layers:
        if type(layer).__name__ == "TimeDistributed":
            yield from (number * (layer.output.shape[1] or 1) for number in written(layer.layer))
        elif type(layer).__name__ != "InputLayer":
            yield math.prod(axis or 1 for axis in layer.output.shape[1:])
        if type(layer).__name__ == "MultiHeadAttention":
            yield from attended(layer, [tensor.shape[1] or 1 for tensor in model.inputs])


def attended(layer: Any, steps: Sequence[int]) -> Iterator[int]:
    """Numbers inside an attention layer: queries, keys, values, a weight for each head and pair, weighted values."""
    asked, offered = steps[0], steps[-1]
    for dense, times in [(layer.query_dense, asked), (layer.key_dense, offered), (layer.value_dense, offered)]:
        yield times * math.prod(dense.kernel.shape[1:])
    yield layer.num_heads * asked * offered
    yield layer.num_heads * asked * layer.value_dim


def test_every_operation_has_cases() -> None:
    assert sorted([*CASES, "backbone", "lookup", "tokens"]) == ops.names()  # see test_backbone, test_tables, test_texts


@pytest.mark.parametrize("name", sorted(CASES))
def test_shape_parameters_and_activations_equal_keras(name: str) -> None:
    for args, shapes in CASES[name]:
        op = ops.create(name, args)
        model = built(op, shapes)
        cost = op.cost(*shapes)
        assert model.output.shape[1:] == op.infer(*shapes), (args, shapes)
        assert model.count_params() == cost.parameters, (args, shapes)
        assert sum(written(model)) == cost.activations, (args, shapes)
        assert cost.flops >= 0


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_layer_that_gives_the_output_has_the_name_asked_for(name: str) -> None:
    args, shapes = CASES[name][0]
    model = built(ops.create(name, args), shapes)
    assert model.layers[-1].name == "op"
    assert all(layer.name == "op" or layer.name.startswith(("op__", "keras_tensor", "input")) for layer in model.layers)


sizes = st.integers(1, 12)
windows = st.one_of(st.integers(1, 5), st.tuples(st.integers(1, 5), st.integers(1, 5)).map(list))


@settings(deadline=None, max_examples=60)
@given(
    shape=st.tuples(sizes, sizes, st.sampled_from([2, 4])),
    args=st.fixed_dictionaries(
        {"filters": st.sampled_from([2, 6])},
        optional={
            "kernel": windows,
            "stride": windows,
            "padding": st.sampled_from(["same", "valid"]),
            "dilation": windows,
            "groups": st.integers(1, 3),
        },
    ),
)
def test_a_convolution_either_agrees_with_keras_or_both_refuse(shape: ops.Shape, args: dict[str, Any]) -> None:
    op = ops.create("conv", args)
    try:
        inferred = op.infer(shape)
    except ShapeError:
        with pytest.raises(ValueError, match=r"."):
            built(op, [shape])
        return
    model = built(op, [shape])
    assert model.output.shape[1:] == inferred
    assert model.count_params() == op.cost(shape).parameters


def test_calling_what_was_built_twice_shares_the_weights() -> None:
    import keras

    for name, args in [("conv", {"filters": 4}), ("se", {}), ("head", {"units": 3}), ("bn", {})]:
        op, shape = ops.create(name, args), (6, 6, 4)
        first, second = keras.Input(shape), keras.Input(shape)
        layer = op.build(shape, name="op")
        model = keras.Model([first, second], [layer(first), layer(second)])
        assert model.count_params() == op.cost(shape).parameters
