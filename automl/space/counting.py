"""How many points a space has, exactly and without going through them.

The space is walked as when it is interpreted, but every node of a sequence is counted by itself and the numbers are
multiplied. A question is gone through answer by answer only where something else depends on it: where a node decides
what comes next (``choice``, ``times``), or where a formula that does so reads it. All others only multiply. What the
number of a node depends on, by the formulas in it, is noted, so that it is counted once for all places that agree in
that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from automl.arch import Input
from automl.errors import ShapeError, SpaceError
from automl.space.assembly import Flow, Place
from automl.space.document import Scalar
from automl.space.formula import Formula
from automl.space.node import Body, Node, emit_body
from automl.space.nodes import Call, Cell, Each, Head, Operation, Residual
from automl.space.openness import is_open
from automl.space.ports import sizes
from automl.space.tally import ONE, ZERO, Tally, part, plus, replaced, times, values_of
from automl.space.ways import INSIDE, Asked, Fork, Later, Outcome, Way

if TYPE_CHECKING:
    from automl.space.space import Space

_MOST_WAYS = 100_000


@dataclass(frozen=True, slots=True)
class SpaceSize:
    """How large a space is.

    Attributes:
        discrete: Points, where each continuous question counts as one answer.
        continuous: Continuous questions that a point answers at the most.
    """

    discrete: int
    continuous: int

    def __str__(self) -> str:
        if not self.continuous:
            return f"{self.discrete:,} points"
        return f"{self.discrete:,} points, and {self.continuous} continuous value{'s' * (self.continuous > 1)}"


def size(space: Space, inputs: Mapping[str, Input] | None = None) -> SpaceSize:
    """See ``Space.size``."""
    try:
        ((discrete, continuous),) = Counter(space, inputs).total().values()
    except ShapeError as error:
        raise SpaceError(f"the size depends on the data: {error.message}; give 'inputs'", path=error.path) from None
    return SpaceSize(discrete, continuous)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A node that is being counted, and what its number was found to depend on."""

    names: Mapping[str, Any]
    reads: dict[str, Scalar] = field(default_factory=dict)


class _Shared(NamedTuple):
    """A part of the space that is decided once for several places."""

    path: str
    node: Node
    x: Flow
    at: Place
    same: bool
    tally: Tally

    @property
    def key(self) -> tuple[str, str]:
        """Equal for the same decisions."""
        return self.path, self.node.name


class Counter:
    """Counts nodes, each once for all places that agree in what its number depends on.

    Args:
        space: Where they are.
        inputs: Data whose sizes formulas see.
    """

    def __init__(self, space: Space, inputs: Mapping[str, Input] | None) -> None:
        self.space, self.inputs = space, inputs
        self.globals: dict[str, Any] = {}
        self._frames: list[_Frame] = []
        self._known: dict[tuple[int, bool], list[tuple[str | None, Mapping[str, Scalar], Outcome]]] = {}
        self._shared: list[_Shared] = []
        self._numbers: dict[tuple[str, str, frozenset[tuple[str, Scalar]]], int] = {}
        self._reads: Mapping[str, Scalar] = {}
        self._ways = 0

    def total(self) -> Tally:
        """Of the whole space."""
        return self._explore(self._whole, "").changed

    def _whole(self, way: Way) -> bool:
        self.globals = way.globals = dict(sizes(self.inputs)) if self.inputs else {}
        for name, value in self.space.vars.items():
            self.globals[name] = way.later(value, name, self.globals)
        start: Flow = tuple(way.inputs) if len(way.inputs) == 1 else ()
        emit_body(self.space.model, start, Place("", "", None, self.globals), way)
        for key, value in self.space.train.items():
            way.later(value, f"train/{key}", self.globals)
        return False

    def outcome(self, node: Node, x: Flow, at: Place, *, exact: bool) -> Outcome:
        """Of one node at a place. Unless ``exact``, none of its points is said to leave its input as it is."""
        if not exact and not is_open(node, self.space):
            return Outcome(ZERO, ONE)
        for scope, reads, outcome in self._known.get((id(node), exact), ()):
            if scope in (None, at.scope[0]) and all(self._agrees(name, value, at) for name, value in reads.items()):
                self._reads = reads
                return outcome
        frame = _Frame(at.names)
        self._frames.append(frame)
        try:
            base = at.child(node.name).decisions
            outcome = self._explore(_through(node, x, at, exact), base, exact=exact or isinstance(node, Residual))
        finally:
            self._frames.pop()
        scope = at.scope[0] if any(shared for each in outcome for shared in each) else None
        self._known.setdefault((id(node), exact), []).append((scope, frame.reads, outcome))
        self._reads = frame.reads
        return outcome

    def body(self, body: Body, at: Place) -> Tally:
        """Of a sequence."""
        total = ONE
        for node in body:
            total = times(total, plus(*self.outcome(node, (INSIDE,), at, exact=False)))
        return total

    def shared(self, node: Node, x: Flow, at: Place) -> Outcome | None:
        """Of a node that is decided once for several places, as parts; None where nothing is asked in it."""
        if not is_open(node, self.space):
            return None
        outcome = self.outcome(node, x, at, exact=True)
        key = (at.decisions, node.name, frozenset(self._reads.items()))
        number = self._numbers.setdefault(key, len(self._shared))
        if number == len(self._shared):
            self._shared += [
                _Shared(at.decisions, node, x, at, same, tally)
                for same, tally in zip((True, False), outcome, strict=True)
            ]
        return Outcome(*(part(number + index) if tally else ZERO for index, tally in enumerate(outcome)))

    def compute(self, formula: Formula, names: Mapping[str, Any]) -> Scalar:
        """The value of a formula, and the note that it was needed."""
        return formula.evaluate({name: self._read(name, names) for name in sorted(formula.names) if name in names})

    def _read(self, name: str, names: Mapping[str, Any]) -> Scalar:
        value: Scalar = self._settled(names[name])
        for frame in self._frames:
            if name in frame.names and frame.names[name] is names[name]:
                frame.reads[name] = value
        return value

    def _settled(self, value: Any) -> Any:
        match value:
            case Later(formula=formula, names=names):
                return self.compute(formula, names)
            case Asked(way=way, name=name, domain=domain):
                return way.decide(name, domain, None)
            case _:
                return value

    def _agrees(self, name: str, value: Scalar, at: Place) -> bool:
        return name in at.names and self._read(name, at.names) == value

    def _explore(self, go: Callable[[Way], bool], base: str, *, exact: bool = False) -> Outcome:
        """Every way: one that forks is gone again for each answer. Parts below ``base`` become numbers."""
        same, changed = ZERO, ZERO
        waiting: list[dict[str, Scalar]] = [{}]
        while waiting:
            self._ways += 1
            if self._ways > _MOST_WAYS:
                raise SpaceError(f"cannot count the points: they differ in more than {_MOST_WAYS:,} ways")
            given = waiting.pop()
            way = Way(self, given, exact=exact)
            try:
                unchanged = go(way)
                tally = self._resolved(way.tally(), base)
            except Fork as fork:
                if fork.way is not way:
                    raise
                waiting += [{**given, fork.name: value} for value in values_of(fork.domain, fork.name)]
            else:
                same, changed = (plus(same, tally), changed) if unchanged else (same, plus(changed, tally))
        return Outcome(same, changed)

    def _resolved(self, tally: Tally, base: str) -> Tally:
        """With numbers for the shared parts below a path, which come nowhere else; the outermost, made last, first."""
        while inside := [n for shared in tally for n in shared if _is_below(self._shared[n].path, base)]:
            number = max(inside)
            tally = replaced(tally, number, lambda shared, this=number: self._value(shared, this))  # type: ignore[misc]
        return tally

    def _value(self, shared: frozenset[int], number: int) -> tuple[frozenset[int], Tally]:
        """What remains of a term without a part, and the part's tally.

        The same decisions may stand at places where the structure differs, such as copies that share choices but
        depend on their number. Those are counted together: what one asks and another too is one.
        """
        this = self._shared[number]
        rivals = {n for n in shared if self._shared[n].key == this.key}
        if len(rivals) == 1:
            return shared - rivals, this.tally

        parts = [self._shared[n] for n in sorted(rivals)]

        def together(way: Way) -> bool:
            leaves = [way.walk(each.node, each.x, each.at)[-1:] == each.x for each in parts]
            return leaves == [each.same for each in parts]

        base = this.at.child(this.node.name).decisions
        return shared - rivals, self._explore(together, base, exact=True).same


def _through(node: Node, x: Flow, at: Place, exact: bool) -> Callable[[Way], bool]:
    """What goes a way through a node; it says whether the input comes out as it is."""

    def go(way: Way) -> bool:
        y: Flow = ()
        match node:
            case Head():
                pass
            case Operation():
                way.operation(node, at)
            case Call():
                y = way.call(node, x, at)
            case Cell():
                y = way.cell(node, x, at)
            case Each():
                y = emit_body(node.do, x, at.child(node.name).scoped(), way)
            case _:
                y = node.emit(x, at, way)
        return exact and y[-1:] == x

    return go


def _is_below(path: str, base: str) -> bool:
    return not base or (path.startswith(base) and path[len(base) : len(base) + 1] in ("/", ".", "="))
