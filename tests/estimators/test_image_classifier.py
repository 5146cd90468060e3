"""ImageClassifier, fitted for real on a few scanned digits."""

from __future__ import annotations

import copy
import pickle
import shutil
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score

from automl import ConfigError, DataError, ImageClassifier, Space, StudyError, resume_search
from automl.events import Events

DIGITS = load_digits(n_class=3)
PICTURES = np.round(DIGITS.images * 255 / 16).astype("uint8")
WORDS = np.array(["zero", "one", "two"])[DIGITS.target]
TINY = Space.parse(
    "version: 1\nname: tiny\ntask: image-classify\n"
    "model: [{conv: {filters: {choice: [16, 24, 32]}}}, bn, relu, {maxpool: {size: 2}}, flatten, head]\n"
    "train: {lr: 0.01}\n"
)
X, Y, X_TEST, Y_TEST = PICTURES[:150], WORDS[:150], PICTURES[150:250], WORDS[150:250]


def small(folder, **changes) -> ImageClassifier:
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 1, "space": TINY, "random_state": 1, "verbose": 0}
    return ImageClassifier(directory=folder, **(arguments | changes))


@pytest.fixture(scope="module")
def parent(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def fitted(parent) -> ImageClassifier:
    """Fitted in a worker process."""
    return small(parent, max_trials=2, max_epochs=8).fit(X, Y)


def test_it_learns_and_answers_in_the_labels_it_was_given(fitted):
    assert fitted.classes_.tolist() == ["one", "two", "zero"]
    answers = fitted.predict(X_TEST)
    assert answers.shape == (100,)
    assert answers.dtype.kind == "U"
    assert fitted.score(X_TEST, Y_TEST) == np.mean(answers == Y_TEST) > 0.7


def test_columns_of_probabilities_follow_classes(fitted):
    chances = fitted.predict_proba(X_TEST)
    assert chances.shape == (100, 3)
    assert chances.dtype == np.float32
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert (fitted.classes_[chances.argmax(axis=1)] == fitted.predict(X_TEST)).all()


def test_pictures_of_another_size_are_refused(fitted):
    with pytest.raises(DataError, match="8"):
        fitted.predict(np.zeros((2, 9, 9), "uint8"))


def test_the_leaderboard_has_every_trial_the_best_first(fitted):
    board = fitted.leaderboard()
    assert list(board.columns[:5]) == ["number", "state", "value", "epochs", "seconds"]
    assert board["value"].iloc[0] == board["value"].max() == fitted.best_score_
    assert fitted.n_trials_ == (board["epochs"] > 0).sum() == 2


def test_the_study_is_optunas_and_the_keras_model_takes_raw_pixels(fitted):
    assert fitted.study_.best_value == pytest.approx(fitted.best_score_)
    raw = X_TEST[:5, ..., None].astype("float32")
    np.testing.assert_allclose(fitted.keras_model_.predict(raw, verbose=0), fitted.predict_proba(X_TEST[:5]), atol=1e-5)


def test_a_run_and_its_model_load_to_the_same_answers(fitted):
    for path in (fitted.run_dir_, str(fitted.model_dir_)):
        again = ImageClassifier.load(path)
        assert (again.predict_proba(X_TEST) == fitted.predict_proba(X_TEST)).all()
        assert again.n_trials_ == 2


def test_a_fit_goes_on_with_its_arrays_from_the_cache(fitted, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(fitted.run_dir_, run)
    same = ImageClassifier.resume(run, verbose=0)  # the fit was over: it is only loaded
    assert (same.predict_proba(X_TEST) == fitted.predict_proba(X_TEST)).all()
    result = resume_search(run, trials="+1", workers=0, verbose=0)
    assert (result.trials, result.classes) == (3, ("one", "two", "zero"))
    more = ImageClassifier.resume(str(run), trials=3, verbose=0)
    assert more.n_trials_ == 3
    assert more.best_score_ == result.value >= fitted.best_score_
    assert (more.run_dir_, more.classes_.tolist()) == (run, ["one", "two", "zero"])


class Interrupting(Events):
    """Presses Ctrl-C when the second trial starts."""

    def __init__(self, *, quiet):
        assert not quiet

    def trial_started(self, number, description):
        if number == 1:
            signal.raise_signal(signal.SIGINT)


def test_an_interrupted_fit_is_the_best_network_so_far_and_says_how_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr("automl.progress.make_progress", Interrupting)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", UserWarning)
        estimator = small(tmp_path, max_trials=3, workers=0, verbose=1).fit(X[:60], Y[:60])
    go_on = f"ImageClassifier.resume({str(estimator.run_dir_)!r})"
    assert [str(one.message) for one in said] == [f"interrupted: this is the best network so far; {go_on} searches on"]
    assert estimator.predict(X_TEST[:5]).shape == (5,)
    assert ImageClassifier.resume(estimator.run_dir_, max_params=100_000).n_trials_ == 3


def test_a_fit_whose_arrays_are_gone_and_a_run_of_another_task_are_refused(fitted, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(fitted.run_dir_, run)
    shutil.rmtree(run / "prepared")
    with pytest.raises(DataError, match=r"arrays \(150, 8, 8\) uint8 from a Python program"):
        ImageClassifier.resume(run, trials="+1", workers=0, verbose=0)

    class Other(ImageClassifier):
        _task = "other-task"

    with pytest.raises(ConfigError, match=r"a run of 'image-classify', and Other is for 'other-task'"):
        Other.resume(run)


def test_an_exported_model_loads_without_its_run(fitted, tmp_path):
    paths = fitted.export(tmp_path, formats="keras,savedmodel")
    assert set(paths) == {"keras", "savedmodel"}
    again = ImageClassifier.load(paths["keras"])
    assert (again.predict(X_TEST) == fitted.predict(X_TEST)).all()
    assert again.run_dir_ is None
    with pytest.raises(StudyError, match="without its run"):
        again.leaderboard()


def test_a_model_of_another_task_is_refused(fitted):
    class Other(ImageClassifier):
        _task = "other-task"

    with pytest.raises(ConfigError, match=r"'image-classify'.*Other is for 'other-task'"):
        Other.load(fitted.run_dir_)


def test_copies_and_pickles_answer_alike_and_hold_no_network(fitted):
    fitted.predict(X_TEST[:1])
    pickled = pickle.dumps(fitted)
    assert len(pickled) < 10_000
    for again in (pickle.loads(pickled), copy.deepcopy(fitted)):
        assert (again.predict(X_TEST) == fitted.predict(X_TEST)).all()


def test_a_clone_is_not_fitted(fitted):
    with pytest.raises(NotFittedError):
        clone(fitted).predict(X_TEST)


def test_a_second_fit_keeps_nothing_of_the_first(parent, tmp_path, capfd):
    estimator = small(parent, workers=0).fit(X.astype("float64"), DIGITS.target[:150])
    first, board = estimator.run_dir_, estimator.leaderboard()
    estimator.predict(X_TEST)
    colour = np.repeat(X[:60, :, :, None], 3, axis=3)
    estimator.fit(colour, Y[:60] == "one", validation_data=(colour[:20], Y[:20] == "one"))
    assert estimator.run_dir_ != first
    assert estimator.classes_.tolist() == [False, True]
    assert estimator.predict(colour[:2]).dtype == bool
    assert len(estimator.leaderboard()) == len(board) == 1
    with pytest.raises(DataError):
        estimator.fit(X, Y[:3])
    with pytest.raises(NotFittedError):
        estimator.predict(X_TEST)
    assert capfd.readouterr() == ("", "")  # verbose=0 prints nothing at all, neither does TensorFlow


def test_the_same_random_state_gives_the_same_network(parent):
    one, two = (small(parent, workers=0).fit(X[:60], Y[:60]).predict_proba(X_TEST[:20]) for _ in range(2))
    np.testing.assert_array_equal(one, two)


SCRIPT = """
import numpy as np
from automl import ImageClassifier
rng = np.random.default_rng(0)
y = np.arange(40) % 2
x = (rng.random((40, 8, 8)) * 50 + 200 * y[:, None, None]).clip(0, 255).astype("uint8")
classifier = ImageClassifier(time_budget="60s", max_trials=1, space="tiny.yaml").fit(x, y)
print(len(classifier.predict(x)), classifier.n_trials_)
"""


def test_a_script_needs_no_main_guard_and_shows_progress_on_stderr(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "tiny.yaml").write_text(TINY.source)
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "40 1\n"
    assert "trial 0: val_accuracy" in done.stderr
    assert "tensorflow" not in done.stderr.lower()
    assert [folder.name.startswith("image-classify-") for folder in (tmp_path / "automl-runs").iterdir()] == [True]


def test_scikit_learns_tools_take_it(parent):
    estimator = small(parent, workers=0, max_epochs=10)
    scores = cross_val_score(estimator, X[:120], Y[:120], cv=2, error_score="raise")
    assert scores.shape == (2,)
    assert scores.mean() > 0.4  # a guess is right in a third
