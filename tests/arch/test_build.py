"""The Keras model is the architecture."""

from __future__ import annotations

import math
from typing import Any

import keras_flops
import numpy as np
import pytest

from automl.arch import Architecture, Input, build_model, summarize
from automl.arch.build import LayerNames
from automl.errors import ShapeError, SpaceError

# TensorFlow's variables answer NumPy 2 in the old way; Keras reads them so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

NORMALIZE = {"image": [{"op": "normalize", "args": {"mean": [70.0], "variance": [6000.0]}}]}


def handwritten(stages: tuple[int, ...], blocks: int) -> Any:
    """The network of ``conftest.residual`` as a person writes it in Keras."""
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1), dtype="uint8")
    x = layers.Normalization(mean=[70.0], variance=[6000.0])(image)
    x = layers.Conv2D(stages[0], 3, padding="same", use_bias=False)(x)
    for i, filters in enumerate(stages):
        for j in range(blocks):
            stride = 2 if i and not j else 1
            y = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
            y = layers.ReLU()(layers.BatchNormalization()(y))
            y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
            y = layers.BatchNormalization()(y)
            gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
            gate = layers.Dense(max(1, filters // 8), activation="relu")(gate)
            gate = layers.Dense(filters, activation="sigmoid")(gate)
            y = layers.Multiply()([y, gate])
            if stride == 2:
                x = layers.Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def test_it_equals_the_same_network_written_by_hand(make_residual: Any) -> None:
    import keras

    keras.utils.set_random_seed(3)
    ours = build_model(make_residual(stages=(8, 16), blocks=2), preprocessing=NORMALIZE)
    theirs = handwritten((8, 16), 2)
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
    theirs.set_weights([np.random.default_rng(0).uniform(0.1, 1, w.shape) - 0.3 * (w.ndim > 1) for w in ours.weights])
    ours.set_weights(theirs.get_weights())
    pixels = np.random.default_rng(1).integers(0, 256, (4, 28, 28, 1)).astype("uint8")
    np.testing.assert_allclose(ours.predict(pixels, verbose=0), theirs.predict(pixels, verbose=0), rtol=1e-5, atol=1e-6)


def test_parameters_shapes_and_activations_are_those_of_the_summary(make_residual: Any) -> None:
    architecture = make_residual()
    model, summary = build_model(architecture, preprocessing=NORMALIZE), summarize(architecture)
    assert model.count_params() == summary.parameters
    assert model.output.shape[1:] == summary.layers[-1].output_shape
    written = [math.prod(layer.output.shape[1:]) for layer in model.layers[2:]]
    assert sum(written) == summary.activations


@pytest.mark.parametrize("kind", ["conv", "sepconv", "dwconv"])
def test_flops_are_within_a_percent_of_a_count_over_the_built_model(kind: str, net: Any, make_residual: Any) -> None:
    x = net("conv", "image", filters=16, kernel=5, stride=2)
    for _ in range(3):
        x = net(kind, x, **({} if kind == "dwconv" else {"filters": 24}), activation="relu")
        x = net("maxpool", net("relu", net("bn", x)))
    out = net("head", net("dense", net("flatten", x), units=50, activation="relu"), units=10, activation="softmax")
    plain = Architecture.assemble({"image": Input((64, 48, 3))}, net.nodes, {"y": out})
    for architecture in (plain, make_residual()):
        model = build_model(architecture)
        cast = sum(2 * math.prod(layer.output.shape[1:]) for layer in model.layers if "cast" in layer.name)
        assert summarize(architecture).flops == pytest.approx(keras_flops.count(model) - cast, rel=0.01)


def test_a_shared_tower_is_one_layer(net: Any) -> None:
    towers = []
    for side in ("left", "right"):
        x = net("conv", side, filters=4, weights="conv", path=f"{side}/conv")
        towers.append(net("gap", net("se", x, weights="se", path=f"{side}/se")))
    out = net("head", net("concat", *towers), units=1)
    inputs = {"left": Input((8, 8, 3)), "right": Input((12, 12, 3))}
    architecture = Architecture.assemble(inputs, net.nodes, {"same": out})
    model = build_model(architecture)
    assert model.count_params() == summarize(architecture).parameters
    assert [layer.name for layer in model.layers].count("left_conv") == 1
    assert "right_conv" not in [layer.name for layer in model.layers]
    left, right = np.ones((2, 8, 8, 3)), np.ones((2, 12, 12, 3))
    assert model.predict({"left": left, "right": right}, verbose=0).shape == (2, 1)


def test_two_sequences_share_an_attention_and_are_compared(net: Any) -> None:
    towers = []
    for side in ("left", "right"):
        x = net("posembed", side, weights="positions", path=f"{side}/positions")
        x = net("attention", x, heads=2, weights="self", path=f"{side}/self")
        towers.append(x)
    crossed = [
        net("attention", *pair, heads=2, weights="cross", path=f"{name}/cross")
        for name, pair in {"to": towers, "fro": towers[::-1]}.items()
    ]
    vectors = [net("gap", x) for x in crossed]
    apart = net("cosine", net("subtract", *vectors), net("multiply", *vectors))
    inputs = {"left": Input((6, 8)), "right": Input((6, 8))}
    architecture = Architecture.assemble(inputs, net.nodes, {"same": net("head", apart, units=1)})
    model = build_model(architecture)
    assert model.count_params() == summarize(architecture).parameters == 6 * 8 + 2 * 4 * (8 * 8 + 8) + 2
    names = [layer.name for layer in model.layers]
    for layer in ("positions", "self", "cross"):
        assert len([name for name in names if name.endswith(f"_{layer}")]) == 1, layer
    rows = {side: np.random.default_rng(0).normal(size=(2, 6, 8)) for side in inputs}
    assert model.predict(rows, verbose=0).shape == (2, 1)


def test_weights_that_belong_to_a_size_are_not_shared_with_another(net: Any) -> None:
    towers = [net("gap", net("posembed", side, weights="w", path=side)) for side in ("wide", "tall")]
    out = net("head", net("concat", *towers), units=1)
    inputs = {"wide": Input((2, 8, 3)), "tall": Input((8, 2, 3))}
    with pytest.raises(ShapeError, match=r"they cannot share the weights 'w': .*posembed on 8x2x3"):
        Architecture.assemble(inputs, net.nodes, {"y": out})


def test_a_decoder_trains_from_a_repeated_vector(net: Any) -> None:
    words = net("rnn", net("embed", "words", dim=4, vocabulary=9, mask_zero=True), units=4)
    start = net("repeatvector", net("gap", words), times=3)
    steps = net("rnn", start, units=4, cell="gru", recurrent_dropout=0.1)
    letters = net("dense", steps, units=5, activation="softmax")
    architecture = Architecture.assemble({"words": Input((6,), "int32")}, net.nodes, {"letters": letters})
    model = build_model(architecture)
    assert model.count_params() == summarize(architecture).parameters
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    assert np.isfinite(model.train_on_batch(np.ones((2, 6), "int32"), np.ones((2, 3))))


def test_several_inputs_and_outputs_are_dicts_by_name(net: Any) -> None:
    words = net("gap", net("embed", "words", dim=4, vocabulary=9))
    both = net("concat", words, "facts")
    outputs = {
        "price": net("head", both, units=1, path="price"),
        "kind": net("head", both, units=3, activation="softmax", path="kind"),
    }
    inputs = {"words": Input((5,), "int32"), "facts": Input((2,)), "unused": Input((1,))}
    model = build_model(Architecture.assemble(inputs, net.nodes, outputs))
    assert sorted(model.input) == ["facts", "unused", "words"]
    assert sorted(model.output) == ["kind", "price"]
    rows = {"words": np.ones((2, 5), "int32"), "facts": np.ones((2, 2)), "unused": np.ones((2, 1))}
    answers = model.predict(rows, verbose=0)
    assert {name: values.shape for name, values in answers.items()} == {"kind": (2, 3), "price": (2, 1)}
    model.compile(optimizer="sgd", loss={"price": "mse", "kind": "sparse_categorical_crossentropy"})
    assert np.isfinite(model.train_on_batch(rows, {"price": np.ones((2, 1)), "kind": np.ones(2)})).all()


def test_layers_are_called_after_their_paths(make_residual: Any) -> None:
    names = [layer.name for layer in build_model(make_residual(), preprocessing=NORMALIZE).layers]
    assert names[:4] == ["image", "image_normalize", "stem", "stage_0_block_0_conv"]
    assert names[-1] == "head"
    assert "se__squeeze" in names
    assert "se_2__squeeze" in names
    assert len(set(names)) == len(names)
    assert names == [layer.name for layer in build_model(make_residual(), preprocessing=NORMALIZE).layers]


def test_names_are_valid_and_given_once() -> None:
    names = LayerNames(taken=["image"])
    assert names.take("stage.1/kind=sep/sepconv") == "stage_1_kind_sep_sepconv"
    assert names.take("stage_1/kind/sep.sepconv") == "stage_1_kind_sep_sepconv_2"
    assert names.take("image") == "image_2"
    assert names.take("größe__x") == "gr_e_x"
    assert names.take("", otherwise="conv") == "conv"
    assert names.take("3x3", otherwise="conv") == "conv_3x3"
    assert names.take("...", otherwise="conv") == "conv_2"


def test_integer_pixels_are_cast_once_where_a_layer_needs_it(net: Any) -> None:
    both = net("concat", net("conv", "image", filters=1), net("conv", "image", filters=1, kernel=1))
    out = net("head", both, units=1)
    model = build_model(Architecture.assemble({"image": Input((4, 4, 1), "uint8")}, net.nodes, {"y": out}))
    assert [layer.name for layer in model.layers][:2] == ["image", "image_cast"]
    assert model.input.dtype == "uint8"
    assert np.isfinite(model.predict(np.full((2, 4, 4, 1), 255, "uint8"), verbose=0)).all()


def test_a_network_of_nothing_gives_its_input_back() -> None:
    model = build_model(Architecture.assemble({"x": Input((3,))}, [], {"y": "x"}))
    rows = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(model.predict(rows, verbose=0), rows)


def test_preprocessing_for_an_input_that_there_is_not_is_refused(make_residual: Any) -> None:
    with pytest.raises(SpaceError, match="preprocessing for the input 'imgae', which does not exist; did you mean 'im"):
        build_model(make_residual(), preprocessing={"imgae": []})
