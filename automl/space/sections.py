"""The sections of a space around its model: vars, blocks, train, constraints, seeds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from automl import ops
from automl.errors import SpaceError, did_you_mean
from automl.jobs import Augment, TrainingSettings
from automl.space.document import Mark, Scalar, YamlList, YamlMap, YamlScalar, YamlTree, kind_of
from automl.space.node import below, kinds
from automl.space.nodes import Block, Call
from automl.space.reading import read_body, read_value
from automl.space.site import Site
from automl.space.values import Value, corners

MAX_BLOCK_DEPTH = 50


def read_vars(tree: YamlTree | None, known: Collection[str]) -> dict[str, Value]:
    """Variables in order; a formula sees those above it and what is ``known``."""
    site = Site("", frozenset(known), {})
    read: dict[str, Value] = {}
    for name, value in _entries(tree, "'vars'", site).items():
        site.variable(name, "the variable", value.mark)
        if name in known:
            raise site.error(f"the variable {name!r} has the name of an input's size; use another", value.mark)
        read[name] = read_value(value, site.child(name))
        site = site.knowing(name)
    return read


def read_signatures(tree: YamlTree | None, site: Site) -> dict[str, dict[str, bool]]:
    """Names of all blocks and their arguments, True for those without a default, so that any may call any."""
    blocks: dict[str, dict[str, bool]] = {}
    entries = _entries(tree, "'blocks'", site)
    for name, body in entries.items():
        site.segment(name, "the block", body.mark)
        if name in kinds or name in ops.names() or name in ("name", "tie"):
            raise site.error(f"the block {name!r} has the name of an operation or key; use another", body.mark)
        args = body.entries.get("args") if isinstance(body, YamlMap) else None
        here = site.child(name)
        blocks[name] = {arg: _is_nothing(value) for arg, value in _entries(args, "'args'", here).items()}
    return blocks


def read_blocks(tree: YamlTree | None, site: Site) -> dict[str, Block]:
    """All blocks; none may call itself, directly or over others."""
    entries = _entries(tree, "'blocks'", site)
    blocks = {name: _read_block(body, site.child(name)) for name, body in entries.items()}
    calls = {name: list(_calls(block)) for name, block in blocks.items()}
    settled: set[str] = set()
    for name in blocks:
        _check_calls(name, calls, (), settled, site)
    return blocks


def _read_block(body: YamlTree, site: Site) -> Block:
    if isinstance(body, YamlList):
        return Block({}, read_body(body, site))
    entries = site.mapping(body, "a block", ("args", "do"), needs=("do",))
    args: dict[str, Value | None] = {}
    for name, value in _entries(entries.get("args"), "'args'", site).items():
        site.variable(name, "the argument", value.mark)
        if name in site.names:
            raise site.error(f"the argument {name!r} hides a variable of this name; use another", value.mark)
        args[name] = None if _is_nothing(value) else read_value(value, site.child(name))
        site = site.knowing(name)
    return Block(args, read_body(entries["do"], site, reserved=args))


def _calls(block: Block) -> Iterator[Call]:
    return (node for node in below(block.do) if isinstance(node, Call))


def _check_calls(
    name: str, calls: Mapping[str, list[Call]], above: tuple[str, ...], settled: set[str], site: Site
) -> None:
    if name in settled:
        return
    for call in calls[name]:
        chain = (*above, name, call.block)
        here = site.child(name)
        if call.block in chain[:-1]:
            circle = " -> ".join(chain[chain.index(call.block) :])
            raise here.error(f"blocks call each other in a circle: {circle}; use 'repeat'", call.mark)
        if len(chain) > MAX_BLOCK_DEPTH:
            raise here.error(f"blocks call each other more than {MAX_BLOCK_DEPTH} deep", call.mark)
        _check_calls(call.block, calls, (*above, name), settled, site)
    settled.add(name)


def read_train(tree: YamlTree | None, site: Site) -> dict[str, Value]:
    """Training settings by path: ``lr``, ``augment/shift``."""
    here = site.child("train")
    read: dict[str, Value] = {}
    for key, value in _known(tree, TrainingSettings.model_fields, "'train'", here).items():
        if key != "augment":
            read[key] = _read_setting(key, value, here)
            continue
        inside = here.child(key)
        for inner, item in _known(value, Augment.model_fields, "'augment'", inside).items():
            read[f"augment/{inner}"] = _read_setting(f"augment/{inner}", item, here)
    return read


def _read_setting(key: str, tree: YamlTree, site: Site) -> Value:
    here = site.child(key)
    value = read_value(tree, here)
    for corner in corners(value) or ():
        try:
            settings({key: corner})
        except SpaceError as error:
            raise here.locate(error, tree.mark) from None
    return value


def settings(answers: Mapping[str, Any]) -> TrainingSettings:
    """Training settings from answers by path.

    >>> settings({"lr": 0.01, "augment/shift": 2}).augment.shift
    2

    Raises:
        SpaceError: A value is out of range or of the wrong type.
    """
    nested: dict[str, Any] = {}
    for path, value in answers.items():
        outer, _, inner = path.rpartition("/")
        (nested.setdefault(outer, {}) if outer else nested)[inner] = value
    try:
        return TrainingSettings.model_validate(nested, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = "/".join(part for part in map(str, first["loc"]) if part in nested or part in Augment.model_fields)
        said = first["msg"].replace("Input should be", "it must be")
        raise SpaceError(f"{key!r} is {answers[key]!r}; {said}") from None


def read_seeds(tree: YamlTree | None, site: Site) -> tuple[list[dict[str, Scalar]], list[Mapping[str, Mark]]]:
    """Seeds, and where each of their values stands."""
    here = site.child("seeds")
    if tree is None or _is_nothing(tree):
        return [], []
    if not isinstance(tree, YamlList):
        raise here.error(f"'seeds' is a list of mappings, got {kind_of(tree)}", tree.mark)
    seeds: list[dict[str, Scalar]] = []
    marks: list[Mapping[str, Mark]] = []
    for number, item in enumerate(tree.items):
        inside = here.branch(f".{number}")
        if not isinstance(item, YamlMap):
            raise inside.error(f"a seed is a mapping of names to values, got {kind_of(item)}", item.mark)
        seeds.append({key: inside.scalar(value, f"{key!r}") for key, value in item.entries.items()})
        marks.append({key: value.mark for key, value in item.entries.items()})
    return seeds, marks


def _known(tree: YamlTree | None, known: Any, what: str, site: Site) -> Mapping[str, YamlTree]:
    entries = _entries(tree, what, site)
    for key in entries:
        if key not in known:
            assert isinstance(tree, YamlMap)
            raise site.error(f"unknown key {key!r} of {what}; {did_you_mean(key, known)}", tree.marks[key])
    return entries


def _entries(tree: YamlTree | None, what: str, site: Site) -> Mapping[str, YamlTree]:
    if tree is None or _is_nothing(tree):
        return {}
    if not isinstance(tree, YamlMap):
        raise site.error(f"{what} must be a mapping, got {kind_of(tree)}", tree.mark)
    return tree.entries


def _is_nothing(tree: YamlTree) -> bool:
    return isinstance(tree, YamlScalar) and tree.value is None
