"""What to call parameters and values in pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from automl.study import RunRecord

_CONTROL = dict.fromkeys([*range(32), 127], "\N{REPLACEMENT CHARACTER}")
LONGEST = 26


def tidy(text: object, width: int = LONGEST) -> str:
    """One short line of a text from the data: no control characters, which no SVG may have.

    >>> tidy("a" + chr(0) + "b"), tidy("x" * 40, 10)
    ('a�b', 'xxxxxxxxx…')
    """
    line = str(text).translate(_CONTROL)
    return line if len(line) <= width else f"{line[: width - 1]}…"


def short_names(paths: Iterable[str], width: int = LONGEST) -> dict[str, str]:
    """The ends of paths, as long as they must be to be told apart.

    >>> short_names(["width", "stage.0/block.1/kind", "stage.1/block.1/kind"])
    {'width': 'width', 'stage.0/block.1/kind': 'stage.0/block.1/kind', 'stage.1/block.1/kind': 'stage.1/block.1/kind'}
    >>> short_names(["stage.0/block.1/kind=sep/kernel", "train/lr"])
    {'stage.0/block.1/kind=sep/kernel': 'kernel', 'train/lr': 'lr'}
    """
    parts = {path: path.split("/") for path in paths}
    names = {}
    for path, steps in parts.items():
        for length in range(1, len(steps) + 1):
            end = steps[-length:]
            if sum(other[-length:] == end for other in parts.values()) == 1:
                break
        name = "/".join(end)
        names[path] = name if len(name) <= width else f"…{name[-width + 1 :]}"
    return names


def value_label(run: RunRecord) -> str:
    """What stands at the axis of values."""
    return f"{run.objective} ({'higher' if run.direction == 'maximize' else 'lower'} is better)"


def is_number(value: Any) -> bool:
    """Whether a parameter's value stands on a line of numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def guess_of(run: RunRecord) -> float | None:
    """What guessing scores in the objective, where the study knows it."""
    known = run.data_summary.get("baseline")
    found: Any = known.get(run.objective) if isinstance(known, Mapping) else None
    return float(found) if is_number(found) else None
