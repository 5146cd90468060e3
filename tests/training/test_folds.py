"""Networks of all folds, trained side by side as one job."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import PreparedData, Split, fit_normalization, folds_of_classes
from automl.jobs import DataRef, Objective, best_fold
from automl.training import run_job
from automl.training.batches import Batches
from automl.training.folds import Rounds

K = 3
ROWS = 300


def _fitted(prepared):
    return replace(prepared, preprocessing={"image": [fit_normalization(prepared.rows("train").x)]})


@pytest.fixture(scope="module")
def folded(digits, tmp_path_factory):
    """300 of the digits in three folds; the others are of no side."""
    directory = tmp_path_factory.mktemp("folded") / "prepared"
    (dataset,) = digits.datasets
    rest = np.arange(ROWS, dataset.rows)
    whole = Split(np.arange(ROWS), np.zeros(0, np.int64), rest)
    base = PreparedData(directory, (dataset,), whole, preprocessing={}, traits={"mirror": False})
    splits = folds_of_classes(dataset.y[:ROWS], K, seed=0)
    folds = tuple(_fitted(replace(base, split=replace(split, between=rest))) for split in splits)
    prepared = replace(_fitted(base), folds=folds)
    prepared.save()
    return prepared


@pytest.fixture
def make_folded(folded, make_kept):
    """A job on the folds; arguments as for ``make_job``."""

    def make(*args, directory=folded.directory, rows="train", **others):
        job = make_kept(*args, **others)
        return job.model_copy(update={"data": DataRef(directory=str(directory), rows=rows)})

    return make


@pytest.fixture(scope="module")
def accuracy_of():
    """The accuracy of a model file on the validation rows of a fold."""

    def accuracy(file, fold):
        import keras

        rows = fold.rows("validation")
        model = keras.models.load_model(file)
        return float((model.predict(rows.x[:].astype("float32"), verbose=0).argmax(axis=1) == rows.y).mean())

    return accuracy


def test_an_epoch_tells_the_mean_over_the_folds_and_how_far_they_are_apart(make_folded, folded, recorder, accuracy_of):
    result = run_job(make_folded(epochs=2), recorder)
    assert (result.status, result.epochs) == ("complete", 2)
    for report in recorder:
        own = [report.metrics[f"val_accuracy_fold_{fold}"] for fold in (1, 2, 3)]
        assert report.metrics["val_accuracy"] == pytest.approx(np.mean(own))
        assert report.metrics["val_accuracy_std"] == pytest.approx(np.std(own))
        assert math.isfinite(report.metrics["val_loss_std"])
    objective = Objective(metric="val_accuracy", direction="maximize")
    best = best_fold(result.metrics, objective)
    for number, fold in enumerate(folded.folds, start=1):
        if number == best:
            found = accuracy_of(result.model_file, fold)
            assert found == pytest.approx(result.metrics[f"val_accuracy_fold_{number}"])


def test_a_training_that_was_killed_goes_on_as_if_it_had_not_been(
    make_folded, recorder, recorder_that, same, always_saved
):
    whole = run_job(make_folded(epochs=3), recorder)

    def killed(report):
        if report.epoch == 2:
            raise SystemExit
        return recorder_that()(report)

    with pytest.raises(SystemExit):
        run_job(make_folded(name="again", epochs=3), killed)
    resumed = recorder_that()
    result = run_job(make_folded(name="again", epochs=3, resume=True), resumed)
    assert same(resumed) == same(recorder)
    assert result.metrics == whole.metrics
    assert Path(whole.model_file).stat().st_size == Path(result.model_file).stat().st_size


def test_the_average_of_weights_is_kept_with_the_best_fold(make_folded, folded, recorder, accuracy_of):
    result = run_job(make_folded(epochs=2, ema=1.0, lr=0.05), recorder)
    best = best_fold(result.metrics, Objective(metric="val_accuracy", direction="maximize"))
    assert "averaged" in result.metrics
    found = accuracy_of(result.model_file, folded.folds[best - 1])
    assert found == pytest.approx(result.metrics[f"val_accuracy_fold_{best}"])


def test_all_rows_are_trained_on_by_one_network(make_folded, recorder):
    result = run_job(make_folded(epochs=1, rows="all"), recorder)
    assert result.status == "complete"
    assert set(recorder[0].metrics) == {"accuracy", "loss"}
    assert result.steps_per_epoch == -(-1797 // 64)


def test_a_failure_says_in_which_fold_it_was(make_folded, folded, recorder, tmp_path):
    torn = [folded.folds[0], replace(folded.folds[1], preprocessing={"image": [{"op": "crop", "args": {}}]})]
    replace(folded, directory=tmp_path / "torn", folds=(*torn, folded.folds[2])).save()
    result = run_job(make_folded(directory=tmp_path / "torn"), recorder)
    assert (result.status, result.failure.kind) == ("failed", "build_error")
    assert result.failure.message.startswith("fold 2 of 3: ")
    assert not recorder


def test_a_limit_of_time_is_one_for_all_folds(make_folded, recorder):
    result = run_job(make_folded(epochs=5000, seconds=4.0, patience=None), recorder)
    assert result.status == "complete"
    assert 1 <= result.epochs < 5000
    assert result.model_file is not None
    assert all(f"val_accuracy_fold_{fold}" in result.metrics for fold in (1, 2, 3))


@given(rows=st.lists(st.integers(1, 40), min_size=2, max_size=5), size=st.integers(1, 16))
def test_every_fold_takes_its_own_steps_evenly(rows: list[int], size: int) -> None:
    folds = [Batches(np.arange(count), np.arange(count), batch_size=size, seed=0) for count in rows]
    together = Rounds(folds)
    turns = list(together.epoch(1))
    assert len(turns) == together.steps == max(fold.steps for fold in folds)
    assert len(turns[0]) == len(folds)  # however short an epoch is cut, every network has taken a step
    for place, fold in enumerate(folds):
        own = [batch.x.tolist() for turn in turns for at, batch in turn if at == place]
        assert own == [batch.x.tolist() for batch in fold.epoch(1)]
