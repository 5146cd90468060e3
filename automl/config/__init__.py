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
from automl.config.several import (
    INPUT_KINDS,
    OUTPUT_KINDS,
    Port,
    check_ports,
    make_port,
    parse_class_weights,
    parse_port,
    parse_weights,
    weighted,
)

__all__ = [
    "INPUT_KINDS",
    "OUTPUT_KINDS",
    "Arrays",
    "Columns",
    "Limits",
    "Port",
    "SearchConfig",
    "check_ports",
    "draw_seed",
    "make_port",
    "parse_budget",
    "parse_class_weights",
    "parse_count",
    "parse_duration",
    "parse_gpus",
    "parse_list",
    "parse_port",
    "parse_size",
    "parse_trials",
    "parse_weights",
    "weighted",
]
