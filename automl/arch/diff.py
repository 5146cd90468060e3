"""What distinguishes two networks, for people, and how far they are apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from automl.arch.architecture import Architecture
from automl.arch.graph import Input, Node
from automl.arch.summary import summarize
from automl.arch.text import call
from automl.ops import show


@dataclass(frozen=True, slots=True)
class Change:
    """A layer that both networks have.

    Attributes:
        before: In the first.
        after: In the second.
        args: Arguments that differ, with both values.
        rewired: Whether it reads other layers, or shares its weights with others.
    """

    before: Node
    after: Node
    args: Mapping[str, tuple[Any, Any]]
    rewired: bool


@dataclass(frozen=True, slots=True)
class Diff:
    """What turns one network into another. ``str`` of it is for people.

    Attributes:
        removed: Layers that only the first has.
        added: Layers that only the second has.
        changed: Layers that both have, with other arguments or inputs.
        same: How many layers are equal.
        ports: Inputs and outputs that differ, in words.
        parameters: Of both.
        flops: Of both.
    """

    removed: tuple[Node, ...]
    added: tuple[Node, ...]
    changed: tuple[Change, ...]
    same: int
    ports: tuple[str, ...]
    parameters: tuple[int, int]
    flops: tuple[int, int]

    def __str__(self) -> str:
        lines = [f"~ {each}" for each in self.ports]
        lines += [f"- {node.label}: {call(node.op, node.args)}" for node in self.removed]
        lines += [f"+ {node.label}: {call(node.op, node.args)}" for node in self.added]
        lines += [f"~ {each.after.label}: {_told(each)}" for each in self.changed]
        counts = (
            f"{len(self.removed)} removed, {len(self.added)} added, {len(self.changed)} changed, {self.same} the same"
        )
        lines += [f"layers: {counts}", _grown("parameters", self.parameters), _grown("FLOPs", self.flops)]
        return "\n".join(lines)


def diff(before: Architecture, after: Architecture) -> Diff:
    """What turns one network into another.

    Layers are taken for the same by their path and operation, or where the paths differ by their order.

    >>> from automl.arch import Architecture, Input, Node
    >>> a, b = (
    ...     Architecture.assemble(
    ...         {"image": Input((8, 8, 1))},
    ...         [Node("a", "conv", {"filters": width}, ("image",), "stem"), Node("b", "head", {"units": 2}, ("a",))],
    ...         {"label": "b"},
    ...     )
    ...     for width in (4, 8)
    ... )
    >>> print(diff(a, b))
    ~ stem: filters 4 -> 8
    layers: 0 removed, 0 added, 1 changed, 1 the same
    parameters: 50 -> 98 (+96 %)
    FLOPs: 5,138 -> 10,274 (+100 %)
    """
    pairs = _pairs(before.nodes, after.nodes)
    partner = {one.id: other.id for one, other in pairs}
    partner.update({name: name for name in before.inputs if name in after.inputs})
    changes = [_change(one, other, partner, before, after) for one, other in pairs]
    changed = tuple(each for each in changes if each.args or each.rewired)
    kept, made = {one.id for one, _ in pairs}, {other.id for _, other in pairs}
    old, new = summarize(before), summarize(after)
    return Diff(
        removed=tuple(node for node in before.nodes if node.id not in kept),
        added=tuple(node for node in after.nodes if node.id not in made),
        changed=changed,
        same=len(pairs) - len(changed),
        ports=tuple(_ports(before, after, partner)),
        parameters=(old.parameters, new.parameters),
        flops=(old.flops, new.flops),
    )


def distance(a: Architecture, b: Architecture) -> float:
    """How different two networks are: 0 for equal ones, 1 for those without a layer in common; symmetric.

    The share of layers that one has and the other has not; a layer with other arguments or inputs counts half for
    each.
    """
    if a == b:
        return 0.0
    # Which layers are paired may depend on the order; the smaller of both numbers does not.
    return min(_share(diff(a, b)), _share(diff(b, a)))


def _share(found: Diff) -> float:
    edits = len(found.removed) + len(found.added) + len(found.changed) + len(found.ports)
    layers = len(found.removed) + len(found.added) + 2 * (len(found.changed) + found.same) + len(found.ports)
    # Networks may differ in nothing that is told, such as the order of inputs of a concat that are alike.
    return max(edits, 1) / max(layers, 1)


def _pairs(before: tuple[Node, ...], after: tuple[Node, ...]) -> list[tuple[Node, Node]]:
    """Layers of both that are taken for one, in order."""
    by_path = {(node.name, node.op): node for node in after if node.name}
    found = {node.id: by_path[node.name, node.op] for node in before if (node.name, node.op) in by_path}
    taken = {node.id for node in found.values()}
    rest = [node for node in before if node.id not in found]
    others = [node for node in after if node.id not in taken]
    matcher = SequenceMatcher(None, [node.op for node in rest], [node.op for node in others], autojunk=False)
    for start, begin, length in matcher.get_matching_blocks():
        for offset in range(length):
            found[rest[start + offset].id] = others[begin + offset]
    return [(node, found[node.id]) for node in before if node.id in found]


def _change(one: Node, other: Node, partner: Mapping[str, str], before: Architecture, after: Architecture) -> Change:
    keys = sorted(one.args.keys() | other.args.keys())
    values = {key: (one.args.get(key), other.args.get(key)) for key in keys}
    args = {key: pair for key, pair in values.items() if pair[0] != pair[1]}
    known = set(partner.values())
    # A layer that reads something new instead of something that is gone is told by those.
    reads = [partner[name] for name in one.inputs if name in partner]
    now = [name for name in other.inputs if name in known]
    rewired = sorted(reads) != sorted(now) and len(reads) == len(one.inputs) and len(now) == len(other.inputs)
    sharers = {partner.get(name) for name in _sharers(before, one)}
    return Change(one, other, args, rewired or sharers != _sharers(after, other))


def _sharers(architecture: Architecture, node: Node) -> set[str]:
    if node.weights is None:
        return set()
    return {each.id for each in architecture.nodes if each.weights == node.weights}


def _ports(before: Architecture, after: Architecture, partner: Mapping[str, str]) -> list[str]:
    lines = []
    for name in sorted(before.inputs.keys() | after.inputs.keys()):
        one, other = before.inputs.get(name), after.inputs.get(name)
        if one != other:
            lines.append(f"input {name}: {_shown(one)} -> {_shown(other)}")
    for name in sorted(before.outputs.keys() | after.outputs.keys()):
        source, target = before.outputs.get(name), after.outputs.get(name)
        if (source is None) != (target is None):
            lines.append(f"output {name}: {'added' if source is None else 'removed'}")
        elif source is not None and partner.get(source, target) != target:
            lines.append(f"output {name}: from another layer")
    return lines


def _shown(given: Input | None) -> str:
    return "nothing" if given is None else f"{show(given.shape)} {given.dtype}"


def _told(change: Change) -> str:
    said = [f"{key} {_value(one)} -> {_value(other)}" for key, (one, other) in change.args.items()]
    return ", ".join(said + ["other inputs or sharers"] * change.rewired)


def _value(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _grown(what: str, values: tuple[int, int]) -> str:
    one, other = values
    share = f" ({100 * (other - one) / one:+.0f} %)" if one and one != other else ""
    return f"{what}: {one:,} -> {other:,}{share}" if one != other else f"{what}: {one:,}"
