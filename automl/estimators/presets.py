"""What a preset sets for an estimator, and where each of its values comes from."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from automl.config import SearchConfig, parse_duration
from automl.config.presets import get_preset

if TYPE_CHECKING:
    from automl.estimators.base import SearchEstimator

# Arguments that the command line calls otherwise, and those that it does not have.
_OPTIONS = {"max_trials": "trials", "random_state": "seed", "metrics": "metric"}
_NO_OPTIONS = ("verbose", "directory")


def with_preset(config: SearchConfig, estimator: SearchEstimator) -> SearchConfig:
    """The configuration with what its preset sets where an argument was left at its default, and with all origins.

    Raises:
        ConfigError: There is no such preset.
    """
    said = _said(estimator)
    origins = {_OPTIONS.get(name, name.replace("_", "-")): "argument" for name in said if name not in _NO_OPTIONS}
    name = estimator.preset
    if name is None:
        return replace(config, origins=origins)
    preset = get_preset(name)
    changes: dict[str, Any] = {}
    if "time_budget" not in said:
        changes["time_budget"] = parse_duration(preset.budget)
        origins["time-budget"] = f"preset {name}"
    for option, value in preset.options.items():
        if option.replace("-", "_") not in said:
            changes[option.replace("-", "_")] = value
            origins[option] = f"preset {name}"
    return replace(config, preset=name, origins=origins, **changes)


def _said(estimator: SearchEstimator) -> set[str]:
    """Arguments that are not what they are by default."""
    defaults = inspect.signature(type(estimator)).parameters
    values = estimator.get_params(deep=False)
    return {name for name, value in values.items() if not _same(value, defaults[name].default)}


def _same(value: object, default: object) -> bool:
    plain = (str, int, float, bool, tuple)
    return value is default or (isinstance(value, plain) and isinstance(default, plain) and value == default)
