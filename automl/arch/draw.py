"""A network as an SVG picture, without any other program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

from automl.arch.architecture import Architecture
from automl.arch.layout import Layout, Point, Size, lay_out
from automl.arch.summary import LayerSummary, Summary, summarize
from automl.arch.text import call, short_path
from automl.ops import show

_MARGIN = 24.0
_LINE = 17.0  # height of a line of text
_LETTER = 6.7  # mean width of a letter of 12 pixels
_WIDEST = 44  # letters in a line
_HEADER = 52.0

# Operations that decorate the layer before them and share its box.
_DECORATIONS = frozenset(
    (
        *("bn", "ln", "gn", "dropout", "spatial_dropout", "gaussian_noise"),
        *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_silu"),
        *("tanh", "sigmoid", "softplus", "softmax"),
    )
)
_COLOURS: Mapping[str, tuple[str, ...]] = {
    "#dbe9ff": ("conv", "sepconv", "dwconv", "convtranspose", "patchify", "backbone"),
    "#d9f2e3": ("dense", "embed", "position_embed"),
    "#ecdffb": ("rnn", "attention", "each"),
    "#ffe9cf": ("maxpool", "avgpool", "gap", "gmp", "last", "flatten"),
    "#ffd9dc": ("head",),
    "#fff6c9": ("add", "concat", "multiply", "average", "maximum", "subtract", "dot", "cosine"),
}
_OTHER, _PORT = "#eeeeee", "#ffffff"
_SHARED = ("#1b6ca8", "#b8336a", "#2e8b57", "#c77800", "#6a4fb3", "#00838f")

_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:12px;fill:#1f2430}"
    ".n{font-weight:600}.p{fill:#5b6475;font-size:11px}.t{font-size:16px;font-weight:600}"
    ".b{stroke:#8a93a6;stroke-width:1}.e{fill:none;stroke:#5b6475;stroke-width:1.4}"
    ".l{fill:none;stroke:#1b6ca8;stroke-width:1.8}"
)


@dataclass(slots=True)
class _Box:
    """Layers drawn as one.

    Attributes:
        lines: Text, the first in bold.
        colour: Behind it.
        sources: Names of boxes that it reads.
        layers: What is in it.
        bar: Colour of the mark for shared weights.
    """

    lines: list[str]
    colour: str
    sources: list[str] = field(default_factory=list)
    layers: list[LayerSummary] = field(default_factory=list)
    bar: str = ""

    @property
    def size(self) -> Size:
        widest = max(len(line) * (_LETTER + 0.5 * (number == 0)) for number, line in enumerate(self.lines))
        return Size(widest + 24, len(self.lines) * _LINE + 12)


def draw(architecture: Architecture, *, title: str = "") -> str:
    """An SVG document of a network, inputs on top.

    A box is a layer with the normalisation, activation and dropout behind it: what it does, where it stands, the shape
    that comes out and how many parameters it has. Edges that pass by other boxes, such as shortcuts, are blue. Boxes
    that share weights have a mark of one colour.

    Args:
        architecture: What to draw.
        title: Above the picture, with what the network costs.
    """
    summary = summarize(architecture)
    boxes = _boxes(architecture, summary)
    edges = [(source, name) for name, box in boxes.items() for source in dict.fromkeys(box.sources)]
    layout = lay_out({name: box.size for name, box in boxes.items()}, edges)
    header = f"{summary.parameters:,} parameters · {_large(summary.flops)}FLOPs · depth {summary.depth}"
    width = max(layout.size.width, len(header) * _LETTER, len(title) * 9.0) + 2 * _MARGIN
    height = layout.size.height + 2 * _MARGIN + _HEADER
    shift = (width - 2 * _MARGIN - layout.size.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title or header)}">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#5b6475"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text class="t" x="{_MARGIN}" y="{_MARGIN + 10}">{escape(title)}</text>',
        f'<text class="p" x="{_MARGIN}" y="{_MARGIN + 28}">{header}</text>',
        f'<g transform="translate({_MARGIN + shift:.1f} {_MARGIN + _HEADER:.1f})">',
        *(_edge(points) for points in layout.edges.values()),
        *(line for name, box in boxes.items() for line in _drawn(box, layout, name)),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes(architecture: Architecture, summary: Summary) -> dict[str, _Box]:
    """Boxes by name, each after all that it reads."""
    boxes = {
        name: _Box([name, f"{show(given.shape) or 'number'} {given.dtype}"], _PORT)
        for name, given in architecture.inputs.items()
    }
    readers = _readers(architecture)
    home = {name: name for name in boxes}
    for layer in summary.layers:
        (before, *others) = layer.inputs
        host = boxes.get(home[before])
        joins = layer.op in _DECORATIONS and not others and readers[before] == 1 and layer.weights is None
        if joins and host is not None and host.layers and host.layers[-1].id == before:
            host.layers.append(layer)
            home[layer.id] = home[before]
        else:
            home[layer.id] = layer.id
            boxes[layer.id] = _Box([], _colour(layer.op), [home[name] for name in layer.inputs], [layer])
    for box in boxes.values():
        if box.layers:
            _write(box)
    for name, source in architecture.outputs.items():
        boxes[f"output {name}"] = _Box([name, "output"], _PORT, [home[source]])
    return boxes


def _readers(architecture: Architecture) -> dict[str, int]:
    count = dict.fromkeys([*architecture.inputs, *(node.id for node in architecture.nodes)], 0)
    for name in [name for node in architecture.nodes for name in node.inputs] + list(architecture.outputs.values()):
        count[name] += 1
    return count


def _write(box: _Box) -> None:
    first, last = box.layers[0], box.layers[-1]
    parameters = sum(layer.cost.parameters for layer in box.layers)
    cost = f" · {parameters:,} parameters" if parameters else ""
    keys = [layer.weights for layer in box.layers if layer.weights is not None]
    box.lines = [
        _clipped(" · ".join(_short(layer) for layer in box.layers)),
        short_path(first.name or first.id, _WIDEST),
        f"{show(last.output_shape)}{cost}" + (f" · shared {keys[0]}" if keys else ""),
    ]
    if keys:
        box.bar = _SHARED[int(keys[0].lstrip("w") or 0) % len(_SHARED)] if keys[0][1:].isdigit() else _SHARED[0]


def _colour(op: str) -> str:
    return next((colour for colour, ops in _COLOURS.items() if op in ops), _OTHER)


def _drawn(box: _Box, layout: Layout, name: str) -> Iterator[str]:
    centre, size = layout.boxes[name], box.size
    left, top = centre.x - size.width / 2, centre.y - size.height / 2
    round_ = size.height / 2 if not box.layers else 5
    yield "<g>"
    if box.layers:
        told = "; ".join(f"{layer.name or layer.id}: {call(layer.op, layer.args)}" for layer in box.layers)
        yield f"<title>{escape(told)}</title>"
    yield (
        f'<rect class="b" x="{left:.1f}" y="{top:.1f}" width="{size.width:.1f}" height="{size.height:.1f}" '
        f'rx="{round_:.1f}" fill="{box.colour}"/>'
    )
    if box.bar:
        yield f'<rect x="{left:.1f}" y="{top:.1f}" width="5" height="{size.height:.1f}" rx="2" fill="{box.bar}"/>'
    for number, line in enumerate(box.lines):
        kind = "n" if number == 0 else "p"
        y = top + 6 + _LINE * (number + 0.75)
        yield f'<text class="{kind}" x="{centre.x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(line)}</text>'
    yield "</g>"


def _edge(points: Sequence[Point]) -> str:
    """A line that leaves and arrives upright, and runs straight beside what it passes."""
    start = points[0]
    parts = [f"M{start.x:.1f} {start.y:.1f}"]
    for here, there in pairwise(points):
        middle = (here.y + there.y) / 2
        parts.append(f"C{here.x:.1f} {middle:.1f} {there.x:.1f} {middle:.1f} {there.x:.1f} {there.y:.1f}")
    return f'<path class="{"l" if len(points) > 2 else "e"}" d="{"".join(parts)}" marker-end="url(#a)"/>'


def _short(layer: LayerSummary) -> str:
    """What a layer does; a bias is small, the tool tip has it."""
    return call(layer.op, {key: value for key, value in layer.args.items() if key != "use_bias"})


def _clipped(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _large(number: int) -> str:
    """A number of operations with a prefix.

    >>> _large(42_300_000)
    '42.3 M'
    """
    for size, prefix in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g} {prefix}"
    return f"{number} "
