"""Several inputs and outputs by name, as people say them: ``photo=image:FILE``, ``price=regression:PRICE``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from automl.config.parsing import parse_list
from automl.errors import ConfigError, did_you_mean

INPUT_KINDS = ("image", "series", "tabular", "text")
OUTPUT_KINDS = ("classification", "multilabel", "regression")

_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_OTHER_WORDS = {"multi-label": "multilabel", "table": "tabular"}


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output.

    Attributes:
        name: Of letters and digits, with single underscores between them.
        kind: One of ``INPUT_KINDS`` or ``OUTPUT_KINDS``.
        columns: Of a table, that hold it; none for the column of the port's name.
        loss: Keras' name of an output's loss; None for that of its kind.
        weight: How much an output's loss counts beside those of others; None for what the space says, or 1.
    """

    name: str
    kind: str
    columns: tuple[str, ...] = ()
    loss: str | None = None
    weight: float | None = None


def parse_port(text: str, kinds: Sequence[str]) -> Port:
    """A port as it is typed: ``NAME=KIND`` or ``NAME=KIND:COLUMN,...``.

    >>> parse_port("facts=tabular:rooms,area", INPUT_KINDS).columns
    ('rooms', 'area')

    Args:
        text: What was typed.
        kinds: Those there are.

    Raises:
        ConfigError: It cannot be read, or the kind is unknown.
    """
    name, equals, rest = text.partition("=")
    kind, _, columns = rest.partition(":")
    if not equals or not kind:
        raise ConfigError(f"cannot read {text!r}; write NAME=KIND or NAME=KIND:COLUMN,... with a KIND of {_all(kinds)}")
    return make_port(name.strip(), kind.strip(), kinds, parse_list(columns))


def make_port(name: str, kind: str, kinds: Sequence[str], columns: tuple[str, ...] = ()) -> Port:
    """A port with a name and a kind that are good.

    >>> make_port("ground", "multi-label", OUTPUT_KINDS).kind
    'multilabel'

    Raises:
        ConfigError: They are not.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name == "input":
        raise ConfigError(f"{name!r} is no name of an input or output; use letters, digits and single '_'")
    kind = _OTHER_WORDS.get(kind, kind)
    if kind not in kinds:
        raise ConfigError(f"{name} is of the unknown kind {kind!r}; {did_you_mean(str(kind), kinds)}")
    return Port(name, kind, columns)


def check_ports(inputs: Sequence[Port], outputs: Sequence[Port]) -> None:
    """Refuse two ports of one name.

    Raises:
        ConfigError: There are some.
    """
    names = [port.name for port in (*inputs, *outputs)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ConfigError(f"two inputs or outputs are called {twice[0]!r}; rename one")


def weighted(outputs: Iterable[Port], weights: Mapping[str, float]) -> tuple[Port, ...]:
    """The outputs with the weights of their losses.

    Raises:
        ConfigError: A weight for no output, or one that is no number of at least 0.
    """
    outputs = tuple(outputs)
    names = [port.name for port in outputs]
    for name, weight in weights.items():
        if name not in names:
            raise ConfigError(f"a loss weight for {name!r}, and the outputs are {', '.join(names) or 'none'}")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
            raise ConfigError(f"the loss weight of {name!r} is {weight!r}; it must be a number of at least 0")
    return tuple(replace(port, weight=float(weights[port.name])) if port.name in weights else port for port in outputs)


def parse_weights(text: str) -> dict[str, float]:
    """Loss weights as they are typed.

    >>> parse_weights("price=0.3,category=1")
    {'price': 0.3, 'category': 1.0}

    Raises:
        ConfigError: It cannot be read.
    """
    found = {}
    for item in parse_list(text):
        name, _, number = item.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise ConfigError(f"cannot read the loss weight {item!r}; write OUTPUT=NUMBER,...") from None
    return found


def parse_class_weights(text: str) -> str | dict[str, float | str]:
    """Class weights as they are typed: ``balanced``, ``CLASS=NUMBER,...``, or ``OUTPUT=balanced,...`` of several.

    >>> parse_class_weights("balanced"), parse_class_weights("spam=5,ham=1"), parse_class_weights("kind=balanced")
    ('balanced', {'spam': 5.0, 'ham': 1.0}, {'kind': 'balanced'})

    Raises:
        ConfigError: It cannot be read.
    """
    if text.strip() == "balanced":
        return "balanced"
    found: dict[str, float | str] = {}
    for item in parse_list(text):
        name, equals, said = item.rpartition("=")
        try:
            found[name.strip()] = "balanced" if said.strip() == "balanced" else float(said)
        except ValueError:
            equals = ""
        if not equals:
            raise ConfigError(f"cannot read the class weight {item!r}; write balanced, or CLASS=NUMBER,...")
    return found


def _all(kinds: Sequence[str]) -> str:
    return ", ".join(kinds)
