"""scikit-learn's own checks, and its tools around our estimators."""

from __future__ import annotations

import copy
import pickle
from collections import Counter
from typing import Any

import numpy as np
import pytest
from sklearn import config_context
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator

from automl import Space, TabularClassifier, TabularRegressor

SPACE = Space.parse(
    "version: 1\nname: small\ninputs: {table: tabular}\n"
    "model: [{columns: 4}, {dense: {units: {choice: [16, 32]}, activation: relu}}, head]\n"
    "train: {lr: 0.02, batch_size: 32}\n"
)
WHY = (
    "rows are dealt into batches at random, so that a row of weight 2 and two rows of weight 1 are not the same to the "
    "last bit: the reason that scikit-learn gives for its own models of stochastic gradient descent"
)
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": WHY,
    "check_sample_weight_equivalence_on_sparse_data": WHY,
}
MAY_BE_SKIPPED = ("array_api", "sparse")
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
    "check_all_zero_sample_weights_error",
    "check_fit1d",
    "check_supervised_y_no_nan",
)


def small(kind: Any, folder: Any, **changes: Any) -> Any:
    """One trial of two epochs, in this process."""
    arguments = {"time_budget": None, "max_trials": 1, "max_epochs": 2, "space": SPACE, "random_state": 1}
    return kind(directory=folder, verbose=0, workers=0, **(arguments | changes))


@pytest.mark.filterwarnings("ignore")  # the checks hand over what scikit-learn itself warns of
@pytest.mark.parametrize("kind", [TabularClassifier, TabularRegressor])
def test_the_cheap_checks_pass(tmp_path, kind) -> None:
    done = []
    for estimator, check in estimator_checks_generator(small(kind, tmp_path)):
        name = check.func.__name__
        if name in CHEAP:
            check(estimator)
            done.append(name)
    assert len(set(done)) >= 12


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [TabularClassifier, TabularRegressor])
def test_all_checks_pass(tmp_path, kind) -> None:
    found = check_estimator(
        small(kind, tmp_path), expected_failed_checks=EXPECTED, on_skip=None, on_fail=None, callback=None
    )
    failed = {each["check_name"]: str(each["exception"])[:300] for each in found if each["status"] == "failed"}
    assert not failed
    counts = Counter(each["status"] for each in found)
    assert counts["passed"] >= 55
    skipped = [each["check_name"] for each in found if each["status"] == "skipped"]
    assert all(any(word in name for word in MAY_BE_SKIPPED) for name in skipped), skipped
    assert {each["check_name"] for each in found if each["status"] == "xfail"} <= EXPECTED.keys()


@pytest.mark.slow
def test_the_tools_around_estimators(tmp_path) -> None:
    x, y = make_classification(120, 4, n_informative=3, n_redundant=0, random_state=0)
    assert cross_val_score(small(TabularClassifier, tmp_path, max_epochs=15), x, y, cv=2).mean() > 0.6

    pipeline = make_pipeline(StandardScaler(), small(TabularClassifier, tmp_path))
    grid = GridSearchCV(pipeline, {"tabularclassifier__max_epochs": [1, 3]}, cv=2, refit=True).fit(x, y)
    assert grid.best_params_["tabularclassifier__max_epochs"] in (1, 3)
    best = grid.best_estimator_
    for other in (pickle.loads(pickle.dumps(best)), copy.deepcopy(best)):
        np.testing.assert_array_equal(other.predict_proba(x), best.predict_proba(x))


def test_weights_are_routed(tmp_path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = (x[:, 0] > 0).astype(int)
    with config_context(enable_metadata_routing=True):
        classifier = small(TabularClassifier, tmp_path).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False), classifier.set_score_request(sample_weight=True)
        )
        pipeline.fit(x, y, sample_weight=np.r_[np.zeros(20), np.ones(40)])
        everywhere = pipeline.score(x, y, sample_weight=np.eye(60)[0])
    assert everywhere in (0.0, 1.0)
    folder = pipeline[-1].run_dir_
    from automl.data import PreparedData

    assert sum(each.rows for each in PreparedData.load(folder / "prepared").datasets) == 40
