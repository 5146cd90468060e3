"""Losses, scores and class weights that a person chose, output by output: ``price=huber,kind=focal``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from automl.config import Port, SearchConfig, parse_list
from automl.data import PreparedData
from automl.data.several.views import output_view
from automl.errors import ConfigError, did_you_mean
from automl.imports import is_reference
from automl.jobs import Objective
from automl.metrics import DIRECTIONS, own_direction, told
from automl.tasks.answers import Answers
from automl.tasks.gather import plain

_OBJECTIVE = re.compile(r"val_(?P<output>.+?)_(?P<metric>" + "|".join(sorted(DIRECTIONS)) + "|loss)")


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


def objective_of(name: str, metrics: Sequence[str]) -> Objective:
    """The objective ``val_<output>_<metric>``, of a person's own score too.

    >>> objective_of("val_price_rmse", ()).direction
    'minimize'

    Args:
        name: Of the objective.
        metrics: What was asked to be told, ``output=name``.

    Raises:
        ConfigError: It is no such name, or does not say which way is better.
    """
    own = {f"val_{output}_{told(each)}": each for output, _, each in (item.partition("=") for item in metrics)}
    if is_reference(own.get(name, "")):
        return Objective(metric=name, direction=own_direction(own[name]))
    found = _OBJECTIVE.fullmatch(name)
    if found is None:
        raise ConfigError(
            f"unknown objective {name!r} for multi; it is val_loss or val_OUTPUT_METRIC, such as val_price_rmse"
        )
    return Objective(metric=name, direction=DIRECTIONS.get(found["metric"], "minimize"))


def check_chosen(config: SearchConfig, outputs: Sequence[Port], answers: Mapping[str, Answers]) -> None:
    """Refuse what was asked for no output, class weights where there are no classes, and an unknown objective.

    Args:
        config: What was asked for.
        outputs: Those there are.
        answers: What is known of the answers of each.

    Raises:
        ConfigError: There is something.
    """
    chosen = chosen_by_output(config, [port.name for port in outputs])
    for port in outputs:
        if port.name in chosen.class_weights and port.kind != "classification":
            raise ConfigError(f"class weights are for classes, and the output {port.name!r} is {port.kind}")
    known = ["val_loss"]
    for name, each in answers.items():
        scores = ("loss", *each.metrics, *each.more, *map(told, chosen.metrics.get(name, ())))
        known += [f"val_{name}_{score}" for score in scores]
    if config.objective is not None and config.objective not in known:
        raise ConfigError(f"unknown objective {config.objective!r}; {did_you_mean(config.objective, known)}")


def goals_of(
    prepared: PreparedData, config: SearchConfig, outputs: Sequence[Port], answers: Mapping[str, Answers]
) -> dict[str, Any]:
    """What every output is learned by and what is fitted on its answers, by the names of ``PreparedData``'s attributes.

    Raises:
        ConfigError: A loss, a score or a class weight does not fit, or no output's loss counts.
    """
    found: dict[str, dict[str, Any]] = {
        "losses": {}, "metrics": {}, "scales": {}, "class_weights": {}, "loss_weights": {}
    }  # fmt: skip
    weighted = any(each.weighted for each in prepared.datasets)
    chosen = chosen_by_output(config, [port.name for port in outputs])
    for port in outputs:
        each, own = answers[port.name], _asked_of(port, chosen, config)
        view = output_view(prepared, port.name, each.output)
        for what in (
            each.goals(own, prepared.targets[port.name], weighted=weighted),
            each.fitted(view, view.rows("train"), own),
        ):
            for attribute, values in what.items():
                for value in values.values():
                    found[attribute][port.name] = value
        found["loss_weights"][port.name] = 1.0 if port.weight is None else port.weight
    if not any(found["loss_weights"].values()):
        raise ConfigError("every output's loss weight is 0: there is nothing to learn")
    return found


def _asked_of(port: Port, chosen: Chosen, config: SearchConfig) -> SearchConfig:
    """What was asked of one output, as one alone would be asked."""
    prefix, objective = f"val_{port.name}_", config.objective or ""
    return replace(
        plain(config),
        loss=chosen.losses.get(port.name, port.loss),
        metrics=chosen.metrics.get(port.name, ()),
        class_weight=chosen.class_weights.get(port.name),
        objective=f"val_{objective.removeprefix(prefix)}" if objective.startswith(prefix) else None,
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
