from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest

import automl.training.learner
from automl import tasks
from automl.jobs import Objective, Reply
from automl.training import run_job
from automl.training.scoring import Scorer


def scores(model_file, rows):
    """Loss and accuracy of a saved model, computed by plain Keras and NumPy."""
    model = keras.saving.load_model(model_file, safe_mode=True)
    predicted = model.predict(np.asarray(rows.x), verbose=0)
    of_truth = np.maximum(predicted[np.arange(len(rows.y)), rows.y].astype("float64"), keras.config.epsilon())
    return {"val_loss": -np.log(of_truth).mean(), "val_accuracy": (predicted.argmax(1) == rows.y).mean()}


def test_a_small_network_learns_digits(make_job, recorder):
    result = run_job(make_job(epochs=5, warmup_epochs=1), recorder)
    assert (result.status, result.epochs, result.planned_epochs, result.failure) == ("complete", 5, 5, None)
    assert result.metrics["val_accuracy"] > 0.9
    assert [report.epoch for report in recorder] == [1, 2, 3, 4, 5]
    told = {"loss", *tasks.get("image-classify").metrics}
    assert set(recorder[0].metrics) == {"loss", "accuracy", *(f"val_{name}" for name in told)}
    assert result.parameters == 64 * 48 + 48 + 48 * 10 + 10
    assert result.steps_per_epoch == math.ceil(1438 / 64)
    assert set(result.seconds) == {"build", "trace", "data", "train", "validate", "save", "rebuild"}
    assert min(seconds for phase, seconds in result.seconds.items() if phase != "rebuild") > 0
    assert result.seconds["rebuild"] == 0
    assert result.step_seconds > 0


def test_training_twice_is_equal_to_the_last_bit(make_job, rich, augmented, same):
    def run(name):
        reports = []
        settings = {"augment": augmented, "label_smoothing": 0.1, "warmup_epochs": 1, "clip_norm": 1.0}
        job = make_job(rich, name=name, epochs=2, optimizer="adamw", weight_decay=0.01, **settings)
        result = run_job(job, lambda report: reports.append(report) or Reply())
        return same(reports), result, keras.saving.load_model(result.model_file).get_weights()

    (reports, result, weights), (again, result_again, weights_again) = run("a"), run("b")
    assert reports == again
    assert result.metrics == result_again.metrics
    assert all(np.array_equal(one, other) for one, other in zip(weights, weights_again, strict=True))


def test_another_seed_gives_another_network(make_job, recorder):
    first = run_job(make_job(seed=1, epochs=1), recorder)
    second = run_job(make_job(seed=2, epochs=1, name="trial-1"), recorder)
    assert first.metrics != second.metrics


def test_the_file_holds_the_best_epoch(make_job, digits, recorder, monkeypatch):
    # Good at first, much too high for the second half.
    monkeypatch.setattr("automl.training.learner.learning_rate", lambda progress, _: 5e-3 if progress < 0.5 else 1.0)
    loss = Objective(metric="val_loss", direction="minimize")
    result = run_job(make_job(epochs=6, objective=loss, patience=None), recorder)
    best = min(recorder, key=lambda report: report.metrics["val_loss"])
    assert result.best_epoch == best.epoch <= 3
    assert result.epochs == 6
    assert [report.epoch for report in recorder if report.best][-1] == best.epoch
    assert result.metrics == best.metrics
    found = scores(result.model_file, digits.rows("validation"))
    assert found["val_loss"] == pytest.approx(best.metrics["val_loss"], rel=1e-4)
    assert found["val_accuracy"] == pytest.approx(best.metrics["val_accuracy"])


def test_the_file_is_a_plain_model_without_optimizer(make_job, recorder):
    result = run_job(make_job(epochs=1), recorder)
    model = keras.saving.load_model(result.model_file, safe_mode=True)
    assert not model.compiled
    assert sorted(path.name for path in Path(result.model_file).parent.iterdir()) == [
        "model.answers.npz",
        "model.keras",
    ]


def test_without_improvement_training_stops_after_patience(make_job, recorder):
    result = run_job(make_job(epochs=30, lr=1e-12, schedule="constant", patience=2), recorder)
    assert (result.status, result.epochs, result.best_epoch) == ("complete", 3, 1)


def test_the_answer_stop_ends_training_after_the_epoch(make_job):
    reports = []

    def stop_at_two(report):
        reports.append(report)
        return Reply(action="stop" if report.epoch == 2 else "continue")

    result = run_job(make_job(epochs=9), stop_at_two)
    assert (result.status, result.epochs, len(reports)) == ("stopped", 2, 2)


def test_the_answer_stop_to_the_last_epoch_takes_nothing_from_the_training(make_job):
    result = run_job(make_job(epochs=2), lambda report: Reply(action="stop" if report.epoch == 2 else "continue"))
    assert (result.status, result.epochs) == ("complete", 2)
    assert Path(result.model_file).exists()


def test_all_rows_train_without_validation_and_the_last_epoch_is_kept(make_job, recorder):
    result = run_job(make_job(rows="all", epochs=3, patience=1), recorder)
    assert (result.status, result.epochs, result.best_epoch) == ("complete", 3, 3)
    assert set(result.metrics) == {"loss", "accuracy"}
    assert result.metrics == recorder[-1].metrics
    assert result.steps_per_epoch == math.ceil(1797 / 64)
    assert result.seconds["validate"] == 0
    assert Path(result.model_file).exists()


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd", "rmsprop"])
def test_every_optimizer_learns(make_job, recorder, optimizer):
    lr = 0.05 if optimizer == "sgd" else 5e-3
    job = make_job(epochs=3, optimizer=optimizer, lr=lr, weight_decay=1e-3, clip_norm=5.0)
    assert run_job(job, recorder).metrics["val_accuracy"] > 0.8


def test_the_learning_rate_falls_to_almost_nothing(make_job, recorder):
    run_job(make_job(epochs=3), recorder)
    rates = [report.learning_rate for report in recorder]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.01 * 5e-3


def test_fewer_rows_than_a_batch_is_one_step(make_job, recorder):
    result = run_job(make_job(epochs=2, batch_size=5000), recorder)
    assert (result.status, result.steps_per_epoch) == ("complete", 1)


def test_a_loss_that_is_not_finite_is_a_failure_that_keeps_earlier_weights(make_job, monkeypatch):
    def after_the_first_epoch_to_the_moon(report):
        monkeypatch.setattr(automl.training.learner, "learning_rate", lambda progress, settings: 1e30)
        return Reply()

    result = run_job(make_job(epochs=4, optimizer="sgd"), after_the_first_epoch_to_the_moon)
    assert (result.status, result.failure.kind, result.epochs, result.best_epoch) == ("failed", "nan_loss", 1, 1)
    assert "epoch 2" in result.failure.message
    assert "learning rate" in result.failure.advice
    weights = keras.saving.load_model(result.model_file).get_weights()
    assert all(np.isfinite(weight).all() for weight in weights)


def test_a_last_step_to_infinity_is_a_failure_also_when_nothing_validates(make_job, recorder, monkeypatch):
    monkeypatch.setattr(automl.training.learner, "learning_rate", lambda p, _: 1e-3 if p < 0.99 else math.inf)
    result = run_job(make_job(epochs=3, rows="all", optimizer="sgd"), recorder)
    assert (result.status, result.failure.kind, result.model_file, result.epochs) == ("failed", "nan_loss", None, 3)
    assert all(math.isfinite(report.metrics["loss"]) for report in recorder)


def test_of_epochs_that_score_alike_the_one_with_the_lowest_loss_is_kept(make_job, recorder, monkeypatch):
    found = iter([(0.5, 0.9), (0.75, 0.8), (0.75, 0.6), (0.75, 0.7), (0.5, 0.1)])

    def scores(_scorer, _model):
        accuracy, loss = next(found)
        return {"loss": loss, "accuracy": accuracy}

    monkeypatch.setattr("automl.training.scoring.Scorer.score", scores)
    result = run_job(make_job(epochs=5, patience=None), recorder)
    assert result.best_epoch == 3
    assert [report.best for report in recorder] == [True, True, True, False, False]


def test_validation_that_is_never_finite_is_a_failure(make_job, recorder, network, own_layers):
    job = make_job(network(("flatten", {}), ("nan_in_validation", {})), epochs=2, layers=own_layers)
    result = run_job(job, recorder)
    assert (result.status, result.failure.kind, result.model_file, result.epochs) == ("failed", "nan_loss", None, 2)
    assert "no epoch of 2 had a finite validation loss" in result.failure.message
    assert all(math.isfinite(report.metrics["loss"]) for report in recorder)
    assert all(math.isnan(report.metrics["val_loss"]) for report in recorder)
    assert not any(report.best for report in recorder)


def test_a_validation_that_is_finite_once_is_enough(make_job, recorder, monkeypatch):
    score, calls = Scorer.score, []

    def finite_in_the_second_epoch(scorer, model):
        calls.append(model)
        return score(scorer, model) if len(calls) == 2 else {"loss": math.nan, "accuracy": 1.0}

    monkeypatch.setattr("automl.training.scoring.Scorer.score", finite_in_the_second_epoch)
    result = run_job(make_job(epochs=3), recorder)
    assert (result.status, result.best_epoch, [report.best for report in recorder]) == (
        "complete",
        2,
        [False, True, False],
    )


def test_a_network_that_cannot_be_built_is_a_failure(make_job, recorder, tiny):
    broken = {**tiny, "nodes": [{**tiny["nodes"][0], "op": "no-such-layer"}, *tiny["nodes"][1:]]}
    result = run_job(make_job(broken), recorder)
    assert (result.status, result.failure.kind, result.model_file) == ("failed", "build_error", None)
    assert "no-such-layer" in result.failure.message
    assert "Traceback" in result.failure.traceback


def test_missing_data_is_a_failure(make_job, recorder, tmp_path):
    job = make_job()
    job = job.model_copy(update={"data": job.data.model_copy(update={"directory": str(tmp_path / "gone")})})
    result = run_job(job, recorder)
    assert result.failure.kind == "data_error"
    assert "gone" in result.failure.message


def test_a_folder_that_cannot_be_written_is_a_failure(make_job, recorder, tmp_path):
    (tmp_path / "trial-0").write_text("a file where the folder should be")
    result = run_job(make_job(epochs=1), recorder)
    assert result.failure.kind == "train_error"
    assert "model.keras" in result.failure.message


def test_a_mistake_of_this_package_is_raised(make_job, monkeypatch):
    monkeypatch.setattr("automl.training.learner.learning_rate", lambda progress, settings: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_job(make_job(), lambda report: Reply())


def test_a_report_that_cannot_be_delivered_is_raised(make_job):
    def broken_pipe(report):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_job(make_job(), broken_pipe)


def test_half_precision_trains_and_saves_float32(make_job, recorder, monkeypatch, digits):
    monkeypatch.setattr("automl.training.job.precision", lambda: "mixed_float16")
    result = run_job(make_job(epochs=3, weight_decay=0.01), recorder)
    assert result.status == "complete"
    assert result.metrics["val_accuracy"] > 0.8
    model = keras.saving.load_model(result.model_file)
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
    found = scores(result.model_file, digits.rows("validation"))
    assert found["val_accuracy"] == pytest.approx(result.metrics["val_accuracy"], abs=0.02)
    assert keras.config.dtype_policy().name == "float32"


def test_a_job_leaves_the_random_numbers_of_others_alone(make_job, recorder):
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    run_job(make_job(epochs=1), recorder)
    assert np.array_equal(np.random.get_state()[1], before)
