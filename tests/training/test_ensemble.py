"""Networks that answer together: the choice by their answers, the one model they become, and its rival."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.jobs import EnsembleJob, MemberRef, Objective, answers_file
from automl.training import run_ensemble, run_job
from automl.training.answers import read_answers, write_answers
from automl.training.ensemble import choose

LEAST = Objective(metric="val_loss", direction="minimize")
TRUTH = np.linspace(0.0, 1.0, 7)


def error(answers):
    return {"val_loss": float(np.mean((answers[""] - TRUTH) ** 2))}


def mean(candidates, counts):
    return {"": sum(count * each[""] for each, count in zip(candidates, counts, strict=True)) / sum(counts)}


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), count=st.integers(1, 5), most=st.integers(1, 4))
def test_what_is_chosen_is_never_worse_than_the_best_alone(seed, count, most) -> None:
    rng = np.random.default_rng(seed)
    candidates = [{"": TRUTH + rng.normal(size=7)} for _ in range(count)]
    counts = choose(candidates, error, LEAST, most)
    assert error(mean(candidates, counts))["val_loss"] <= min(error(each)["val_loss"] for each in candidates) + 1e-12
    assert 1 <= sum(number > 0 for number in counts) <= most


def test_networks_that_err_in_opposite_ways_are_joined() -> None:
    candidates = [{"": TRUTH + 0.5}, {"": TRUTH - 0.5}, {"": TRUTH + 0.7}]
    assert choose(candidates, error, LEAST, 2) == (1, 1, 0)


def test_answers_that_are_no_numbers_are_not_chosen() -> None:
    bad = {"": np.full(7, np.nan)}
    assert choose([bad, {"": TRUTH + 1}], error, LEAST, 2) == (0, 1)
    assert choose([bad, bad], error, LEAST, 2) == (1, 0)


def test_answers_come_back_for_their_epoch_alone(tmp_path) -> None:
    file = tmp_path / "trial-1.keras"
    write_answers(file, 3, {"": np.arange(4.0), "b": np.ones((2, 2))})
    found = read_answers(file, 3)
    assert found.keys() == {"", "b"}
    np.testing.assert_array_equal(found["b"], np.ones((2, 2)))
    assert read_answers(file, 4) is None
    answers_file(file).write_bytes(answers_file(file).read_bytes()[:-40])
    assert read_answers(file, 3) is None


def test_too_many_answers_are_not_written_and_older_ones_go(tmp_path, monkeypatch) -> None:
    file = tmp_path / "trial-1.keras"
    write_answers(file, 1, {"": np.arange(4.0)})
    monkeypatch.setattr("automl.training.answers.MOST_BYTES", 8)
    write_answers(file, 2, {"": np.arange(4.0)})
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def trained(make_job, tiny, rich, recorder):
    """Two jobs that were run, and their results."""
    jobs = [make_job(tiny, name="a", epochs=2), make_job(rich, name="b", epochs=2, seed=8)]
    return [(job, run_job(job, type(recorder)())) for job in jobs]


def ensemble(trained, **others):
    members = [
        MemberRef(architecture=job.architecture, model_file=result.model_file, epoch=result.best_epoch, weight=weight)
        for (job, result), weight in zip(trained, (3, 1), strict=True)
    ]
    job = trained[0][0]
    return EnsembleJob(task=job.task, data=job.data, objective=job.objective, members=tuple(members), **others)


def test_trials_are_chosen_and_joined_into_one_plain_model(trained, digits, tmp_path) -> None:
    chosen = run_ensemble(ensemble(trained, job_id="choose", most=2))
    assert chosen.failure is None
    best = max(result.metrics["val_accuracy"] for _, result in trained)
    assert chosen.metrics["val_accuracy"] >= best
    assert len(chosen.weights) == 2
    file = tmp_path / "joined.keras"
    joined = run_ensemble(ensemble(trained, job_id="join", model_file=str(file)))
    assert joined.failure is None
    assert joined.parameters == sum(result.parameters for _, result in trained)
    pixels = np.asarray(digits.rows("validation").x)
    one, other = (keras.saving.load_model(result.model_file).predict(pixels, verbose=0) for _, result in trained)
    together = keras.saving.load_model(file, safe_mode=True).predict(pixels, verbose=0)
    np.testing.assert_allclose(together, 0.75 * one + 0.25 * other, atol=1e-6)
    np.testing.assert_allclose(together.sum(axis=1), 1.0, atol=1e-5)


def test_without_any_answers_nothing_is_chosen(trained) -> None:
    for _, result in trained:
        answers_file(Path(result.model_file)).unlink()
    assert "no trial's answers" in run_ensemble(ensemble(trained, job_id="choose", most=2)).failure.message


def test_a_member_that_is_gone_is_a_failure(trained, tmp_path) -> None:
    Path(trained[1][1].model_file).unlink()
    result = run_ensemble(ensemble(trained, job_id="join", model_file=str(tmp_path / "joined.keras")))
    assert result.failure.kind == "build_error"
    assert not (tmp_path / "joined.keras").exists()


def test_a_final_training_says_how_it_stands_to_the_network_before(make_job, tiny, recorder) -> None:
    good = run_job(make_job(tiny, name="good", epochs=4), recorder)
    again = make_job(tiny, rows="all", name="final", epochs=4).model_copy(update={"rival": good.model_file})
    assert not run_job(again, type(recorder)()).comparison.worse
    short = again.training.model_copy(update={"epochs": 1, "lr": 1e-6})
    worse = run_job(again.model_copy(update={"training": short}), type(recorder)())
    assert worse.comparison.worse
    assert worse.comparison.before < worse.comparison.loss
    torn = run_job(again.model_copy(update={"rival": __file__}), type(recorder)())
    assert torn.failure.kind == "train_error"
    assert "compare" in torn.failure.message


def test_comparing_leaves_the_network_as_it_was(make_job, tiny, recorder, digits) -> None:
    other = run_job(make_job(tiny, name="good", epochs=1), recorder)
    plain = make_job(tiny, rows="all", name="final", epochs=1)
    pixels = np.asarray(digits.rows("validation").x)
    alone = run_job(plain, type(recorder)())
    answers = keras.saving.load_model(alone.model_file).predict(pixels, verbose=0)
    compared = run_job(plain.model_copy(update={"rival": other.model_file}), type(recorder)())
    np.testing.assert_array_equal(keras.saving.load_model(compared.model_file).predict(pixels, verbose=0), answers)
