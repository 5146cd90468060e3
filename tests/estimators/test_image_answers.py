"""Pictures into numbers and labels, and from files and data sets, fitted for real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl import ConfigError, DataError, ImageClassifier, ImageRegressor, Space
from automl.export import load_model

SPACE = Space.parse("version: 1\nname: tiny\nmodel: [flatten, head]\ntrain: {lr: 0.02, batch_size: 32}\n")
RNG = np.random.default_rng(0)
N = 160
X = RNG.integers(0, 256, (N, 2, 3), dtype=np.uint8)
BRIGHT = X > 127
SETS = [{name for name, on in zip("ab", row, strict=True) if on} for row in BRIGHT[:, 0, :2]]
FLAGS = BRIGHT[:, 0, :2].astype(int)
LEVEL = X.mean(axis=(1, 2)) / 10 + 100


def small(kind, folder, **changes):
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 40, "space": SPACE, "random_state": 1}
    return kind(directory=folder, verbose=0, workers=0, **(arguments | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def of_sets(folder) -> ImageClassifier:
    return small(ImageClassifier, folder).fit(X, SETS)


def test_sets_of_labels_are_learned_and_answered(of_sets) -> None:
    assert of_sets.classes_.tolist() == ["a", "b"]
    answers = of_sets.predict(X)
    assert answers.shape == (N,)
    assert (
        np.mean([answer == truth for answer, truth in zip(answers, SETS, strict=True)]) == of_sets.score(X, SETS) > 0.8
    )
    chances = of_sets.predict_proba(X)
    assert [set(of_sets.classes_[row >= 0.5]) for row in chances] == list(answers)
    assert of_sets.best_score_ > 0.6


def test_a_model_of_labels_says_so_in_every_form(of_sets, tmp_path) -> None:
    model = load_model(of_sets.model_dir_)
    assert (model.output.several, model.output.separator, model.output.classes) == (True, "|", ("a", "b"))
    found = model.evaluate(X, FLAGS)
    assert set(found.metrics) == {"f1_micro", "f1_macro", "subset_accuracy", "hamming_loss", "ranking_precision", "auc"}
    assert [one.label for one in found.per_class] == ["a", "b"]
    assert [one.rows for one in found.per_class] == FLAGS.sum(axis=0).tolist()
    for number in range(2):
        Image.fromarray(X[number]).save(tmp_path / f"{number}.png")
    told = model.predict_data(tmp_path)
    assert told.answers == ("labels",)
    assert told.labels.tolist() == ["|".join(sorted(each)) for each in of_sets.predict(X[:2])]
    paths = of_sets.export(tmp_path / "out", formats="savedmodel")
    assert paths["savedmodel"].is_dir()


def test_rows_of_zeros_and_ones_are_answered_alike(folder) -> None:
    classifier = small(ImageClassifier, folder, max_epochs=5).fit(X, FLAGS)
    answers = classifier.predict(X)
    assert (answers.shape, answers.dtype) == ((N, 2), np.int64)
    np.testing.assert_array_equal(answers, classifier.predict_proba(X) >= 0.5)
    assert classifier.score(X, FLAGS) == (answers == FLAGS).all(axis=1).mean()


def test_one_hot_rows_are_classes(folder) -> None:
    codes = BRIGHT[:, 0, 0] + 2 * BRIGHT[:, 0, 1]
    classifier = small(ImageClassifier, folder, max_epochs=2).fit(X, np.eye(4)[codes])
    assert classifier.classes_.tolist() == [0, 1, 2, 3]
    with pytest.raises(DataError, match="not one 1 in each"):
        small(ImageClassifier, folder, multi_label=False).fit(X, FLAGS)


def test_numbers_are_learned_in_their_own_units(folder) -> None:
    two = np.stack([LEVEL, -LEVEL], axis=1)
    regressor = small(ImageRegressor, folder).fit(X, two)
    answers = regressor.predict(X)
    assert answers.shape == (N, 2)
    assert regressor.score(X, two) > 0.9
    again = ImageRegressor.load(regressor.run_dir_)
    np.testing.assert_array_equal(again.predict(X), answers)
    with pytest.raises(ConfigError, match="'image-regress', and ImageClassifier is for"):
        ImageClassifier.load(regressor.run_dir_)


def test_a_data_set_gives_pictures_and_answers(folder) -> None:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((X, BRIGHT[:, 0, 0].astype(int)))
    of_stream = small(ImageClassifier, folder, max_epochs=5).fit(rows.batch(50))
    of_arrays = small(ImageClassifier, folder, max_epochs=5).fit(X, BRIGHT[:, 0, 0].astype(int))
    np.testing.assert_array_equal(of_stream.predict_proba(X), of_arrays.predict_proba(X))
    np.testing.assert_allclose(of_stream.predict_proba(rows.batch(7)), of_arrays.predict_proba(X), atol=1e-6)
    assert of_stream.score(rows.batch(7)) == of_arrays.score(X, BRIGHT[:, 0, 0].astype(int))
    with pytest.raises(DataError, match="a data set gives"):
        small(ImageClassifier, folder).fit(rows.batch(50), sample_weight=np.ones(N))


def test_weights_count_and_a_weight_of_0_is_no_row(folder) -> None:
    y = BRIGHT[:, 0, 0]
    twice = np.concatenate([X, X])
    weights = np.r_[np.ones(N), np.zeros(N)]
    classifier = small(ImageClassifier, folder).fit(twice, np.r_[y, ~y], sample_weight=weights)
    assert classifier.score(X, y) > 0.9
    assert classifier.score(twice, np.r_[y, ~y], sample_weight=weights) == classifier.score(X, y)


def test_files_are_fitted_by_their_paths(folder, tmp_path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(40)]
    for path, pixels in zip(paths, X, strict=False):
        Image.fromarray(pixels).save(path)
    classifier = small(ImageClassifier, folder, max_epochs=2).fit(paths, BRIGHT[:40, 0, 0])
    np.testing.assert_array_equal(classifier.predict(paths), classifier.predict(X[:40]))
