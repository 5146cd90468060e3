"""Averages of weights: what they are, that a training chooses well, and that it goes on with them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.jobs import Objective, job_key
from automl.training import run_job
from automl.training.average import AVERAGED, Average, preferred

LOSS = Objective(metric="val_loss", direction="minimize")


@pytest.fixture
def model():
    return keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(1, use_bias=False), keras.layers.BatchNormalization()]
    )


def set_to(model, value):
    model.set_weights([np.full(each.shape, value, np.float32) for each in model.get_weights()])


def averaged(model, values, **arguments):
    average = Average(model, **arguments)
    for value in values:
        set_to(model, value)
        average.step()
    return average


def test_it_averages_all_weights_and_the_statistics_of_norms(model):
    average = averaged(model, [1.0, 3.0], epochs=1.0, steps=4)
    assert [value for weights in average.weights for value in weights.ravel()] == pytest.approx([2.6] * 6)
    assert len(average.weights) == len(model.get_weights()) == 5


@given(values=st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=12), epochs=st.sampled_from([0.1, 1.0, 50.0]))
def test_an_average_lies_between_what_it_averages(values, epochs):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    (weights,) = averaged(model, values, epochs=epochs, steps=2).weights
    assert min(values) - 1e-4 <= weights.item() <= max(values) + 1e-4


def test_one_that_looks_back_on_little_follows_the_weights(model):
    average = averaged(model, range(100), epochs=0.001, steps=1)
    assert average.weights[0].ravel().tolist() == pytest.approx([99.0, 99.0], abs=0.1)


def test_of_a_long_epoch_only_some_points_are_taken(model):
    average = averaged(model, [0.0] + [9.0] * 8, epochs=1.0, steps=160)
    assert average.weights[0].max() == 0.0
    average.step()
    assert average.weights[0].max() > 0.0


def test_the_network_gets_its_own_weights_back(model):
    average = averaged(model, [1.0, 3.0], epochs=1.0, steps=4)
    with average.in_place():
        assert model.get_weights()[0].ravel().tolist() == pytest.approx([2.6, 2.6])
    assert model.get_weights()[0].ravel().tolist() == [3.0, 3.0]


@pytest.mark.parametrize(
    ("a", "b", "better"),
    [
        ({"val_loss": 0.1}, {"val_loss": 0.2}, True),
        ({"val_loss": 0.2}, {"val_loss": 0.2}, False),
        ({"val_loss": float("nan")}, {"val_loss": 0.2}, False),
        ({"val_loss": 0.2}, {"val_loss": float("inf")}, True),
    ],
)
def test_what_is_preferred(a, b, better):
    assert preferred(LOSS, a, b) is better


def test_after_every_epoch_the_better_one_is_kept_and_told(make_job, rich, recorder):
    plain, mean = recorder, type(recorder)()
    run_job(make_job(rich, epochs=3, name="plain", lr=0.05), plain)
    result = run_job(make_job(rich, epochs=3, name="mean", lr=0.05, ema=1.0), mean)
    for raw, report in zip(plain, mean, strict=True):
        assert report.metrics["loss"] == raw.metrics["loss"]  # averaging does not change the training
        assert report.metrics["val_accuracy"] >= raw.metrics["val_accuracy"]
        same = report.metrics["val_loss"] == raw.metrics["val_loss"]
        assert same is not bool(report.metrics[AVERAGED])
    assert any(report.metrics[AVERAGED] for report in mean)
    assert result.metrics == mean[result.best_epoch - 1].metrics


def test_three_epochs_and_three_more_are_six_with_an_average(make_kept, rich, recorder, recorder_that, same, digits):
    whole = run_job(make_kept(rich, name="whole", epochs=6, ema=1.5), recorder)
    part = make_kept(rich, name="part", epochs=6, ema=1.5)
    assert run_job(part, recorder_that(at_3="pause")).status == "paused"
    rest = type(recorder)()
    resumed = run_job(part.model_copy(update={"resume": True}), rest)
    assert same(rest) == same(recorder)
    assert resumed.metrics == whole.metrics
    pixels = np.asarray(digits.rows("validation").x)
    one, other = (keras.saving.load_model(result.model_file).predict(pixels, verbose=0) for result in (whole, resumed))
    np.testing.assert_array_equal(one, other)


def test_with_all_rows_the_average_is_what_is_kept(make_job, tiny, recorder, digits):
    pixels = np.asarray(digits.rows("validation").x)
    answers = [
        keras.saving.load_model(run_job(job, type(recorder)()).model_file).predict(pixels, verbose=0)
        for job in (
            make_job(tiny, rows="all", epochs=2, name="a"),
            make_job(tiny, rows="all", epochs=2, name="b", ema=1.0),
        )
    ]
    assert np.abs(answers[0] - answers[1]).max() > 1e-3


def test_without_an_average_keys_are_those_of_earlier_versions(make_job, tiny):
    training = make_job(tiny).training
    key = job_key({}, training, data_digest="d", epochs=3)
    assert "ema" not in training.deciding()
    assert job_key({}, training.model_copy(update={"ema": 1.0}), data_digest="d", epochs=3) != key
