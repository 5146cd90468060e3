"""scikit-learn's own checks of ImageClassifier, whose pictures are then the rows of a table."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator

from automl import ConfigError, ImageClassifier, Space

# Pictures of one row, as wide as the table has columns.
SPACE = Space.parse(
    "version: 1\nname: small\nmodel: [flatten, {dense: {units: 32, activation: relu}}, head]\n"
    "train: {lr: 0.05, batch_size: 16}\n"
)
WHY = (
    "rows are dealt into batches at random, so that a row of weight 2 and two rows of weight 1 are not the same to the "
    "last bit: the reason that scikit-learn gives for its own models of stochastic gradient descent"
)
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": WHY,
    "check_sample_weight_equivalence_on_sparse_data": WHY,
}
MAY_BE_SKIPPED = ("array_api", "sparse", "pipeline_consistency")  # the last of what says it is not deterministic
CHEAP = (
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_estimators_unfitted",
    "check_estimator_tags_renamed",
    "check_valid_tag_types",
    "check_estimator_repr",
    "check_requires_y_none",
    "check_complex_data",
    "check_estimators_empty_data_messages",
    "check_estimator_sparse_array",
    "check_fit1d",
    "check_supervised_y_no_nan",
)


def small(folder: Any) -> ImageClassifier:
    """One trial, in this process."""
    return ImageClassifier(
        time_budget=None, max_trials=1, max_epochs=3, space=SPACE, random_state=1, workers=0, verbose=0,
        directory=folder, image_shape=(1, -1),
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore")  # the checks hand over what scikit-learn itself warns of
def test_the_cheap_checks_pass(tmp_path) -> None:
    done = []
    for estimator, check in estimator_checks_generator(small(tmp_path)):
        name = check.func.__name__
        if name in CHEAP:
            check(estimator)
            done.append(name)
    assert len(set(done)) >= 12


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore")
def test_all_checks_pass(tmp_path) -> None:
    found = check_estimator(small(tmp_path), expected_failed_checks=EXPECTED, on_skip=None, on_fail=None, callback=None)
    failed = {each["check_name"]: str(each["exception"])[:300] for each in found if each["status"] == "failed"}
    assert not failed
    counts = Counter(each["status"] for each in found)
    assert counts["passed"] >= 55
    skipped = [each["check_name"] for each in found if each["status"] == "skipped"]
    assert all(any(word in name for word in MAY_BE_SKIPPED) for name in skipped), skipped
    assert {each["check_name"] for each in found if each["status"] == "xfail"} <= EXPECTED.keys()


def test_the_shape_decides_what_it_is_told_to_take() -> None:
    tags = ImageClassifier(image_shape=(2, 3)).__sklearn_tags__().input_tags
    assert (tags.two_d_array, tags.three_d_array) == (True, False)
    assert clone(ImageClassifier(image_shape=(2, 3, 1))).image_shape == (2, 3, 1)


@pytest.mark.parametrize("shape", ["8x8", (8,), (1, 2, 3, 4), (0, 8), (-1, -1), (-2, 4), (2.0, 4)])
def test_what_is_no_shape_is_refused(shape: Any, tmp_path) -> None:
    with pytest.raises(ConfigError, match="image_shape is"):
        small(tmp_path).set_params(image_shape=shape).fit(np.zeros((4, 8)), [0, 1, 0, 1])


def test_rows_that_make_no_such_picture_are_refused(tmp_path) -> None:
    with pytest.raises(ValueError, match=r"X has 8 columns, which make no picture of the shape \(3, 3\)"):
        small(tmp_path).set_params(image_shape=(3, 3)).fit(np.zeros((4, 8)), [0, 1, 0, 1])
