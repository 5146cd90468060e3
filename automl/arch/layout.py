"""Where boxes and edges of a drawing go: layers, from top to bottom (Sugiyama et al., 1981).

A box stands in the layer below the lowest box that it reads. An edge over several layers gets a place in each, like a
box without a name, so that it runs beside the boxes and not behind them. The order in a layer comes from the mean place
of the neighbours, repeated a few times; the final places are the nearest to those of the neighbours that keep the order
and the gaps.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_GAP = 28.0  # between neighbours in a layer
_LANE = 10.0  # width of a place that an edge passes
_SWEEPS = 12


class Size(NamedTuple):
    """Of a box, in pixels."""

    width: float
    height: float


class Point(NamedTuple):
    """In pixels from the upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is.

    Attributes:
        boxes: Centres by name.
        edges: Points that each edge passes, first the lower side of its source, last the upper side of its target;
            between them the ends of a straight line beside each layer that it crosses.
        size: Of the whole.
    """

    boxes: Mapping[str, Point]
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    size: Size


def lay_out(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]], *, spacing: float = 34.0) -> Layout:
    """Places for boxes and edges of an acyclic graph.

    Args:
        sizes: Boxes by name, each after all that it reads.
        edges: Pairs of source and target.
        spacing: Between layers.
    """
    rank = _ranks(sizes, edges)
    chains = {edge: _chain(edge, rank) for edge in edges}
    rank.update({name: rank[edge[0]] + n for edge, chain in chains.items() for n, name in enumerate(chain[:-1])})
    links = [link for chain in chains.values() for link in itertools.pairwise(chain)]
    widths = {name: sizes[name].width if name in sizes else _LANE for name in rank}
    layers = _ordered(_layers(rank), links)
    x = _placed(layers, links, widths)
    left = min(x[name] - widths[name] / 2 for name in x)
    x = {name: value - left for name, value in x.items()}
    rows = _rows(layers, sizes, spacing)
    centres = {name: Point(x[name], (rows[rank[name]][0] + rows[rank[name]][1]) / 2) for name in x}
    paths = {edge: _path(chain, centres, [rows[rank[name]] for name in chain], sizes) for edge, chain in chains.items()}
    width = max(x[name] + widths[name] / 2 for name in x)
    return Layout({name: centres[name] for name in sizes}, paths, Size(width, rows[-1][1]))


def _ranks(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    rank = dict.fromkeys(sizes, 0)
    sources: dict[str, list[str]] = {name: [] for name in sizes}
    for source, target in edges:
        sources[target].append(source)
    for name in sizes:
        rank[name] = max((rank[source] + 1 for source in sources[name]), default=0)
    # A box that reads nothing stands right above the first that reads it.
    for name in sizes:
        if not sources[name]:
            rank[name] = min((rank[target] for source, target in edges if source == name), default=1) - 1
    return rank


def _chain(edge: tuple[str, str], rank: Mapping[str, int]) -> list[str]:
    """The names of an edge's places: its source, one in each layer between, its target."""
    source, target = edge
    between = [f"{source}>{target}>{level}" for level in range(rank[source] + 1, rank[target])]
    return [source, *between, target]


def _layers(rank: Mapping[str, int]) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max(rank.values()) + 1)]
    for name, level in rank.items():
        layers[level].append(name)
    return layers


def _neighbours(links: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for source, target in links:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    return above, below


def _ordered(layers: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The order with the fewest crossings that sorting by the mean place of the neighbours comes upon."""
    above, below = _neighbours(links)
    best, fewest = layers, _crossings(layers, below)
    for sweep in range(_SWEEPS):
        layers = [list(layer) for layer in layers]
        place = {name: n for layer in layers for n, name in enumerate(layer)}
        near, order = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        for layer in order:
            layer.sort(key=lambda name: _mean([place[other] for other in near.get(name, [])], place[name]))
            place.update({name: n for n, name in enumerate(layer)})
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _crossings(layers: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    total = 0
    for upper, lower in itertools.pairwise(layers):
        place = {name: n for n, name in enumerate(lower)}
        ends = [sorted(place[other] for other in below.get(name, [])) for name in upper]
        flat = [end for each in ends for end in each]
        total += sum(flat[i] > flat[j] for i in range(len(flat)) for j in range(i + 1, len(flat)))
    return total


def _placed(
    layers: Sequence[Sequence[str]], links: Sequence[tuple[str, str]], widths: Mapping[str, float]
) -> dict[str, float]:
    above, below = _neighbours(links)
    x: dict[str, float] = {}
    for layer in layers:
        _pack(layer, x, widths, dict.fromkeys(layer, 0.0))
    for sweep in range(_SWEEPS):
        near, order = (above, layers) if sweep % 2 == 0 else (below, layers[::-1])
        for layer in order:
            wanted = {name: _mean([x[other] for other in near.get(name, [])], x[name]) for name in layer}
            _pack(layer, x, widths, wanted)
    return x


def _pack(layer: Sequence[str], x: dict[str, float], widths: Mapping[str, float], wanted: Mapping[str, float]) -> None:
    """The places nearest to the wanted ones, by least squares, that keep order and gaps: pool adjacent violators."""
    offset = 0.0
    offsets, groups = [], list[tuple[float, int]]()  # of each group: the mean of what it wants, and how many it has
    for before, name in zip([None, *layer], layer, strict=False):
        offset += 0.0 if before is None else (widths[before] + widths[name]) / 2 + _GAP
        offsets.append(offset)
        mean, count = wanted[name] - offset, 1
        while groups and groups[-1][0] > mean:
            other, more = groups.pop()
            mean, count = (mean * count + other * more) / (count + more), count + more
        groups.append((mean, count))
    means = [mean for mean, count in groups for _ in range(count)]
    x.update({name: mean + each for name, mean, each in zip(layer, means, offsets, strict=True)})


def _rows(layers: Sequence[Sequence[str]], sizes: Mapping[str, Size], spacing: float) -> list[tuple[float, float]]:
    """Upper and lower end of each layer."""
    rows, y = [], 0.0
    for layer in layers:
        height = max((sizes[name].height for name in layer if name in sizes), default=0.0)
        rows.append((y, y + height))
        y += height + spacing
    return rows


def _path(
    chain: Sequence[str],
    centres: Mapping[str, Point],
    rows: Sequence[tuple[float, float]],
    sizes: Mapping[str, Size],
) -> tuple[Point, ...]:
    first, last = centres[chain[0]], centres[chain[-1]]
    beside = [Point(centres[name].x, y) for name, row in zip(chain[1:-1], rows[1:-1], strict=True) for y in row]
    start = Point(first.x, first.y + sizes[chain[0]].height / 2)
    return (start, *beside, Point(last.x, last.y - sizes[chain[-1]].height / 2))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
