"""The columns in which trials are listed: what each is called, and how a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEFAULT = ("number", "state", "value", "epochs", "time", "parameters", "network")
NESTED = ("params", "metrics", "seconds", "training", "violations")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list of trials.

    Attributes:
        title: Above it.
        shown: A trial's cell.
        right: Whether cells end at the same place, as numbers do.
    """

    title: str
    shown: Callable[[Mapping[str, Any]], str]
    right: bool = False


def column(name: str, objective: str) -> Column:
    """The column of a name: a field of a trial, or a dotted one such as ``params.width``.

    Args:
        name: As the command line says it.
        objective: Title of the column ``value``.
    """
    from automl.progress.words import size, spread

    known = {
        "number": Column("#", lambda trial: str(trial["number"]), right=True),
        "value": Column(
            objective, lambda trial: spread(trial["value"], trial.get("metrics") or {}, objective), right=True
        ),
        "epochs": Column("epochs", lambda trial: str(trial["epochs"] or "-"), right=True),
        "time": Column("time", _time, right=True),
        "parameters": Column("params", lambda trial: size(trial["parameters"]), right=True),
        "flops": Column("FLOPs", lambda trial: size(trial["flops"]), right=True),
    }
    return known.get(name) or Column(name, lambda trial: _shown(cell(trial, name)))


def unknown(names: Sequence[str], trials: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What to say of names that are no column of any of these trials; nothing is known of none."""
    from automl.errors import did_you_mean

    fields = list(trials[0]) if trials else []
    inside = [f"{name}.{key}" for name in NESTED for key in {key for trial in trials for key in trial.get(name) or {}}]
    known = [name for name in fields if name not in NESTED] + inside
    for name in names if trials else ():
        if name not in known:
            yield f"no trial has a column {name!r}; {did_you_mean(name, known)}"


def cell(trial: Mapping[str, Any], name: str) -> Any:
    """A trial's value in a column; None where it has none."""
    first, _, rest = name.partition(".")
    return (trial.get(first) or {}).get(rest) if rest else trial.get(first)


def _time(trial: Mapping[str, Any]) -> str:
    from automl.progress.words import duration

    return "-" if trial["time"] is None else duration(trial["time"])


def _shown(value: Any) -> str:
    from automl.progress.words import score

    if value is None or value == "":
        return "-"
    return score(value) if isinstance(value, float) else str(value)
