"""What a person asked for, and how what they typed becomes numbers."""

from __future__ import annotations

from automl.config.parsing import (
    parse_budget,
    parse_count,
    parse_duration,
    parse_gpus,
    parse_list,
    parse_size,
    parse_trials,
)
from automl.config.search import Arrays, Columns, Limits, SearchConfig, draw_seed

__all__ = [
    "Arrays",
    "Columns",
    "Limits",
    "SearchConfig",
    "draw_seed",
    "parse_budget",
    "parse_count",
    "parse_duration",
    "parse_gpus",
    "parse_list",
    "parse_size",
    "parse_trials",
]
