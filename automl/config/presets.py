"""Presets: how much time a search takes where nobody says, and what it does with it, under one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from automl.errors import ConfigError, did_you_mean

# Time for everything where neither a number of trials, nor a time, nor a preset is given.
DEFAULT_BUDGET = "10m"


class PresetName(StrEnum):
    """The presets there are."""

    quick = "quick"
    medium = "medium"
    best = "best"


@dataclass(frozen=True, slots=True)
class Preset:
    """What a preset sets; whatever is said anywhere else goes before it.

    Attributes:
        budget: Time for everything, where neither a time nor a number of trials is given.
        options: Further settings, by the name of the option without its dashes.
    """

    budget: str
    options: Mapping[str, Any] = field(default_factory=dict)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "quick": Preset("60s", {"ensemble": 1}),
        "medium": Preset("10m"),
        "best": Preset("1h", {"ensemble": 5}),
    }
)


def get_preset(name: str) -> Preset:
    """The preset of that name.

    >>> get_preset("quick").budget
    '60s'

    Raises:
        ConfigError: There is none.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise ConfigError(f"there is no preset {name!r}; {did_you_mean(name, PRESETS)}") from None
