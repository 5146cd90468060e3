"""Arguments are checked strictly, with messages that say what to do."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from automl import ops
from automl.errors import ShapeError, SpaceError


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("cnov", {}, "unknown operation 'cnov'; did you mean 'conv'?"),
        ("conv", {"fliters": 3}, "unknown argument 'fliters' of 'conv'; did you mean 'filters'?"),
        ("conv", {3: 3}, "unknown argument 3 of 'conv'; known: activation, dilation, filters, groups, kernel, "),
        ("relu", {"slope": 3}, "unknown argument 'slope' of 'relu'; known: none"),
        ("conv", {}, "'conv' needs the argument 'filters'"),
        ("conv", {"filters": -3}, "argument 'filters' of 'conv' is -3; it must be at least 1"),
        ("conv", {"filters": "3"}, "argument 'filters' of 'conv' is '3'; it must be an integer"),
        ("conv", {"filters": 3.0}, "argument 'filters' of 'conv' is 3.0; it must be an integer"),
        ("conv", {"filters": True}, "argument 'filters' of 'conv' is True; it must be an integer"),
        ("conv", {"filters": None}, "argument 'filters' of 'conv' is None; it must be an integer"),
        ("conv", {"filters": [3]}, "argument 'filters' of 'conv' is [3]; it must be an integer"),
        ("conv", {"filters": 3, "kernel": 0}, "argument 'kernel' of 'conv' is 0; it must be at least 1"),
        (
            "conv",
            {"filters": 3, "kernel": 2.5},
            "'kernel' of 'conv' is 2.5; it must be an integer or a list of integers, one for each spatial axis",
        ),
        ("conv", {"filters": 3, "kernel": [3, -1]}, "argument 'kernel' of 'conv' is [3, -1]; every item must be at le"),
        ("conv", {"filters": 3, "kernel": [3, "a"]}, "'kernel' of 'conv' is [3, 'a']; every item must be an integer"),
        ("conv", {"filters": 3, "kernel": []}, "argument 'kernel' of 'conv' is []; it must be a list of at least 1"),
        ("conv", {"filters": 3, "kernel": [1] * 4}, "is [1, 1, 1, 1]; it must be a list of at most 3"),
        ("conv", {"filters": 3, "padding": "sme"}, "is 'sme'; it must be one of 'same', 'valid' or 'causal'"),
        ("conv", {"filters": 3, "use_bias": 1}, "argument 'use_bias' of 'conv' is 1; it must be true or false"),
        ("maxpool", {"stride": "a"}, "'stride' of 'maxpool' is 'a'; it must be an integer or a list of integers"),
        ("dropout", {"rate": 1}, "argument 'rate' of 'dropout' is 1; it must be below 1"),
        ("dropout", {"rate": -0.1}, "argument 'rate' of 'dropout' is -0.1; it must be at least 0"),
        ("dropout", {"rate": True}, "argument 'rate' of 'dropout' is True; it must be a number"),
        ("dropout", {"rate": "0.3"}, "argument 'rate' of 'dropout' is '0.3'; it must be a number"),
        ("bn", {"epsilon": 0}, "argument 'epsilon' of 'bn' is 0; it must be above 0"),
        ("normalize", {"mean": 3, "variance": [1]}, "argument 'mean' of 'normalize' is 3; it must be a list"),
        ("normalize", {"mean": [1], "variance": [-1]}, "is [-1]; every item must be at least 0"),
        ("normalize", {"mean": [float("nan")], "variance": [1]}, "is [nan]; every item must be a finite number"),
        ("reshape", {"shape": 3}, "argument 'shape' of 'reshape' is 3; it must be a list"),
        ("reshape", {"shape": [-2]}, "argument 'shape' of 'reshape' is [-2]; every item must be at least -1"),
        ("gaussian_noise", {"stddev": -1}, "argument 'stddev' of 'gaussian_noise' is -1; it must be at least 0"),
        ("head", {"units": 3, "activation": "relu"}, "it must be one of 'softmax', 'sigmoid' or 'linear'"),
    ],
)
def test_a_bad_argument_is_named_with_its_value_and_what_it_must_be(name: str, args: Any, message: str) -> None:
    with pytest.raises(SpaceError, match=re.escape(message)):
        ops.create(name, args)


@pytest.mark.parametrize(
    ("name", "args", "shapes", "message"),
    [
        (
            "conv",
            {"filters": 3, "kernel": 5, "padding": "valid"},
            [(4, 9, 1)],
            "of 'conv' is 5 wide but the map only 4",
        ),
        ("conv", {"filters": 3, "kernel": 3, "dilation": 4, "padding": "valid"}, [(8, 1)], "9 wide but the map only 8"),
        ("maxpool", {"size": 3, "padding": "valid"}, [(2, 2, 1)], "'maxpool' is 3 wide but the map only 2"),
        ("conv", {"filters": 3}, [(8,)], "'conv' needs a map with 1 to 3 spatial axes and channels"),
        ("conv", {"filters": 3}, [(8, 8, None)], "'conv' needs an input whose last axis is known"),
        ("conv", {"filters": 3, "kernel": [3, 3]}, [(8, 1)], "is [3, 3]; the input has 1 spatial axis, so it must be"),
        (
            "conv",
            {"filters": 3, "padding": "causal"},
            [(8, 8, 1)],
            "'causal' of 'conv' needs one spatial axis, the inp",
        ),
        (
            "conv",
            {"filters": 3, "groups": 2},
            [(8, 8, 4)],
            "groups 2 of 'conv' must divide input channels 4 and filters",
        ),
        ("conv", {"filters": 3, "stride": 2, "dilation": 3}, [(8, 1)], "has stride 2 and dilation 3; one of them must"),
        ("sepconv", {"filters": 3}, [(4, 4, 4, 1)], "'sepconv' needs a map with 1 to 2 spatial axes and channels"),
        ("rnn", {"units": 3}, [(4, 4, 1)], "'rnn' needs a map with 1 spatial axis and channels"),
        ("gap", {}, [(4,)], "'gap' needs a map with 1 to 3 spatial axes and channels"),
        ("last", {}, [(None, 4)], "'last' needs a sequence of known length; use 'gap' or 'gmp'"),
        ("upsample", {"interpolation": "bilinear"}, [(4, 1)], "bilinear 'upsample' needs two spatial axes"),
        ("normalize", {"mean": [1], "variance": [1]}, [(4, 3)], "has 1 means and 1 variances for 3 channels"),
        ("dense", {"units": 3}, [()], "'dense' needs an input whose last axis is known"),
        ("dense", {"units": 3}, [(3,), (3,)], "'dense' takes 1 input, got 2"),
        ("add", {}, [(3,)], "'add' takes at least 2 inputs, got 1"),
        ("add", {}, [(3,), (4,)], "'add' needs inputs of one shape"),
        ("multiply", {}, [(4, 3), (3, 3)], "'multiply' needs inputs of one shape, or 1 on an axis"),
        ("multiply", {}, [(4, 3), (3,)], "'multiply' needs inputs of one shape, or 1 on an axis"),
        ("gn", {"groups": 3}, [(4, 4)], "groups 3 of 'gn' must divide the 4 channels"),
        ("attention", {"heads": 3}, [(5, 4)], "heads 3 of 'attention' must divide the 4 channels, or give 'key_dim'"),
        ("attention", {"heads": 1}, [(4, 4, 4)], "'attention' needs a map with 1 spatial axis and channels"),
        ("attention", {"heads": 1}, [(5, 4)] * 3, "'attention' takes 1 to 2 inputs, got 3"),
        ("posembed", {}, [(None, 4)], "'posembed' needs an input of known size"),
        ("reshape", {"shape": [-1, -1]}, [(4,)], "the shape [-1, -1] of 'reshape' may have one -1 and no 0"),
        ("reshape", {"shape": [2, 0]}, [(4,)], "the shape [2, 0] of 'reshape' may have one -1 and no 0"),
        ("reshape", {"shape": [3, -1]}, [(4, 2)], "'reshape' to [3, -1] does not fit 8 numbers"),
        ("reshape", {"shape": [4]}, [(4, 2)], "'reshape' to [4] does not fit 8 numbers"),
        ("permute", {"axes": [1, 3]}, [(4, 2)], "axes [1, 3] of 'permute' must be 1 to 2, each once"),
        ("repeatvector", {"times": 2}, [(4, 2)], "'repeatvector' needs a vector; 'gap' or 'last' makes one"),
        ("crop", {"border": [1, 2]}, [(8, 4, 1)], "'crop' cuts 2 off both sides of an axis of 4; nothing is left"),
        ("resize", {"size": 2}, [(8, 1)], "'resize' needs a map with 2 spatial axes and channels"),
        ("subtract", {}, [(3,)] * 3, "'subtract' takes 2 inputs, got 3"),
        ("dot", {}, [(3,), (4,)], "'dot' needs two vectors or sequences with the same last axis"),
        ("cosine", {}, [(2, 2, 4), (4,)], "'cosine' needs two vectors or sequences with the same last axis"),
        ("concat", {}, [(4, 3), (3, 3)], "'concat' needs inputs that differ in their channels only"),
    ],
)
def test_layers_that_do_not_fit_say_why(name: str, args: Any, shapes: Any, message: str) -> None:
    op = ops.create(name, args)
    for ask in (op.infer, op.cost):
        with pytest.raises(ShapeError, match=re.escape(message)):
            ask(*shapes)


def test_equal_layers_have_equal_arguments() -> None:
    def arguments(name: str, **args: Any) -> dict[str, Any]:
        return ops.create(name, args).arguments()

    assert arguments("conv", filters=8, kernel=[3, 3]) == arguments("conv", filters=8)
    assert arguments("maxpool", size=3) == arguments("maxpool", size=[3, 3], stride=3)
    assert arguments("maxpool", size=[2, 3]) == arguments("maxpool", size=[2, 3], stride=[2, 3])
    assert arguments("dropout", rate=0) == {"rate": 0.0}
    assert arguments("normalize", mean=[1, 1], variance=[2, 2]) == {"mean": [1.0, 1.0], "variance": [2.0, 2.0]}


def test_what_changes_nothing_is_an_identity_and_nothing_else_is() -> None:
    def identity(name: str, x: ops.Shape = (4, 4, 2), /, **args: Any) -> bool:
        return ops.create(name, args).is_identity(x)

    assert identity("identity")
    assert identity("dropout", rate=0)
    assert identity("spatial_dropout", rate=0)
    assert identity("maxpool", size=1)
    assert identity("avgpool", size=[1, 1], stride=1)
    assert identity("upsample", size=1)
    assert identity("zeropad", pad=[0, 0])
    assert identity("rescale", scale=1)
    assert identity("flatten", (4,))
    assert identity("gaussian_noise", stddev=0)
    assert identity("crop", border=[0, 0])
    assert identity("resize", size=4)
    assert identity("reshape", shape=[4, 4, -1])
    assert identity("permute", axes=[1, 2, 3])
    assert identity("to_sequence", (4, 2))
    assert not identity("flatten")
    assert not identity("reshape", (None, 2), shape=[-1, 2])
    assert not identity("to_sequence")
    assert not identity("dropout", rate=0.1)
    assert not identity("maxpool", size=1, stride=2)
    assert not identity("rescale", scale=1, offset=1)
    assert not identity("relu")


def test_every_operation_documents_its_arguments_and_names_a_field_as_its_shorthand() -> None:
    for name in ops.names():
        cls = ops.get(name)
        assert cls.name == name
        assert cls.shorthand is None or cls.shorthand in cls.model_fields
        assert set(cls.windows) <= set(cls.model_fields)
        text = inspect.getdoc(cls)
        assert text
        documented = re.findall(r"^    (\w+): ", text.partition("Args:")[2], flags=re.MULTILINE)
        assert documented == list(cls.model_fields), name


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="there is an operation 'conv' already: Conv"):
        ops.op("conv")(ops.get("dense"))
    assert ops.get("dense").name == "dense"


def test_operations_are_frozen_and_comparable() -> None:
    conv = ops.create("conv", {"filters": 3})
    assert conv == ops.create("conv", {"filters": 3})
    with pytest.raises(ValueError, match="frozen"):
        conv.filters = 4  # type: ignore[attr-defined]
