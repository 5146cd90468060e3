"""A search space: read once, checked whole, interpreted as often as needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.arch import Architecture, Input, Summary
from automl.errors import SpaceError
from automl.jobs import TrainingSettings
from automl.space.assembly import Assembly, Decider
from automl.space.constraints import Constraint, Violation, violations
from automl.space.document import Scalar, YamlMap
from automl.space.heads import main_output
from automl.space.loading import fill, read_text
from automl.space.node import Body
from automl.space.nodes import Block
from automl.space.openness import Notes
from automl.space.outline import unfold
from automl.space.ports import TENSOR, InputPort, OutputPort, check_ports, sizes
from automl.space.sections import settings
from automl.space.shipped import shipped_path
from automl.space.values import Value
from automl.space.yaml_text import read_yaml
from automl.space.yaml_writer import named, write_yaml

if TYPE_CHECKING:
    import numpy as np

    from automl.space.counting import SpaceSize


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


@dataclass(frozen=True, slots=True, init=False)
class Space:
    """A checked search space; equal ones mean the same. See ``docs/search-spaces.md`` for the language.

    Made from YAML by ``load`` and ``parse``, or from Python, with the functions of ``automl.space.builders``:

    >>> from automl.space.builders import choice, conv, gap, head
    >>> width = choice("width", [16, 32])
    >>> print(Space("small", model=[conv(width), conv(width * 2, stride=2), gap, head]).to_yaml(), end="")
    version: 1
    name: small
    vars:
      width: {choice: [16, 32]}
    model: [{conv: =width}, {conv: {filters: =width * 2, stride: 2}}, gap, head]

    Attributes:
        name: What it is called.
        task: The task it is for; None for any.
        inputs: What comes in, by name; empty for one input of any name.
        outputs: What comes out, by name; empty for one output of any name.
        vars: Variables in order.
        blocks: Macros by name.
        model: The network from the input to the head.
        train: Training settings by path.
        constraints: What its networks may cost.
        seeds: Points worth trying first, as partial parameters.
        document: The tree that it was read from; ``to_yaml`` writes it.
        source: The text of that.
        file: Where that came from, for messages.
        notes: What was found out about its nodes, so that it is found out once.
    """

    name: str
    task: str | None
    inputs: Mapping[str, InputPort]
    outputs: Mapping[str, OutputPort]
    vars: Mapping[str, Value]
    blocks: Mapping[str, Block]
    model: Body
    train: Mapping[str, Value]
    constraints: tuple[Constraint, ...]
    seeds: tuple[Mapping[str, Scalar], ...]
    document: YamlMap = field(compare=False, repr=False)
    source: str = field(compare=False, repr=False)
    file: str = field(compare=False)
    notes: Notes = field(compare=False, repr=False)

    def __init__(self, name: str, **sections: Any) -> None:
        """A space from Python.

        Args:
            name: What it is called.
            **sections: ``model`` and, as in a file, ``task``, ``vars``, ``blocks``, ``train``, ``constraints``,
                ``seeds``, of plain Python values and what the functions of ``automl.space.builders`` return.
                Variables and blocks that are used need not be listed.

        Raises:
            SpaceError: Anything is wrong with it; the script's file and line and the path say where.
        """
        from automl.space.builders.document import document

        tree, file = document(name, sections)
        try:
            fill(self, tree, source=write_yaml(tree), file=file)
        except SpaceError as error:
            raise error.at(file=file) from None

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
        return cls.parse(read_text(path), filename=path.name if is_name else str(source))

    @classmethod
    def parse(cls, text: str, filename: str = "<text>") -> Space:
        """A space from YAML text.

        Args:
            text: The YAML.
            filename: What to call it in messages; its stem is the default of ``name``.

        Raises:
            SpaceError: Anything is wrong with it; file, line, column and path say where.
        """
        space = object.__new__(cls)
        try:
            fill(space, read_yaml(text), source=text, file=filename)
        except SpaceError as error:
            raise error.at(file=filename) from None
        return space

    def to_yaml(self) -> str:
        r"""The space as YAML text that ``parse`` reads; comments are not kept.

        >>> Space.parse("{name: flat, model: [flatten, {dense: {pow2: [8, 64]}}, head]}").to_yaml()
        'version: 1\nname: flat\nmodel: [flatten, {dense: {pow2: [8, 64]}}, head]\n'
        """
        return write_yaml(named(self.document, self.name))

    def interpret(
        self, decider: Decider, *, inputs: Mapping[str, Input], heads: Mapping[str, Mapping[str, Any]]
    ) -> Candidate:
        """The network and the training settings that a decider's answers mean.

        The same answers give an equal candidate.

        Args:
            decider: Answers every open question it is asked; which are asked depends on earlier answers.
            inputs: The network's inputs by name; one, of any name, where the space names none.
            heads: Arguments that complete the heads, by the output's name, such as
                ``{"label": {"units": 10, "activation": "softmax"}}``; one, of any name, where the space names none.

        Raises:
            ShapeError: The layers do not fit the input or each other.
            SpaceError: An answer is outside its domain, a formula has no usable value, or names of inputs or outputs
                are not those of the space.
        """
        try:
            check_ports(self.inputs, self.outputs, inputs, heads)
            tensors = {name for name, port in self.outputs.items() if port.kind == TENSOR}
            heads = {name: args for name, args in heads.items() if name not in tensors}
            main = main_output(self.model, self.outputs)
            return self._interpret(Assembly(decider, inputs, heads, self.blocks, main=main, tensors=tensors))
        except SpaceError as error:
            raise error.at(file=self.file) from None

    def _interpret(self, assembly: Assembly) -> Candidate:
        assembly.globals.update(sizes(assembly.inputs))
        training = unfold(self, assembly)
        try:
            settled = settings(training)
        except SpaceError as error:
            raise error.at(path="train") from None
        architecture = Architecture.assemble(assembly.inputs, assembly.nodes, assembly.outputs)
        return Candidate(assembly.params, architecture, settled)

    def size(self, inputs: Mapping[str, Input] | None = None) -> SpaceSize:
        """How many points the space has, exactly; those that do not fit together or are too large are counted too.

        >>> str(Space.parse("model: [{conv: {pow2: [8, 64]}}, {optional: {dropout: {float: [0, 0.5]}}}, head]").size())
        '8 points, and 1 continuous value'

        Args:
            inputs: Data; needed only where what is asked depends on its size.

        Raises:
            SpaceError: What is asked depends on a continuous value, or on the data and there is none.
        """
        from automl.space.counting import size

        return size(self, inputs)

    def sample(
        self,
        rng: np.random.Generator,
        *,
        inputs: Mapping[str, Input],
        heads: Mapping[str, Mapping[str, Any]],
        tries: int = 1000,
    ) -> Candidate:
        """A random candidate whose layers fit and that meets the constraints.

        Args:
            rng: Where chance comes from.
            inputs: As for ``interpret``.
            heads: As for ``interpret``.
            tries: How many points are drawn at the most.

        Raises:
            SpaceError: None of them was allowed; the message names the constraint that failed most.
        """
        from automl.space.points import sample

        return sample(self, rng, inputs=inputs, heads=heads, tries=tries)

    def mutate(
        self,
        params: Mapping[str, Scalar],
        rng: np.random.Generator,
        *,
        inputs: Mapping[str, Input] | None = None,
        heads: Mapping[str, Mapping[str, Any]] | None = None,
        tries: int = 1000,
    ) -> dict[str, Scalar]:
        """Another point: one decision that counts is made anew, and with it all that depends on it.

        >>> import numpy as np
        >>> space = Space.parse("model: [{conv: {choice: [4, 8]}}, head]")
        >>> space.mutate({"conv/filters": 8}, np.random.default_rng(1))
        {'conv/filters': 4}

        Args:
            params: A point; what it lacks has its default, what it does not need is left out.
            rng: Where chance comes from.
            inputs: Data; needed only where what is asked depends on its size.
            heads: With both, the point's layers fit, too, and it meets the constraints.
            tries: How many are looked at for that.

        Raises:
            SpaceError: Nothing is open, an answer is outside its domain, or no try was allowed; then the message names
                the constraint that failed most.
        """
        from automl.space.points import mutate

        return mutate(self, params, rng, inputs=inputs, heads=heads, tries=tries)

    def crossover(
        self,
        a: Mapping[str, Scalar],
        b: Mapping[str, Scalar],
        rng: np.random.Generator,
        *,
        inputs: Mapping[str, Input] | None = None,
        heads: Mapping[str, Mapping[str, Any]] | None = None,
        tries: int = 1000,
    ) -> dict[str, Scalar]:
        """A point with every decision from one of two (uniform crossover, Syswerda, 1989).

        Decisions that are open in the mixture but known to neither are drawn. Arguments and errors are those of
        ``mutate``.
        """
        from automl.space.points import crossover

        return crossover(self, a, b, rng, inputs=inputs, heads=heads, tries=tries)

    def violations(self, summary: Summary) -> tuple[Violation, ...]:
        """The constraints that an architecture does not meet."""
        return violations(self.constraints, summary)
