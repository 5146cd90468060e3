"""Layers inside real models: saved, loaded by plain Keras, run, and under mixed precision."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl import ops

# TensorFlow's variables answer NumPy 2 in the old way; Keras reads them so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

# One use of every operation, on an image of 8x8x4 unless another shape is given; merges get it twice.
# A backbone needs larger pictures: see test_backbone. Those of tables, texts, series and forecasts are functions of
# keras.ops, and have tests of their own.
ELSEWHERE = ("lookup", "tidy", "columns", "tokens", "bag", "series", "ahead", "window", "forecast")
NAMES = [name for name in ops.names() if name not in ("backbone", *ELSEWHERE)]
USES: dict[str, tuple[dict[str, Any], ops.Shape]] = {name: ({}, (8, 8, 4)) for name in NAMES} | {
    "conv": ({"filters": 4, "groups": 2, "stride": [1, 2], "activation": "leaky_relu"}, (8, 8, 4)),
    "sepconv": ({"filters": 3, "activation": "relu6"}, (8, 8, 4)),
    "dense": ({"units": 3, "activation": "hard_silu"}, (8, 8, 4)),
    "head": ({"units": 3, "activation": "softmax"}, (8, 8, 4)),
    "normalize": ({"mean": [1, 2, 3, 4], "variance": [1, 2, 3, 0]}, (8, 8, 4)),
    "rnn": ({"units": 3, "cell": "gru", "bidirectional": True, "dropout": 0.1, "recurrent_dropout": 0.1}, (5, 4)),
    "each": ({"network": [{"id": "a", "op": "dense", "args": {"units": 3}, "inputs": ["step"]}]}, (5, 4)),
    "last": ({}, (5, 4)),
    "embed": ({"dim": 3, "vocabulary": 7}, (5,)),
    "convtranspose": ({"filters": 3, "kernel": [2, 3], "activation": "celu"}, (8, 8, 4)),
    "gn": ({"groups": 2}, (8, 8, 4)),
    "attention": ({"heads": 2, "dropout": 0.1, "causal": True}, (5, 4)),
    "dot": ({}, (5, 4)),
    "cosine": ({}, (5, 4)),
    "masking": ({"value": 2.0}, (5, 4)),
    "patchify": ({"dim": 3, "size": 3}, (8, 8, 4)),
    "permute": ({"axes": [2, 1, 3]}, (8, 8, 4)),
    "repeatvector": ({"times": 2}, (5,)),
    "reshape": ({"shape": [-1, 2, 8]}, (8, 8, 4)),
    "resize": ({"size": [5, 12]}, (8, 8, 4)),
    "upsample": ({"interpolation": "bilinear"}, (8, 8, 4)),
}


@pytest.fixture(scope="module")
def everything() -> Any:
    """A model with every operation; the input ``image`` has the shape 8x8x4, ``steps`` 5x4, ``tokens`` 5."""
    import keras

    keras.utils.set_random_seed(1)
    inputs = {
        "image": keras.Input((8, 8, 4), name="image"),
        "steps": keras.Input((5, 4), name="steps"),
        "tokens": keras.Input((5,), dtype="int32", name="tokens"),
    }
    source = {(8, 8, 4): "image", (5, 4): "steps", (5,): "tokens"}
    outputs = {}
    for name, (args, shape) in USES.items():
        op = ops.create(name, args)
        given = [shape] * op.min_inputs
        outputs[name] = op.build(*given, name=f"op_{name}")(*[inputs[source[shape]]] * op.min_inputs)
    return keras.Model(inputs, outputs)


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "image": rng.normal(size=(3, 8, 8, 4)).astype("float32"),
        "steps": rng.normal(size=(3, 5, 4)).astype("float32"),
        "tokens": rng.integers(0, 7, (3, 5)).astype("int32"),
    }


def test_plain_keras_loads_every_operation_in_safe_mode(
    everything: Any, rows: dict[str, np.ndarray], tmp_path: Path
) -> None:
    file = tmp_path / "model.keras"
    everything.save(file)
    np.savez(tmp_path / "rows.npz", **rows)
    program = """
import sys
import keras, numpy as np
folder = sys.argv[1]
model = keras.models.load_model(f"{folder}/model.keras", safe_mode=True)
np.savez(f"{folder}/answers.npz", **model.predict(dict(np.load(f"{folder}/rows.npz")), verbose=0))
assert "automl" not in sys.modules
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, text=True, timeout=200
    )
    assert run.returncode == 0, run.stderr
    before, after = everything.predict(rows, verbose=0), np.load(tmp_path / "answers.npz")
    for name in USES:
        np.testing.assert_array_equal(after[name], before[name], err_msg=name)
    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("config.json"))
    modules = {layer["module"] for layer in config["config"]["layers"]}
    assert modules == {"keras.layers"}
    assert not [layer for layer in config["config"]["layers"] if layer["registered_name"]]


def test_what_comes_out_has_the_inferred_shape(everything: Any, rows: dict[str, np.ndarray]) -> None:
    for name, values in everything.predict(rows, verbose=0).items():
        args, shape = USES[name]
        op = ops.create(name, args)
        assert values.shape[1:] == op.infer(*[shape] * op.min_inputs), name


def test_a_position_embedding_adds_its_table(everything: Any, rows: dict[str, np.ndarray]) -> None:
    out = everything.predict(rows, verbose=0)["posembed"]
    table = everything.get_layer("op_posembed__table").alpha.numpy()
    assert table.shape == (8, 8, 4)
    assert 0.01 < table.std() < 0.03
    np.testing.assert_allclose(out, rows["image"] + table, atol=1e-6)


def test_patches_are_the_steps_of_a_sequence() -> None:
    import keras

    op, shape = ops.create("patchify", {"dim": 3, "size": 2}), (4, 6, 1)
    inputs = keras.Input(shape)
    model = keras.Model(inputs, op.build(shape, name="op")(inputs))
    image = np.arange(24, dtype="float32").reshape(1, *shape)
    kernel, bias = (weights.numpy() for weights in model.weights)
    patches = [image[0, i : i + 2, j : j + 2, 0].reshape(4) for i in (0, 2) for j in (0, 2, 4)]
    expected = np.stack(patches) @ kernel.reshape(4, 3) + bias
    np.testing.assert_allclose(model.predict(image, verbose=0)[0], expected, rtol=1e-5, atol=1e-5)


def test_a_causal_attention_does_not_see_the_future_and_a_query_reads_its_context() -> None:
    import keras

    query, context = keras.Input((4, 6)), keras.Input((3, 5))
    causal = ops.create("attention", {"heads": 2, "causal": True}).build((4, 6), name="causal")(query)
    crossed = ops.create("attention", {"heads": 2}).build((4, 6), (3, 5), name="crossed")(query, context)
    model = keras.Model([query, context], [causal, crossed])
    rng = np.random.default_rng(0)
    q, c = rng.normal(size=(1, 4, 6)).astype("float32"), rng.normal(size=(1, 3, 5)).astype("float32")
    before = model.predict([q, c], verbose=0)
    later, other = q.copy(), c.copy()
    later[:, 3] += 1
    other[:, 2] += 1
    changed, read = model.predict([later, c], verbose=0)[0], model.predict([q, other], verbose=0)[1]
    np.testing.assert_allclose(changed[:, :3], before[0][:, :3], atol=1e-6)
    assert abs(changed[:, 3] - before[0][:, 3]).max() > 1e-3
    assert abs(read - before[1]).max() > 1e-3


@pytest.mark.parametrize("name", ["masking", "embed"])
def test_padding_is_left_out_of_recurrent_layers_and_means(name: str) -> None:
    import keras

    shape, x = ((5, 3), np.ones((1, 5, 3), "float32")) if name == "masking" else ((5,), np.ones((1, 5), "int32"))
    args = {} if name == "masking" else {"dim": 3, "vocabulary": 4, "mask_zero": True}
    inputs = keras.Input(shape, dtype=x.dtype)
    mask = ops.create(name, args)
    y = mask.build(shape, name="mask")(inputs)
    y = ops.create("posembed", {}).build((5, 3), name="positions")(y)
    y = ops.create("rnn", {"units": 2}).build((5, 3), name="rnn")(y)
    model = keras.Model(inputs, ops.create("gap", {}).build((5, 2), name="gap")(y))
    short = keras.Model(inputs, y).predict(x, verbose=0)[:, :3].mean(axis=1)
    x[:, 3:] = 0
    np.testing.assert_allclose(model.predict(x, verbose=0), short, atol=1e-6)


def test_last_is_the_last_step(everything: Any, rows: dict[str, np.ndarray]) -> None:
    out = everything.predict(rows, verbose=0)["last"]
    np.testing.assert_array_equal(out, rows["steps"][:, -1])


@pytest.mark.parametrize("rank", [1, 3])
def test_grouped_convolutions_run_and_train_in_other_ranks(rank: int) -> None:
    import keras

    shape = (5,) * rank + (4,)
    op = ops.create("conv", {"filters": 4, "groups": 2})
    inputs = keras.Input(shape)
    model = keras.Model(
        inputs,
        ops.create("head", {"units": 1}).build(op.infer(shape), name="head")(op.build(shape, name="conv")(inputs)),
    )
    model.compile(optimizer="sgd", loss="mse")
    assert np.isfinite(model.train_on_batch(np.ones((2, *shape)), np.ones((2, 1))))


@pytest.fixture
def mixed_precision() -> Iterator[None]:
    import keras

    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    yield
    keras.mixed_precision.set_dtype_policy(before)


@pytest.mark.usefixtures("mixed_precision")
def test_heads_and_preprocessing_compute_in_float32_under_mixed_precision() -> None:
    import keras

    shape = (4, 4, 2)
    pixels = keras.Input(shape, dtype="uint8")
    normalize = ops.create("normalize", {"mean": [130.5, 128.25], "variance": [4000.0, 4000.0]})
    x = normalize.build(shape, name="normalize")(pixels)
    assert x.dtype == "float32"
    y = ops.create("conv", {"filters": 2}).build(shape, name="conv")(x)
    assert y.dtype == "float16"
    assert ops.create("head", {"units": 3, "activation": "softmax"}).build(shape, name="head")(y).dtype == "float32"
    rescaled = ops.create("rescale", {}).build(shape, name="rescale")(pixels)
    assert rescaled.dtype == "float32"


@pytest.mark.usefixtures("mixed_precision")
def test_every_operation_runs_under_mixed_precision(rows: dict[str, np.ndarray]) -> None:
    import keras

    inputs = {name: keras.Input(x.shape[1:], dtype=x.dtype, name=name) for name, x in rows.items()}
    source = {x.shape[1:]: name for name, x in rows.items()}
    outputs = {}
    for name, (args, shape) in USES.items():
        op = ops.create(name, args)
        given = [inputs[source[shape]]] * op.min_inputs
        outputs[name] = op.build(*[shape] * op.min_inputs, name=f"op_{name}")(*given)
    for name, out in keras.Model(inputs, outputs).predict(rows, verbose=0).items():
        assert np.isfinite(out).all(), name


def test_a_position_embedding_learns() -> None:
    import keras

    inputs = keras.Input((3, 2))
    model = keras.Model(inputs, ops.create("posembed", {}).build((3, 2), name="op")(inputs))
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    x, wanted = np.zeros((4, 3, 2)), np.arange(6.0).reshape(3, 2)
    for _ in range(30):
        model.train_on_batch(x, np.broadcast_to(wanted, x.shape))
    np.testing.assert_allclose(model.weights[0].numpy(), wanted, atol=0.01)
