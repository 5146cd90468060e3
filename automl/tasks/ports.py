"""The inputs and outputs of a search: as a space says, as a person says, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from automl.config import INPUT_KINDS, OUTPUT_KINDS, Port, SearchConfig, check_ports
from automl.errors import ConfigError
from automl.space import Space
from automl.tasks.towers import space_text


@dataclass(frozen=True, slots=True)
class Ports:
    """What goes in and what comes out.

    Attributes:
        inputs: In the order in which they were named.
        outputs: Likewise.
        share: Groups of inputs that go through one and the same tower.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    share: tuple[tuple[str, ...], ...] = ()

    def first_of_group(self, name: str) -> str:
        """The input that another one shares its tower, and so its shape, with; itself where it shares none."""
        return next((group[0] for group in self.share if name in group), name)


def ports_of(config: SearchConfig) -> Ports:
    """The inputs and outputs that a search is about.

    Raises:
        ConfigError: None are named, or the space and the person do not agree.
        SpaceError: There is no such space, or it is not valid.
    """
    columns = config.columns
    check_ports(columns.inputs, columns.outputs)
    if config.space is None:
        if not columns.inputs or not columns.outputs:
            raise ConfigError(
                "which inputs and outputs? name them (--input photo=image:FILE --input facts=tabular:ROOMS,AREA "
                "--output price=regression:PRICE), or give a space that does (--space)"
            )
        _check_share(columns.inputs, columns.share)
        return Ports(columns.inputs, columns.outputs, columns.share)
    space = load_space(config)
    if not space.inputs or not space.outputs:
        raise ConfigError(f"the space {space.name!r} does not name its inputs and outputs, as the task multi needs")
    inputs = {name: port.kind for name, port in space.inputs.items()}
    outputs = {name: port.kind for name, port in space.outputs.items()}
    said_by_space = [
        Port(name, _known(name, kind, OUTPUT_KINDS), loss=space.outputs[name].loss) for name, kind in outputs.items()
    ]
    merged = _merged(said_by_space, columns.outputs, "output")
    weighed = tuple(
        port if port.weight is not None else replace(port, weight=space.outputs[port.name].loss_weight)
        for port in merged
    )
    ready = [Port(name, _known(name, kind, INPUT_KINDS)) for name, kind in inputs.items()]
    _check_share(ready, columns.share)
    return Ports(_merged(ready, columns.inputs, "input"), weighed, columns.share)


def load_space(config: SearchConfig) -> Space:
    """The space that was given."""
    return config.space if isinstance(config.space, Space) else Space.load(config.space)


def with_space(config: SearchConfig) -> SearchConfig:
    """The configuration with a space: the one that was given, or one that is written for the inputs and outputs."""
    if config.space is not None:
        ports_of(config)
        return config
    ports = ports_of(config)
    text = space_text(ports.inputs, ports.outputs, ports.share)
    return replace(config, space=Space.parse(text, filename="multi.yaml"))


def _merged(of_space: Sequence[Port], said: Sequence[Port], what: str) -> tuple[Port, ...]:
    """What the space says, with the columns and weights that the person says."""
    by_name: Mapping[str, Port] = {port.name: port for port in said}
    known = {port.name: port for port in of_space}
    for name, port in by_name.items():
        if name not in known:
            raise ConfigError(f"the space has no {what} {name!r}; its {what}s are {', '.join(known)}")
        if port.kind != known[name].kind:
            raise ConfigError(f"the {what} {name!r} is {known[name].kind} in the space, and {port.kind} was said")
    return tuple(
        replace(port, columns=by_name[name].columns, weight=by_name[name].weight) if name in by_name else port
        for name, port in known.items()
    )


def _known(name: str, kind: str | None, kinds: Sequence[str]) -> str:
    if kind is None or kind not in kinds:
        raise ConfigError(
            f"{name!r} is {kind or 'a shape or units'!r} in the space, and the task multi reads {', '.join(kinds)}"
        )
    return kind


def _check_share(inputs: Sequence[Port], share: Sequence[Sequence[str]]) -> None:
    kinds = {port.name: port.kind for port in inputs}
    seen: set[str] = set()
    for group in share:
        for name in group:
            if name not in kinds:
                raise ConfigError(f"{name!r} is to share a tower and is no input; those are {', '.join(kinds)}")
            if name in seen:
                raise ConfigError(f"the input {name!r} is to share a tower twice; name it once")
            seen.add(name)
        different = sorted({kinds[name] for name in group})
        if len(different) > 1 or len(group) < 2:
            raise ConfigError(
                f"{', '.join(group)} cannot share a tower: two inputs of one kind can, and these are "
                f"{' and '.join(different)}"
            )
