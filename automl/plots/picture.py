"""A picture that was drawn, in the form that is wanted."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.errors import ConfigError
from automl.files import write_whole
from automl.plots.style import BLUE, FAINT, GRID, INK, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "html")
_DOTS = 200  # an inch: a width of 4.8 inches is 960 dots

_ID = re.compile(r'\bid="([^"]+)"')
_USED = re.compile(r'(?:url\(#|href="#)([^")]+)')
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body{{margin:1rem auto;padding:0 1rem;max-width:60rem;font-family:system-ui,sans-serif;color:{ink};
background:#fff}}svg{{width:100%;height:auto}}h1{{font-size:1.2rem}}</style></head>
<body><h1>{title}</h1><figure style="margin:0">{svg}<figcaption>{text}</figcaption></figure></body></html>
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure with what it shows in words.

    Attributes:
        title: A few words.
        text: What is seen, for whoever does not see it.
        figure: Matplotlib's.
    """

    title: str
    text: str
    figure: Figure

    def png(self) -> bytes:
        """A PNG file, 200 dots an inch."""
        out = io.BytesIO()
        with _quiet():
            self.figure.savefig(out, format="png", dpi=_DOTS, metadata={"Title": self.title})
        return out.getvalue()

    def svg(self) -> str:
        """An SVG document; its letters are text."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        out = io.BytesIO()
        canvas: Any = FigureCanvasSVG(self.figure)
        with _quiet():
            canvas.print_svg(out, metadata={"Date": None, "Title": self.title})  # savefig would draw it twice
        return out.getvalue().decode()

    def inline(self, name: str) -> str:
        """An SVG element to stand in an HTML page beside others, in the page's own colours, as wide as there is room.

        Args:
            name: Different from that of every other picture on the page: ids begin with it.
        """
        _, _, body = self.svg().partition("<svg ")
        body = re.sub(r"<metadata>.*?</metadata>", "", body, count=1, flags=re.S)
        used = set(_USED.findall(body))
        body = _ID.sub(lambda found: f'id="{name}-{found[1]}"' if found[1] in used else "", body)
        body = _USED.sub(lambda found: found[0].replace("#", f"#{name}-", 1), body)
        head, _, rest = body.partition(">")
        width = re.search(r'\bwidth="([0-9.]+)pt"', head)
        head = re.sub(r'\s(?:width|height)="[0-9.]+pt"', "", head)
        for colour, meaning in ((INK, "ink"), (FAINT, "faint"), (GRID, "grid"), (BLUE, "blue")):
            rest = rest.replace(colour, f"var(--{meaning}, {colour})")
        rest = rest.replace("fill: #ffffff", "fill: none", 1)  # the page's own background
        widest = f"max-width:{float(width[1]) / 72 * 6.8:.1f}em" if width else ""
        return f'<svg role="img" aria-label="{escape(self.text)}" style="{widest}" {head}>{rest}'.strip()

    def html(self) -> str:
        """A page of its own: one file, without scripts and without a network."""
        svg = self.inline("plot").replace("max-width", "min-width:0;--was")
        return _PAGE.format(title=escape(self.title), text=escape(self.text), svg=svg, ink=INK)

    def save(self, path: str | Path) -> None:
        """Write a file whose ending says the format.

        Raises:
            ConfigError: It has another ending than .png, .svg or .html.
            OSError: The file cannot be written.
        """
        file = Path(path)
        write_whole(file, self.encode(format_of(file)))

    def encode(self, form: str) -> bytes:
        """The bytes of a file of one of ``FORMATS``."""
        if form == "png":
            return self.png()
        return (self.svg() if form == "svg" else self.html()).encode()


@contextmanager
def _quiet() -> Iterator[None]:
    """Our settings for the body, and no word on letters that Matplotlib lacks: SVGs have text, a PNG shows a box."""
    with styled(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        yield


def format_of(path: Path) -> str:
    """The format that a file's ending says.

    >>> format_of(Path("history.SVG"))
    'svg'

    Raises:
        ConfigError: There is no such format.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise ConfigError(f"cannot draw into {path}: the file's name must end in .png, .svg or .html")
    return form
