"""A curve in one line of text."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_PLAIN = "_.,-=+*#"  # where the output cannot show blocks


def sparkline(
    values: Sequence[float | None], *, low: float | None = None, high: float | None = None, width: int = 40
) -> str:
    """The values as a row of bars, a gap where one is missing; a long curve is thinned to ``width``.

    Args:
        values: In order.
        low: The lowest bar's value; None for the smallest of them.
        high: The highest bar's value.
        width: Most characters.
    """
    there = [value for value in values if value is not None and math.isfinite(value)]
    if not there:
        return ""
    least, most = min(there) if low is None else low, max(there) if high is None else high
    bars = _BLOCKS if _shows_blocks() else _PLAIN
    step = max(1.0, len(values) / width)
    picked = [
        values[min(len(values) - 1, int((place + 1) * step) - 1)] for place in range(math.ceil(len(values) / step))
    ]
    return "".join(_bar(value, least, most, bars) for value in picked)


def _bar(value: float | None, low: float, high: float, bars: str) -> str:
    if value is None or not math.isfinite(value):
        return " "
    share = (value - low) / (high - low) if high > low else 0.5
    return bars[min(len(bars) - 1, max(0, int(share * len(bars))))]


def _shows_blocks() -> bool:
    try:
        _BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
