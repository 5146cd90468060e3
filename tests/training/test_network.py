from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from automl.failures import TrialFailure
from automl.jobs import TrainingSettings
from automl.training.network import build_network, make_loss, make_metric, make_optimizer
from automl.training.scoring import Scorer

LOSS = "sparse_categorical_crossentropy"


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd", "rmsprop"])
def test_only_kernels_decay(name):
    inputs = keras.Input((4,))
    x = keras.layers.BatchNormalization()(keras.layers.Dense(3)(inputs))
    model = keras.Model(inputs, keras.layers.LayerNormalization()(x))
    for variable in model.trainable_variables:
        variable.assign(np.ones(variable.shape))
    optimizer = make_optimizer(TrainingSettings(optimizer=name, lr=0.1, weight_decay=0.5, momentum=0.0))
    optimizer.apply([np.zeros(v.shape, "float32") for v in model.trainable_variables], model.trainable_variables)
    changed = {v.path for v in model.trainable_variables if not np.allclose(v.numpy(), 1)}
    assert [path.rsplit("/")[-1] for path in changed] == ["kernel"]


def test_settings_reach_the_optimizer():
    settings = TrainingSettings(optimizer="sgd", lr=0.3, momentum=0.8, clip_norm=2.0)
    config = make_optimizer(settings).get_config()
    assert config["learning_rate"] == pytest.approx(0.3)
    assert (config["momentum"], config["nesterov"], config["global_clipnorm"]) == (0.8, True, 2.0)


def test_smoothed_loss_equals_its_definition():
    predicted = np.array([[0.7, 0.2, 0.1]], "float32")
    target = np.array([[1.0, 0.0, 0.0]])
    smooth = target * 0.7 + 0.3 / 3
    assert float(make_loss(LOSS, 0.3)(target, predicted)) == pytest.approx(
        -(smooth * np.log(predicted)).sum(), rel=1e-5
    )


def test_a_loss_without_classes_cannot_be_smoothed():
    with pytest.raises(TrialFailure, match=r"label_smoothing is 0\.1"):
        make_loss("mean_squared_error", 0.1)


def test_accuracy_fits_codes_and_one_hot_rows():
    predicted = np.array([[0.7, 0.3], [0.6, 0.4]], "float32")
    codes = make_metric("accuracy", LOSS)
    codes.update_state(np.array([0, 1]), predicted)
    one_hot = make_metric("accuracy", LOSS, one_hot=True)
    one_hot.update_state(np.eye(2)[[0, 1]], predicted)
    assert float(codes.result()) == float(one_hot.result()) == 0.5
    assert codes.name == one_hot.name == "accuracy"


def test_the_trained_view_shares_the_layers_of_the_saved_model(make_job, digits):
    prepared = dataclasses.replace(digits, preprocessing={})
    network = build_network(make_job(), prepared, loss=LOSS, metrics=("accuracy",))
    network.trained.set_weights([weight + 1 for weight in network.trained.get_weights()])
    for one, other in zip(network.model.get_weights(), network.trained.get_weights(), strict=True):
        assert np.array_equal(one, other)
    assert network.one_hot is None


@pytest.mark.parametrize("rows", [1, 255, 256, 257, 600])
def test_a_score_is_that_of_all_rows_at_once(make_job, digits, rows):
    prepared = dataclasses.replace(digits, preprocessing={})
    model = build_network(make_job(), prepared, loss=LOSS, metrics=("accuracy",)).trained
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 16, (rows, 8, 8, 1)).astype("uint8"), rng.integers(0, 10, rows)
    scores = Scorer(x, y, loss=LOSS, metrics=("accuracy",)).score(model)
    predicted = model.predict(x, verbose=0)
    assert scores["accuracy"] == pytest.approx((predicted.argmax(1) == y).mean())
    expected = -np.log(np.maximum(predicted[np.arange(rows), y], keras.config.epsilon())).mean()
    assert scores["loss"] == pytest.approx(expected, rel=1e-4, abs=1e-5)
