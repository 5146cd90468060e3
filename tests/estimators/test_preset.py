"""What a preset sets where arguments are left at their defaults, and that a run knows where its values come from."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from automl import ImageClassifier, TabularRegressor
from automl.errors import ConfigError


@pytest.fixture
def configured(monkeypatch):
    """The configuration with which an estimator would search."""
    found = []

    def run_search(config, events):
        found.append(config)
        raise KeyboardInterrupt  # far enough

    monkeypatch.setattr("automl.run.run_search", run_search)

    def configured(estimator):
        with pytest.raises(KeyboardInterrupt):
            estimator.fit(np.zeros((4, 8, 8), "uint8"), [0, 1, 0, 1])
        return found.pop()

    return configured


def test_a_preset_sets_what_is_left_at_its_default(configured):
    config = configured(ImageClassifier(preset="quick", verbose=0))
    assert (config.preset, config.time_budget, config.ensemble) == ("quick", 60.0, 1)
    assert config.origins == {"preset": "argument", "time-budget": "preset quick", "ensemble": "preset quick"}


def test_an_argument_goes_before_the_preset(configured):
    config = configured(ImageClassifier(preset="best", time_budget="5m", max_trials=3, random_state=0, verbose=0))
    assert (config.time_budget, config.max_trials, config.ensemble) == (300.0, 3, 5)
    assert config.origins["time-budget"] == config.origins["trials"] == config.origins["seed"] == "argument"


def test_without_a_preset_nothing_changes(configured):
    config = configured(ImageClassifier(verbose=0))
    assert (config.preset, config.time_budget, config.ensemble) == (None, 600.0, None)
    assert config.origins == {}


def test_a_preset_is_an_argument_like_others():
    estimator = clone(TabularRegressor(preset="best"))
    assert estimator.get_params()["preset"] == "best"
    with pytest.raises(ConfigError, match="there is no preset 'bets'; did you mean 'best'"):
        TabularRegressor(preset="bets", verbose=0).fit(np.zeros((4, 2)), [0.0, 1.0, 2.0, 3.0])
