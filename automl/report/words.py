"""Numbers as a report says them."""

from __future__ import annotations

import math


def number(value: float | None) -> str:
    """Four digits.

    >>> number(0.98765), number(123456.7), number(None), number(float("nan"))
    ('0.9877', '123,457', '-', '-')
    """
    if value is None or not math.isfinite(value):
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) >= 1 or abs(value) < 1e-3 else f"{value:.4f}"


def share(value: float) -> str:
    """A share in per cent.

    >>> share(0.5), share(0.9971)
    ('50 %', '99.7 %')
    """
    text = f"{100 * value:.1f}".removesuffix(".0")
    return f"{text} %"
