from __future__ import annotations

import gc
from collections import Counter

import keras
import numpy as np
import pytest

from automl.jobs import TrainingSettings
from automl.training import run_job
from automl.training.network import make_optimizer
from automl.training.release import make_releasable, silu

SETTINGS = {"adamw": {"weight_decay": 1e-3, "clip_norm": 1.0}, "sgd": {"momentum": 0.9}}


def graphs():
    """How many graphs and operations of TensorFlow this process holds."""
    gc.collect()
    found = Counter(type(thing).__name__ for thing in gc.get_objects())
    return {name: count for name, count in found.items() if name.endswith("Graph") or name == "Operation"}


def small_model(activation, seed=3):
    keras.utils.set_random_seed(seed)
    inner = keras.Sequential([keras.Input((6, 6, 4)), keras.layers.Activation(activation)], name="inner")
    inputs = keras.Input((6, 6, 1))
    x = keras.layers.Conv2D(4, 3, padding="same", activation=activation)(inputs)
    x = inner(keras.layers.BatchNormalization()(x))
    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(x)))


def weights_after_five_steps(activation, optimizer, *, releasable):
    model = small_model(activation)
    settings = TrainingSettings(optimizer=optimizer, lr=0.01, **SETTINGS[optimizer])
    model.compile(make_optimizer(settings), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    if releasable:
        make_releasable(model)
    rng = np.random.default_rng(0)
    for _ in range(5):
        model.train_on_batch(rng.random((16, 6, 6, 1), dtype="float32"), rng.integers(0, 3, 16))
    return [*model.get_weights(), *(keras.ops.convert_to_numpy(each) for each in model.optimizer.variables)]


def test_a_job_leaves_no_graph_behind(make_job, network, recorder):
    layers = [("conv", {"filters": 4, "activation": "silu"}), ("bn", {}), ("silu", {}), ("se", {"ratio": 2})]
    layers += [("relu", {}), ("gelu", {}), ("gap", {}), ("dropout", {"rate": 0.2})]
    job = make_job(network(*layers), epochs=1, batch_size=512, label_smoothing=0.1, **SETTINGS["adamw"])
    run_job(job, recorder)
    before = graphs()
    assert run_job(job, recorder).status == "complete"
    assert graphs() == before


@pytest.mark.parametrize("optimizer", SETTINGS)
def test_what_is_learnt_is_the_same_to_the_last_bit(optimizer):
    plain = weights_after_five_steps("relu", optimizer, releasable=False)
    released = weights_after_five_steps("relu", optimizer, releasable=True)
    assert len(plain) == len(released)
    assert all(np.array_equal(one, other) for one, other in zip(plain, released, strict=True))


def test_with_silu_it_is_the_same_up_to_rounding():
    plain = weights_after_five_steps("silu", "sgd", releasable=False)
    released = weights_after_five_steps("silu", "sgd", releasable=True)
    for one, other in zip(plain, released, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_silu_is_saved_as_the_one_of_keras(tmp_path):
    model = small_model("silu")
    model.compile("sgd", "mse")
    make_releasable(model)
    assert {layer.activation for layer in (model.layers[1], model.get_layer("inner").layers[0])} == {silu}
    x = np.random.default_rng(1).normal(size=(5, 6, 6, 1)).astype("float32")
    expected = model.predict(x, verbose=0)
    keras.Model(model.inputs, model.outputs).save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.layers[1].activation is keras.activations.silu
    assert loaded.get_layer("inner").layers[0].activation is keras.activations.silu
    assert np.array_equal(loaded.predict(x, verbose=0), expected)
