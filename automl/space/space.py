"""A search space: read once, checked whole, interpreted as often as needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl.arch import Architecture, Input, Summary
from automl.errors import SpaceError
from automl.jobs import TrainingSettings
from automl.space.assembly import Assembly, Decider, Place
from automl.space.document import Scalar, YamlTree
from automl.space.heads import check_heads
from automl.space.node import Body, emit_body
from automl.space.nodes import Block
from automl.space.reading import read_body
from automl.space.sections import (
    CONSTRAINTS,
    read_blocks,
    read_constraints,
    read_seeds,
    read_signatures,
    read_train,
    read_vars,
    settings,
)
from automl.space.shipped import shipped_path
from automl.space.site import INPUT_NAMES, Site
from automl.space.trials import check_space
from automl.space.values import Searched, Value
from automl.space.yaml_text import MAX_BYTES, read_yaml

_KEYS = ("version", "name", "task", "vars", "blocks", "model", "train", "constraints", "seeds")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One point of a space, and what it means.

    Attributes:
        params: Every decision that was asked for, in order.
        architecture: The network.
        training: How to train it.
    """

    params: dict[str, Scalar]
    architecture: Architecture
    training: TrainingSettings


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that an architecture does not meet.

    Attributes:
        name: Of the constraint.
        value: What the architecture has.
        limit: What it may have at the most.
    """

    name: str
    value: int
    limit: int

    def __str__(self) -> str:
        return f"{self.name} {self.value:,} > {self.limit:,}"


@dataclass(frozen=True, slots=True)
class Space:
    """A checked search space; equal ones mean the same. See ``docs/search-spaces.md`` for the language.

    Attributes:
        name: What it is called.
        task: The task it is for; None for any.
        vars: Variables in order.
        blocks: Macros by name.
        model: The network from the input to the head.
        train: Training settings by path.
        constraints: Largest values of ``params``, ``flops``, ``activations``, ``depth``.
        seeds: Points worth trying first, as partial parameters.
        source: The text it was read from.
        file: Where that came from, for messages.
    """

    name: str
    task: str | None
    vars: Mapping[str, Value]
    blocks: Mapping[str, Block]
    model: Body
    train: Mapping[str, Value]
    constraints: Mapping[str, int]
    seeds: tuple[Mapping[str, Scalar], ...]
    source: str = field(default="", compare=False, repr=False)
    file: str = field(default="<text>", compare=False)

    @classmethod
    def load(cls, source: str | Path) -> Space:
        """A shipped space by name, or one from a file.

        >>> Space.load("cnn").task
        'image-classify'

        Args:
            source: A name such as ``cnn``, or a path, which has a suffix or a folder in it.

        Raises:
            SpaceError: There is no such space or file, or anything is wrong with it.
        """
        is_name = isinstance(source, str) and Path(source).name == source and not Path(source).suffix
        path = shipped_path(str(source)) if is_name else Path(source)
        return cls.parse(_read_text(path), filename=path.name if is_name else str(source))

    @classmethod
    def parse(cls, text: str, filename: str = "<text>") -> Space:
        """A space from YAML text.

        Args:
            text: The YAML.
            filename: What to call it in messages; its stem is the default of ``name``.

        Raises:
            SpaceError: Anything is wrong with it; file, line, column and path say where.
        """
        try:
            return _parse(text, filename)
        except SpaceError as error:
            raise error.at(file=filename) from None

    def interpret(
        self, decider: Decider, *, inputs: Mapping[str, Input], heads: Mapping[str, Mapping[str, Any]]
    ) -> Candidate:
        """The network and the training settings that a decider's answers mean.

        The same answers give an equal candidate.

        Args:
            decider: Answers every open question it is asked; which are asked depends on earlier answers.
            inputs: The network's one input, by name.
            heads: Arguments that complete the one head, by the output's name, such as
                ``{"label": {"units": 10, "activation": "softmax"}}``.

        Raises:
            ShapeError: The layers do not fit the input or each other.
            SpaceError: An answer is outside its domain, or a formula has no usable value.
        """
        if len(inputs) != 1 or len(heads) != 1:
            raise SpaceError(
                f"a space has one input and one output, got {len(inputs)} and {len(heads)}", file=self.file
            )
        try:
            return self._interpret(Assembly(decider, inputs, heads, self.blocks))
        except SpaceError as error:
            raise error.at(file=self.file) from None

    def _interpret(self, assembly: Assembly) -> Candidate:
        assembly.globals.update(_input_names(assembly.inputs))
        for name, value in self.vars.items():
            assembly.globals[name] = value.answer(assembly, name, assembly.globals)
        start = Place("", "", None, assembly.globals)
        emit_body(self.model, tuple(assembly.inputs), start, assembly)
        training = {key: value.answer(assembly, f"train/{key}", assembly.globals) for key, value in self.train.items()}
        try:
            settled = settings(training)
        except SpaceError as error:
            raise error.at(path="train") from None
        architecture = Architecture.assemble(assembly.inputs, assembly.nodes, assembly.outputs)
        return Candidate(assembly.params, architecture, settled)

    def violations(self, summary: Summary) -> tuple[Violation, ...]:
        """The constraints that an architecture does not meet."""
        values = (summary.parameters, summary.flops, summary.activations, summary.depth)
        return tuple(
            Violation(name, value, self.constraints[name])
            for name, value in zip(CONSTRAINTS, values, strict=True)
            if name in self.constraints and value > self.constraints[name]
        )


def _parse(text: str, filename: str) -> Space:
    tree = read_yaml(text)
    top = Site("", frozenset(), {})
    entries = top.mapping(tree, "a space", _KEYS, needs=("model",))
    _check_version(entries.get("version"), top)
    variables = read_vars(entries.get("vars"))
    site = Site("", frozenset((*INPUT_NAMES, *variables)), {})
    site = Site("", site.names, read_signatures(entries.get("blocks"), site))
    searched = [name for name, value in variables.items() if isinstance(value, Searched)]
    model = read_body(entries["model"], site, mark=tree.mark, reserved=searched)
    for each in model:
        if each.name == "train":
            raise top.error("no node of the model may be named 'train'; use another name", each.mark)
    blocks = read_blocks(entries.get("blocks"), site)
    check_heads(model, blocks, entries["model"].mark)
    seeds, marks = read_seeds(entries.get("seeds"), top)
    space = Space(
        name=_word(entries.get("name"), "'name'", top) or Path(filename).stem,
        task=_word(entries.get("task"), "'task'", top),
        vars=variables,
        blocks=blocks,
        model=model,
        train=read_train(entries.get("train"), site),
        constraints=read_constraints(entries.get("constraints"), top),
        seeds=tuple(seeds),
        source=text,
        file=filename,
    )
    check_space(space, marks)
    return space


def _check_version(tree: YamlTree | None, site: Site) -> None:
    if tree is not None and site.scalar(tree, "'version'") != 1:
        raise site.error(f"version {site.scalar(tree, 'version')!r} is not understood; this package reads 1", tree.mark)


def _word(tree: YamlTree | None, what: str, site: Site) -> str | None:
    return None if tree is None else site.word(tree, what)


def _input_names(inputs: Mapping[str, Input]) -> dict[str, Scalar]:
    """What formulas can know of the data: the sizes of a picture or of a sequence, where they are fixed."""
    (given,) = inputs.values()
    axes = {3: ("input_height", "input_width", "input_channels"), 2: ("input_length", "input_channels")}
    names = axes.get(len(given.shape), ())
    return {name: size for name, size in zip(names, given.shape, strict=False) if size is not None}


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpaceError(f"the file has {path.stat().st_size:,} bytes; a space has at most {MAX_BYTES:,}")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SpaceError(f"cannot read it: {error.strerror or error}", file=str(path)) from None
    except UnicodeDecodeError as error:
        raise SpaceError(f"it is no UTF-8 text (byte {error.start})", file=str(path)) from None
    except SpaceError as error:
        raise error.at(file=str(path)) from None
