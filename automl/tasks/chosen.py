"""Losses, scores and class weights that a person chose, output by output: ``price=huber,kind=focal``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from automl.config import SearchConfig, parse_list
from automl.errors import ConfigError, did_you_mean


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for, by output.

    Attributes:
        losses: Names of losses, or ``module:function``.
        metrics: Names of further scores, or ``module:function``.
        class_weights: ``balanced``, or a mapping of classes to numbers.
    """

    losses: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    class_weights: Mapping[str, Any] = field(default_factory=dict)


def chosen_by_output(config: SearchConfig, outputs: Sequence[str]) -> Chosen:
    """What was asked for, by output; of one output its name may be left out.

    Args:
        config: Its loss and metrics are texts ``output=name``, its class weights a mapping by output.
        outputs: Names of those there are.

    Raises:
        ConfigError: It does not say which output it is for, or there is no such output.
    """
    losses = by_output(parse_list(config.loss or ""), outputs, "--loss")
    twice = next((name for name, said in losses.items() if len(said) > 1), None)
    if twice is not None:
        raise ConfigError(f"two losses for the output {twice!r}: {', '.join(losses[twice])}; say one")
    return Chosen(
        losses={name: said[0] for name, said in losses.items()},
        metrics=by_output(config.metrics, outputs, "--metric"),
        class_weights=_class_weights(config.class_weight, outputs),
    )


def by_output(said: Iterable[str], outputs: Sequence[str], option: str) -> dict[str, tuple[str, ...]]:
    """What was said of each output.

    >>> by_output(["price=mape", "kind=top_5", "price=mae"], ["price", "kind"], "--metric")
    {'price': ('mape', 'mae'), 'kind': ('top_5',)}

    Raises:
        ConfigError: Of an output that there is not, or of none of several.
    """
    found: dict[str, tuple[str, ...]] = {}
    for item in said:
        output, equals, name = item.partition("=")
        if not equals and len(outputs) == 1:
            output, name = outputs[0], item
        elif not equals:
            raise ConfigError(f"{option} {item}: whose? there are several outputs: write {outputs[0]}={item}")
        _check(output, outputs, option)
        found[output] = (*found.get(output, ()), name)
    return found


def _class_weights(said: Any, outputs: Sequence[str]) -> dict[str, Any]:
    if said is None:
        return {}
    if len(outputs) == 1 and not (isinstance(said, Mapping) and set(said) <= set(outputs)):
        return {outputs[0]: said}
    if not isinstance(said, Mapping):
        raise ConfigError(f"--class-weight {said}: whose? there are several outputs: write {outputs[0]}={said}")
    for name in said:
        _check(str(name), outputs, "--class-weight")
    return {str(name): weights for name, weights in said.items()}


def _check(output: str, outputs: Sequence[str], option: str) -> None:
    if output not in outputs:
        raise ConfigError(f"{option} is for {output!r}, which is no output; {did_you_mean(output, outputs)}")
