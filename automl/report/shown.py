"""Rows of the data as people look at them: pictures, texts, cells, lines."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.data import ForecastContract, ImageContract, InputContract, PreparedData, TableContract
from automl.data.series.contract import SeriesContract
from automl.data.tables.contract import FIRST, MISSING
from automl.data.texts.contract import TextContract
from automl.plots.style import SERIES
from automl.report.answers import rows_at
from automl.report.parts import Image, Tile

Array = NDArray[Any]

_PIXELS = 112  # of the longer side, at most
_LETTERS = 220
_CELLS = 6


def tiles(prepared: PreparedData, index: Sequence[int] | Array, lines: Sequence[Sequence[str]]) -> list[Tile]:
    """Rows by their numbers in the data, each with what is said of it; file names are added where rows have some."""
    chosen = np.asarray(index, np.int64)
    if not len(chosen):
        return []
    rows = rows_at(prepared, chosen)
    names = _names(prepared)
    found = []
    for place, said in enumerate(lines):
        pictures: list[Image] = []
        texts: list[str] = []
        facts: list[tuple[str, str]] = []
        for name, contract in prepared.contracts.items():
            _look(contract, name, rows.inputs[name][place], pictures, texts, facts)
        file = [names[chosen[place]]] if names else []
        found.append(Tile([*said, *file], pictures, " / ".join(texts), facts[: 2 * _CELLS]))
    return found


def _look(
    contract: InputContract, name: str, row: Array, pictures: list[Image], texts: list[str], facts: list[Any]
) -> None:
    match contract:
        case ImageContract():
            pictures.append(picture(row, contract))
        case TextContract():
            texts.append(text(row, contract))
        case TableContract():
            facts.extend(cells(row, contract)[:_CELLS])
        case SeriesContract() | ForecastContract():
            count = contract.channels if isinstance(contract, SeriesContract) else len(contract.targets)
            pictures.append(lines(np.asarray(row)[:, :count], f"{name}: a line of {len(row)} steps"))


def picture(row: Array, contract: ImageContract) -> Image:
    """A picture as a small PNG file; of other than one or three channels the first."""
    from PIL import Image as Pillow

    low, high = contract.value_range
    pixels = np.asarray(row, np.float64)
    if contract.dtype != "uint8":
        pixels = (pixels - low) / ((high - low) or 1.0) * 255
    bytes_ = np.clip(np.nan_to_num(pixels), 0, 255).astype(np.uint8)
    image = Pillow.fromarray(bytes_ if bytes_.shape[2] == 3 else bytes_[:, :, 0])
    image.thumbnail((_PIXELS, _PIXELS))
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    height, width = contract.shape[:2]
    return Image(_url("image/png", out.getvalue()), f"a picture of {width} x {height} pixels", image.width)


def text(row: Array, contract: TextContract) -> str:
    """A text as the network reads it: in lower case, what it does not know as a dot."""
    known = [contract.tokens[code - 2] if code >= 2 else "·" for code in np.asarray(row).tolist() if code]
    whole = (" " if contract.unit == "words" else "").join(known)
    return whole if len(whole) <= _LETTERS else f"{whole[: _LETTERS - 1]}…"


def cells(row: Array, contract: TableContract) -> list[tuple[str, str]]:
    """The cells of a row, in the order of the table's columns; of a date its parts."""
    numbers = iter(zip(contract.numbers, np.asarray(row).tolist(), strict=False))
    codes = iter(np.asarray(row)[len(contract.numbers) :].astype(int).tolist())
    found = []
    for column in contract.columns:
        if column.kind == "category":
            found.append((column.name, _word(next(codes), column.values)))
        else:
            found += [(name, _number(value)) for name, value in islice(numbers, len(column.numbers))]
    return found


def lines(values: Array, said: str) -> Image:
    """A series (steps, channels) as a line a channel, the first six."""
    steps = np.asarray(values, np.float64)[:, : len(SERIES)]
    width, height = 160.0, 64.0
    low, high = (float(f(steps)) for f in (np.nanmin, np.nanmax)) if np.isfinite(steps).any() else (0.0, 1.0)
    x = np.linspace(2, width - 2, len(steps))
    y = height - 3 - (steps - low) / ((high - low) or 1.0) * (height - 6)
    paths = []
    for channel, colour in zip(y.T, SERIES, strict=False):
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, channel, strict=True) if np.isfinite(b))
        paths.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">'
    return Image(_url("image/svg+xml", f"{head}{''.join(paths)}</svg>".encode()), said, int(width))


def _number(value: float) -> str:
    return "missing" if np.isnan(value) else f"{value:.6g}"


def _word(code: int, values: Sequence[str]) -> str:
    if code < FIRST:
        return "missing" if code == MISSING else "another value"
    return values[code - FIRST]


def _url(form: str, content: bytes) -> str:
    return f"data:{form};base64,{base64.b64encode(content).decode()}"


@lru_cache(maxsize=1)
def _names(prepared: PreparedData) -> list[str]:
    found = [name for dataset in prepared.datasets for name in dataset.names]
    return found if len(found) == sum(dataset.rows for dataset in prepared.datasets) else []
