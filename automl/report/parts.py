"""What a report is made of; the template knows how each part looks, and escapes all text in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph.

    Attributes:
        text: As it is.
        quiet: Whether it is only a remark.
    """

    kind: ClassVar[str] = "text"
    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what they are."""

    kind: ClassVar[str] = "facts"
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its header.

    Attributes:
        caption: What it is about.
        header: Of the columns.
        rows: Cells.
        numbers: Columns that hold numbers, which stand on the right.
        wide: Columns that only a wide page has room for.
        broad: Whether it takes the whole width of a wide page.
    """

    kind: ClassVar[str] = "table"
    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()
    broad: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that was drawn by us.

    Attributes:
        svg: An SVG element, safe to stand in a page.
        caption: What is to be seen in it.
    """

    kind: ClassVar[str] = "drawing"
    svg: str
    caption: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that stands by itself.

    Attributes:
        source: A ``data:`` URL.
        text: Instead of the picture.
        width: Of the picture, in pixels.
    """

    kind: ClassVar[str] = "image"
    source: str
    text: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """One row of the data.

    Attributes:
        lines: What is said of it.
        pictures: Of it.
        text: Of it.
        facts: Of it.
    """

    lines: Sequence[str]
    pictures: Sequence[Image] = ()
    text: str = ""
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Tiles:
    """Some rows of the data beside each other."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type."""

    kind: ClassVar[str] = "code"
    caption: str
    text: str


Part = Text | Facts | Table | Drawing | Image | Tiles | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of a report.

    Attributes:
        id: To link to.
        title: Its heading.
        parts: What stands in it, in order.
    """

    id: str
    title: str
    parts: Sequence[Part] = field(default_factory=tuple)
