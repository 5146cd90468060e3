"""One order for the nodes of a graph, whatever order they came in.

Depth first from the outputs, by name: what a node reads comes before it, first input first, so branches stay in one
piece. Only a commutative node leaves a choice. It takes the deepest branch first; branches of equal depth are told
apart by colour refinement (Weisfeiler & Lehman, 1968): every node gets a hash of what it is, what it reads, what reads
it and with whom it shares weights, until hashes split no further. Branches that are still equal are interchangeable:
one is picked, marked, and the colours are refined again. (Graphs that refinement takes for interchangeable although
they are not exist, but no network looks like that; for one, two orders of its nodes might get two fingerprints.)
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Graph:
    """What decides the order.

    Attributes:
        content: What each node is, as text; nodes in topological order. Output names belong to it.
        inputs: Node ids or input names that each node reads.
        commutative: Nodes whose inputs have no order.
        sharing: A key for nodes that share weights.
        outputs: Output name to node id or input name.
    """

    content: Mapping[str, str]
    inputs: Mapping[str, tuple[str, ...]]
    commutative: frozenset[str]
    sharing: Mapping[str, str]
    outputs: Mapping[str, str]


Colours = dict[str, bytes]


def canonical_order(graph: Graph) -> list[str]:
    """Ids of all nodes, each after all that it reads; the same for every way to write the same graph down."""
    depth = _depths(graph)
    colours: Colours | None = None
    order: dict[str, None] = {}
    for _, target in sorted(graph.outputs.items()):
        path = [target] if target in graph.content and target not in order else []
        while path:
            here = path[-1]
            waiting = [name for name in graph.inputs[here] if name in graph.content and name not in order]
            if not waiting:
                order[path.pop()] = None
                continue
            chosen = waiting[0]
            if here in graph.commutative:
                deepest = max(depth[name] for name in waiting)
                rivals = sorted({name for name in waiting if depth[name] == deepest})
                chosen = rivals[0]
                if len(rivals) > 1:
                    chosen, colours = _pick(graph, rivals, colours)
            path.append(chosen)
    return list(order)


def _pick(graph: Graph, rivals: list[str], colours: Colours | None) -> tuple[str, Colours]:
    """The rival with the least colour; where two have it, one is marked so that the rest follows from the choice."""
    if colours is None:
        colours = _refine(graph, {name: _hash(text.encode()) for name, text in graph.content.items()})
    chosen = min(rivals, key=colours.__getitem__)
    if sum(colours[name] == colours[chosen] for name in rivals) > 1:
        colours = _refine(graph, colours | {chosen: _hash(colours[chosen], b"picked")})
    return chosen, colours


def _depths(graph: Graph) -> dict[str, int]:
    depth: dict[str, int] = {}
    for name in graph.content:
        depth[name] = 1 + max((depth.get(source, 0) for source in graph.inputs[name]), default=0)
    return depth


def _refine(graph: Graph, colours: Colours) -> Colours:
    """Split classes of equal colour by their neighbourhoods until nothing changes."""
    readers: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for name, sources in graph.inputs.items():
        for position, source in enumerate(sources):
            readers[source].append((name, b"" if name in graph.commutative else str(position).encode()))
    sharers: dict[str, list[str]] = defaultdict(list)
    for name, key in graph.sharing.items():
        sharers[key].append(name)
    classes = 0
    while classes < len(set(colours.values())):
        classes = len(set(colours.values()))
        if classes == len(colours):
            break
        colours = _round(graph, colours, readers, sharers)
    return colours


def _round(
    graph: Graph,
    colours: Colours,
    readers: Mapping[str, list[tuple[str, bytes]]],
    sharers: Mapping[str, list[str]],
) -> Colours:
    """Send colours down the graph, up again, and between nodes that share weights."""
    below: Colours = {}
    for name in graph.content:
        sources = [below.get(source) or source.encode() for source in graph.inputs[name]]
        below[name] = _hash(colours[name], *(sorted(sources) if name in graph.commutative else sources))
    above: Colours = {}
    for name in reversed(list(graph.content)):
        above[name] = _hash(
            below[name], *sorted(_hash(above[reader], place) for reader, place in readers.get(name, ()))
        )
    tied = {key: sorted(above[name] for name in names) for key, names in sharers.items()}
    return {name: _hash(above[name], *tied.get(graph.sharing.get(name, ""), ())) for name in graph.content}


def _hash(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()
