"""Numbers, times and names as a person reads them; plain ASCII but for curves, so that every log shows them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from automl.events import SearchStart
from automl.failures import FailureKind
from automl.jobs import SPREAD

KINDS: Mapping[FailureKind, str] = {
    "nan_loss": "not a number",
    "oom_ram": "out of memory",
    "oom_gpu": "out of GPU memory",
    "timeout": "out of time",
    "crashed": "crashed",
    "build_error": "cannot be built",
    "train_error": "cannot be trained",
    "data_error": "cannot read the data",
    "disk_full": "disk full",
    "too_large": "too large",
    "orphaned": "abandoned",
}
"""Kinds of failure as they are told to people."""


_STEPS = "▁▂▃▄▅▆▇█"
_PLAIN_STEPS = "_-^"


def duration(seconds: float) -> str:
    """Seconds in at most two units.

    >>> duration(4.25), duration(75), duration(3725), duration(90000)
    ('4.2s', '1m15s', '1h02m', '1d01h')
    """
    if not math.isfinite(seconds):
        return "?"
    if seconds < 9.95:
        return f"{max(seconds, 0.0):.1f}s"
    whole = round(seconds)
    for size, unit, part, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // part:02d}{smaller}"
    return f"{whole}s"


def clock(seconds: float) -> str:
    """Seconds as a clock shows them.

    >>> clock(5), clock(130), clock(3700)
    ('0:05', '2:10', '1:01:40')
    """
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def score(value: float | None) -> str:
    """A metric's value in four digits.

    >>> score(0.98763), score(12345.678), score(0.0000123), score(None)
    ('0.9876', '12346', '1.23e-05', '-')
    """
    if value is None:
        return "-"
    if not math.isfinite(value):
        return str(value)
    if value != 0 and abs(value) < 1e-3:
        return f"{value:.3g}"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:.0f}"


def size(count: int | None) -> str:
    """How many, shortened.

    >>> size(950), size(178346), size(2_500_000), size(7_290_000_000), size(None)
    ('950', '178k', '2.5M', '7.29G', '-')
    """
    if count is None:
        return "-"
    if count < 1000:
        return str(count)
    if count < 999_500:
        return f"{count / 1000:.3g}k"
    return f"{count / 1e6:.3g}M" if count < 999_500_000 else f"{count / 1e9:.3g}G"


def clip(text: str, width: int) -> str:
    """One line of at most ``width`` characters; what does not fit is cut.

    >>> clip("conv24 > 3 stages > gap", 12)
    'conv24 > ...'
    """
    line = " ".join(text.split())
    if len(line) <= width:
        return line
    return line[: max(width - 3, 0)] + "..."[:width]


def sparkline(values: Sequence[float], width: int, *, low: float, high: float, plain: bool = False) -> str:
    """A curve as characters of rising height; of more values than fit, every so many-th and the last are shown.

    >>> sparkline([0.1, 0.5, 0.9], 8, low=0.1, high=0.9)
    '▁▅█'
    >>> sparkline([0.1, 0.5, 0.9], 8, low=0.1, high=0.9, plain=True)
    '_-^'

    Args:
        values: One a step; what is not finite is a blank.
        width: Most characters.
        low: What the lowest character means.
        high: What the highest one means.
        plain: ASCII alone.
    """
    steps = _PLAIN_STEPS if plain else _STEPS
    if len(values) > width:
        values = [values[(i + 1) * len(values) // width - 1] for i in range(width)]
    span = (high - low) or 1.0
    top = len(steps) - 1
    places = (min(max((value - low) / span, 0.0), 1.0) if math.isfinite(value) else None for value in values)
    return "".join(" " if place is None else steps[round(place * top)] for place in places)


def first_that_fits(texts: Sequence[str], width: int) -> str:
    """The first of some texts, the fullest first, that has at most ``width`` characters; else the last one, cut.

    >>> first_that_fits(("epoch 3 of 25, val_accuracy 0.9712", "3/25, 0.9712", "3/25"), 16)
    '3/25, 0.9712'
    """
    return next((text for text in texts if len(text) <= width), clip(texts[-1], width))


def plural(count: int, noun: str) -> str:
    """A number and its noun.

    >>> plural(1, "trial"), plural(1200, "trial")
    ('1 trial', '1,200 trials')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def facts(summary: Mapping[str, object]) -> str:
    """What a task says of its data, in one line; unknown facts are left out.

    >>> facts({"rows": 1527, "training_rows": 1222, "validation_rows": 305, "classes": 10, "shape": [8, 8, 1]})
    '1,527 rows (1,222 to train, 305 to validate), 10 classes, 8x8x1'
    >>> facts({"rows": 100, "training_rows": 80, "validation_rows": 20, "folds": {"count": 5}})
    '100 rows (5 folds: 80 to train, 20 to validate)'
    """
    parts = []
    if isinstance(rows := summary.get("rows"), int):
        split = _split(summary.get("training_rows"), summary.get("validation_rows"), summary.get("folds"))
        parts.append(plural(rows, "row") + split)
    for what in ("input", "output"):
        if isinstance(several := summary.get(f"{what}s"), Mapping):
            parts.append(plural(len(several), what))
    if isinstance(classes := summary.get("classes"), int):
        parts.append(f"{classes:,} classes")
    if isinstance(labels := summary.get("labels"), int):
        parts.append(f"{labels:,} labels")
    if isinstance(columns := summary.get("columns"), Mapping):
        parts.append(plural(len(columns), "column"))
    if isinstance(shape := summary.get("shape"), list | tuple):
        parts.append("x".join(map(str, shape)))
    if summary.get("from_cache"):
        parts.append("cached")
    return ", ".join(parts)


def _split(train: object, validation: object, folds: object) -> str:
    if not isinstance(train, int) or not isinstance(validation, int):
        return ""
    several = f"{folds['count']} folds: " if isinstance(folds, Mapping) else ""
    return f" ({several}{train:,} to train, {validation:,} to validate)"


def spread(value: float | None, metrics: Mapping[str, float | None], metric: str) -> str:
    """A metric's value, and where it is a mean over folds their standard deviation.

    >>> spread(0.912, {"val_auc_std": 0.0123}, "val_auc"), spread(0.912, {}, "val_auc")
    ('0.9120 +- 0.0123', '0.9120')
    """
    deviation = metrics.get(f"{metric}{SPREAD}")
    return score(value) if value is None or deviation is None else f"{score(value)} +- {score(deviation)}"


def continued(start: SearchStart) -> str:
    """What earlier sessions of a run did; empty for a new one."""
    if not start.used:
        return ""
    trials = f"{plural(start.trained, 'trial')} and " if start.trained else ""
    return f"continued: {trials}{duration(start.used)} before"


def retried(number: int | None, reason: str) -> str:
    """That a trial, or with None the final training, runs again.

    >>> retried(3, "the worker process was killed by SIGKILL")
    'trial 3 runs again: the worker process was killed by SIGKILL'
    """
    return f"{'the final training' if number is None else f'trial {number}'} runs again: {reason}"


def readable(reason: str) -> str:
    """A reason as the study keeps it, with kinds of failure in plain words.

    >>> readable("oom_ram: 4.1 GB resident, 4 GB allowed")
    'out of memory: 4.1 GB resident, 4 GB allowed'
    >>> readable("behind the median of the trials before")
    'behind the median of the trials before'
    """
    return "; ".join(_in_words(part) for part in reason.split("; "))


def _in_words(part: str) -> str:
    kind, colon, message = part.partition(": ")
    words = {str(known): told for known, told in KINDS.items()}
    return f"{words[kind]}: {message}" if colon and kind in words else part
