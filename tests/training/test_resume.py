"""A training that was interrupted goes on as if it had not been."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

from automl.jobs import Objective, Reply
from automl.training import run_job

EVERYTHING = {"label_smoothing": 0.1, "warmup_epochs": 1, "clip_norm": 1.0, "weight_decay": 0.01}
LOSS = Objective(metric="val_loss", direction="minimize")


def resumed(job, **changes):
    return job.model_copy(update={"resume": True, **changes})


def arrays(file):
    """All arrays of a state: weights, statistics and seeds of the network, the optimizer's variables, best weights."""
    with np.load(file) as state:
        return {name: state[name] for name in state.files if name != "story"}


def differing(one, other):
    assert one.keys() == other.keys()
    return [name for name in one if one[name].dtype != other[name].dtype or not np.array_equal(one[name], other[name])]


def weights(result):
    return dict(enumerate(keras.saving.load_model(result.model_file).get_weights()))


class Copying(list):
    """Collects reports and copies of the state after every epoch."""

    def __init__(self, job, folder):
        self.state, self.folder = Path(job.state_file), folder
        folder.mkdir()

    def __call__(self, report):
        self.append(report)
        if report.saved and not (self.folder / f"{report.epoch}.npz").exists():
            shutil.copy(self.state, self.folder / f"{report.epoch}.npz")
        return Reply()


@pytest.fixture
def agree(make_kept, always_saved, same, tmp_path):
    """Trains 6 epochs in one go; going on from the state after some of them must change nothing to the last bit."""

    def check(*args, after=(3,), **settings):
        job = make_kept(*args, name="whole", **{"epochs": 6} | settings)
        result = run_job(job, reports := Copying(job, tmp_path / "states"))
        assert [report.saved for report in reports] == [True] * (result.epochs - 1) + [False]
        for epoch in after:
            name = f"after-{epoch}"
            again = resumed(job.model_copy(update={"model_file": str(tmp_path / name / "model.keras")}))
            shutil.copy(tmp_path / "states" / f"{epoch}.npz", again.state_file)
            found = run_job(again, told := Copying(again, tmp_path / f"states-{name}"))
            assert same(told) == same(reports)
            assert [r.seconds for r in told[:epoch]] == [r.seconds for r in reports[:epoch]]
            last = f"{result.epochs - 1}.npz"
            states = [arrays(tmp_path / folder / last) for folder in ("states", f"states-{name}")]
            assert differing(*states) == []
            assert differing(weights(result), weights(found)) == []
            for field in ("status", "epochs", "planned_epochs", "best_epoch", "metrics"):
                assert getattr(found, field) == getattr(result, field)
        return result

    return check


def test_with_everything_that_draws_random_numbers(agree, rich, augmented):
    agree(rich, after=(1, 4), optimizer="adamw", augment=augmented, **EVERYTHING)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_with_every_optimizer(agree, network, optimizer):
    agree(network(("flatten", {}), ("dropout", {"rate": 0.3})), optimizer=optimizer, weight_decay=1e-3)


def test_with_recurrent_layers_that_drop(agree, network):
    agree(network(("to_sequence", {}), ("rnn", {"units": 4, "dropout": 0.3}), ("last", {})), epochs=3, after=(1,))


def test_with_a_layer_of_a_persons_own_that_draws(agree, network, own_layers):
    agree(network(("flatten", {}), ("own_noise", {})), epochs=3, after=(1,), layers=own_layers)


def test_when_all_rows_train(agree, network):
    result = agree(network(("flatten", {}), ("dropout", {"rate": 0.3})), rows="all")
    assert result.best_epoch == 6


def test_in_half_precision(agree, tiny, monkeypatch):
    monkeypatch.setattr("automl.training.job.precision", lambda: "mixed_float16")
    agree(tiny)


def test_when_the_best_epoch_is_not_the_last(agree, monkeypatch):
    monkeypatch.setattr("automl.training.learner.learning_rate", lambda progress, _: 5e-3 if progress < 0.34 else 1.0)
    assert agree(objective=LOSS, patience=None, after=(1, 4)).best_epoch == 2


def test_when_patience_ends_it(agree):
    result = agree(epochs=30, lr=1e-12, schedule="constant", patience=3, after=(2,))
    assert (result.status, result.epochs, result.best_epoch) == ("complete", 4, 1)


def test_when_the_weights_in_the_model_file_are_of_a_later_epoch(make_kept, always_saved, recorder_that, tmp_path):
    job = make_kept(epochs=6)
    reports = Copying(job, tmp_path / "states")
    run_job(job, reports)
    shutil.copy(tmp_path / "states" / "2.npz", job.state_file)
    result = run_job(resumed(job), recorder_that(at_2="stop"))
    with np.load(tmp_path / "states" / "2.npz") as state:
        count = sum(name.startswith("trained.") for name in state.files)
    assert (result.status, result.epochs, result.best_epoch) == ("stopped", 2, 2)
    assert result.metrics == reports[1].metrics
    saved = weights(result)
    states = arrays(tmp_path / "states" / "2.npz")
    assert count == len(saved) == 4
    assert all(np.array_equal(saved[i], states[f"trained.{i}"]) for i in range(4))


# Pauses


def test_a_pause_ends_with_a_model_and_a_state_and_goes_on(make_kept, recorder, recorder_that, same):
    whole = run_job(make_kept(name="whole", epochs=4), recorder)
    job = make_kept(name="parts", epochs=4)
    first = run_job(job, paused := recorder_that(at_2="pause"))
    assert (first.status, first.epochs, first.best_epoch) == ("paused", 2, 2)
    assert len(weights(first)) == 4
    assert sorted(path.name for path in Path(job.state_file).parent.iterdir()) == [
        "model.answers.npz",
        "model.keras",
        "state.npz",
    ]
    second = run_job(resumed(job), again := recorder_that())
    assert same(again) == same(recorder)
    assert same(again[:2]) == same(paused)
    assert (second.status, second.epochs) == ("complete", 4)
    assert differing(weights(second), weights(whole)) == []
    assert second.seconds["train"] > first.seconds["train"]
    assert sorted(path.name for path in Path(job.state_file).parent.iterdir()) == ["model.answers.npz", "model.keras"]


def test_3_epochs_a_pause_and_3_more_are_6(make_kept, recorder, recorder_that, same, rich, augmented):
    """What early discard rests on: dropout, batch norm, augmentation and schedule go on as if there was no pause."""
    settings = {"epochs": 6, "optimizer": "adamw", "augment": augmented, **EVERYTHING}
    whole = run_job(make_kept(rich, name="whole", **settings), recorder)
    job = make_kept(rich, name="parts", **settings)
    assert run_job(job, recorder_that(at_3="pause")).epochs == 3
    second = run_job(resumed(job), again := recorder_that())
    assert (second.status, second.epochs, same(again)) == ("complete", 6, same(recorder))
    for one, other in zip(weights(second).values(), weights(whole).values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_a_pause_after_the_last_epoch_takes_nothing_from_the_training(make_kept, recorder_that):
    job = make_kept(epochs=2)
    assert run_job(job, recorder_that(at_2="pause")).status == "complete"
    assert not Path(job.state_file).exists()


def test_a_pause_when_patience_is_over_is_the_end(make_kept, recorder_that):
    job = make_kept(epochs=9, lr=1e-12, schedule="constant", patience=1)
    assert run_job(job, recorder_that(at_2="pause")).status == "complete"


def test_a_pause_without_a_state_file_is_a_stop(make_job, recorder_that):
    assert run_job(make_job(epochs=3), recorder_that(at_1="pause")).status == "stopped"


def test_a_pause_of_a_training_on_all_rows_keeps_the_last_epoch(make_kept, recorder_that, recorder):
    job = make_kept(epochs=4, rows="all")
    first = run_job(job, recorder_that(at_2="pause"))
    assert (first.status, first.best_epoch) == ("paused", 2)
    assert len(weights(first)) == 4
    second = run_job(resumed(job), recorder)
    assert (second.status, second.best_epoch) == ("complete", 4)


def test_a_pause_before_any_finite_epoch_has_no_model_and_goes_on(make_kept, recorder_that, recorder, monkeypatch):
    monkeypatch.setattr("automl.training.scoring.Scorer.score", lambda *_: {"loss": math.nan, "accuracy": 0.1})
    job = make_kept(epochs=3)
    first = run_job(job, told := recorder_that(at_1="pause"))
    assert (first.status, first.model_file, first.best_epoch, dict(first.metrics)) == ("paused", None, None, {})
    monkeypatch.undo()
    second = run_job(resumed(job), recorder)
    assert math.isnan(recorder[0].metrics["val_loss"])
    assert recorder[0].metrics["loss"] == told[0].metrics["loss"]
    assert (second.status, second.best_epoch) == ("complete", 3)


# Reports that are told again


def test_the_epochs_of_the_state_are_told_again_in_order(make_kept, recorder_that):
    job = make_kept(epochs=5)
    run_job(job, first := recorder_that(at_3="pause"))
    run_job(resumed(job, job_id="trial-9"), again := recorder_that())
    assert [(report.job_id, report.epoch) for report in again] == [("trial-9", epoch) for epoch in (1, 2, 3, 4, 5)]
    assert [report.saved for report in again[:3]] == [False, False, True]
    assert [report.metrics for report in again[:3]] == [report.metrics for report in first]


@pytest.mark.parametrize(("answer", "status"), [("stop", "stopped"), ("pause", "paused")])
def test_an_answer_to_an_epoch_told_again_counts_when_all_are_told(make_kept, recorder_that, answer, status):
    job = make_kept(epochs=5)
    run_job(job, recorder_that(at_3="pause"))
    result = run_job(resumed(job), again := recorder_that(at_1=answer))
    assert [report.epoch for report in again] == [1, 2, 3]
    assert (result.status, result.epochs, result.best_epoch) == (status, 3, 3)
    assert len(weights(result)) == 4
    assert Path(job.state_file).exists() is (status == "paused")


# What the state cannot be used for


def test_a_job_that_does_not_go_on_begins_anew(make_kept, recorder_that, recorder, same):
    job = make_kept(epochs=3)
    run_job(job, first := recorder_that(at_2="pause"))
    run_job(job, recorder)
    assert same(recorder[:2]) == same(first)
    assert [report.seconds for report in recorder[:2]] != [report.seconds for report in first]


def test_the_state_of_another_training_is_not_taken(make_kept, recorder_that, recorder, caplog):
    run_job(make_kept(epochs=2), recorder_that(at_1="pause"))
    result = run_job(resumed(make_kept(epochs=2, batch_size=32)), recorder)
    assert (result.status, [report.epoch for report in recorder]) == ("complete", [1, 2])
    assert "of another training" in caplog.text


def test_without_a_state_training_begins_anew(make_kept, recorder, caplog):
    caplog.set_level("INFO", "automl")
    result = run_job(resumed(make_kept(epochs=1)), recorder)
    assert (result.status, result.epochs) == ("complete", 1)
    assert "there is no state" in caplog.text


def test_a_torn_state_is_not_taken(make_kept, recorder_that, recorder, caplog):
    job = make_kept(epochs=2)
    run_job(job, recorder_that(at_1="pause"))
    whole = Path(job.state_file).read_bytes()
    Path(job.state_file).write_bytes(whole[: len(whole) // 2])
    result = run_job(resumed(job), recorder)
    assert (result.status, [report.epoch for report in recorder]) == ("complete", [1, 2])
    assert "cannot be read" in caplog.text


def test_a_failure_leaves_no_state(make_kept, monkeypatch, always_saved):
    seen = []

    def to_the_moon(report):
        seen.append(Path(job.state_file).exists())
        monkeypatch.setattr("automl.training.learner.learning_rate", lambda progress, settings: 1e30)
        return Reply()

    job = make_kept(epochs=4, optimizer="sgd")
    assert run_job(job, to_the_moon).failure.kind == "nan_loss"
    assert seen == [True]
    assert not Path(job.state_file).exists()


# Other epochs, another time


@pytest.mark.parametrize("epochs", [4, 12])
def test_with_another_number_of_epochs_the_rate_goes_on_from_where_it_was(make_kept, recorder_that, epochs):
    job = make_kept(epochs=6)
    run_job(job, first := recorder_that(at_3="pause"))
    training = job.training.model_copy(update={"epochs": epochs})
    result = run_job(resumed(job, training=training), again := recorder_that())
    rates = [report.learning_rate for report in again]
    assert (result.status, result.epochs) == ("complete", epochs)
    assert rates[:3] == [report.learning_rate for report in first]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.01 * 5e-3
    if epochs == 12:
        assert rates[3] > 0.8 * rates[2]


def test_with_no_more_epochs_than_were_trained_there_is_only_the_model_to_write(make_kept, recorder_that):
    job = make_kept(epochs=6)
    run_job(job, recorder_that(at_3="pause"))
    Path(job.model_file).unlink()
    training = job.training.model_copy(update={"epochs": 2})
    result = run_job(resumed(job, training=training), recorder_that())
    assert (result.status, result.epochs, result.best_epoch, len(weights(result))) == ("complete", 3, 3, 4)


def test_with_a_limit_of_time_the_rate_goes_on_and_reaches_zero(make_kept, recorder_that):
    job = make_kept(epochs=100_000, patience=None)
    run_job(job, first := recorder_that(at_3="pause"))
    result = run_job(resumed(job, seconds=4.0), again := recorder_that())
    rates = [report.learning_rate for report in again]
    assert result.status == "complete"
    assert 3 <= result.epochs == result.planned_epochs < 100_000
    assert rates[:3] == [report.learning_rate for report in first]
    assert rates == sorted(rates, reverse=True)
    if result.epochs > 3:  # a busy machine may not have got that far
        assert rates[-1] < 0.05 * 5e-3


def test_without_time_left_the_state_is_what_there_is(make_kept, recorder_that):
    job = make_kept(epochs=100, patience=None)
    run_job(job, recorder_that(at_2="pause"))
    result = run_job(resumed(job, seconds=0.0), recorder_that())
    assert (result.status, result.epochs, result.planned_epochs, result.best_epoch) == ("complete", 2, 2, 2)
    assert result.step_seconds > 0
