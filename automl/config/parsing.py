"""The small parsers behind a configuration: what people type, as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable

from automl.errors import ConfigError

_THOUSANDS = {"k": 10**3, "m": 10**6, "g": 10**9}
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+")


def parse_duration(value: str | float) -> float:
    """Seconds from a number or a text such as ``90``, ``90s``, ``10m``, ``1h30m``.

    >>> parse_duration("1h30m")
    5400.0
    >>> parse_duration(90)
    90.0

    Raises:
        ConfigError: It is no duration, or not positive.
    """
    text = str(value).strip().lower().replace(" ", "")
    try:
        seconds = float(text)
    except ValueError:
        if not _DURATION.fullmatch(text):
            raise ConfigError(f"cannot read {value!r} as a duration; write seconds (90), 90s, 10m or 1h30m") from None
        seconds = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)([smhd])", text))
    if not (math.isfinite(seconds) and seconds > 0):
        raise ConfigError(f"a duration must be positive, got {value!r}; write for example 10m")
    return seconds


def parse_size(value: str | int) -> int:
    """Bytes from a number or a text such as ``4GB``, ``512MiB``, ``100k``.

    >>> parse_size("4GB"), parse_size("512MiB")
    (4000000000, 536870912)

    Raises:
        ConfigError: It is no size, or not positive.
    """
    from pydantic import ByteSize, TypeAdapter, ValidationError

    try:
        size = int(TypeAdapter(ByteSize).validate_python(value))
    except ValidationError:
        raise ConfigError(f"cannot read {value!r} as a size; write bytes (1000000), 512MB or 4GB") from None
    if size <= 0:
        raise ConfigError(f"a size must be positive, got {value!r}; write for example 4GB")
    return size


def parse_count(value: str | float) -> int:
    """A whole number from a number or a text such as ``3000000``, ``3M``, ``500k``, ``1.5G``.

    >>> parse_count("3M"), parse_count("1.5e6"), parse_count(10)
    (3000000, 1500000, 10)

    Raises:
        ConfigError: It is no number, or not positive.
    """
    text = str(value).strip().lower().replace("_", "")
    factor = _THOUSANDS.get(text[-1:], 1)
    try:
        count = float(text if factor == 1 else text[:-1]) * factor
    except ValueError:
        raise ConfigError(f"cannot read {value!r} as a number; write 3000000, 3M or 500k") from None
    if not (math.isfinite(count) and count >= 1):
        raise ConfigError(f"a number must be at least 1, got {value!r}; write for example 3M")
    return round(count)


def parse_trials(value: str | int | None) -> tuple[int | None, int]:
    """Trials in all, and trials beyond those that a run has: one of both is said.

    >>> parse_trials("50"), parse_trials("+20"), parse_trials(None)
    ((50, 0), (None, 20), (None, 0))

    Raises:
        ConfigError: It is no whole number, or no trial.
    """
    text = "" if value is None else str(value).strip()
    digits = text.removeprefix("+")
    if value is None:
        return None, 0
    if not re.fullmatch(r"-?[0-9]+", digits):
        raise ConfigError(f"cannot read {value!r} as a number of trials; write 50, or +20 for 20 more than a run has")
    if int(digits) < 1:
        raise ConfigError(f"trials is {text}; it must be at least 1")
    return (None, int(digits)) if text.startswith("+") else (int(digits), 0)


def parse_budget(value: str | float | None) -> tuple[float | None, float]:
    """Seconds in all, and seconds beyond those that a run has used: one of both is said.

    >>> parse_budget("10m"), parse_budget("+10m"), parse_budget(None)
    ((600.0, 0.0), (None, 600.0), (None, 0.0))

    Raises:
        ConfigError: It is no duration, or not positive.
    """
    if value is None:
        return None, 0.0
    text = str(value).strip()
    return (None, parse_duration(text[1:])) if text.startswith("+") else (parse_duration(value), 0.0)


def parse_gpus(value: str | Iterable[int] | None) -> tuple[int, ...] | None:
    """Numbers of GPUs, from 0; ``none`` for the CPU alone, None for all there are.

    >>> parse_gpus("0,1"), parse_gpus("none"), parse_gpus([2])
    ((0, 1), (), (2,))

    Raises:
        ConfigError: It is no list of different numbers.
    """
    if value is None:
        return None
    items = parse_list(value) if isinstance(value, str) else tuple(map(str, value))
    if items == ("none",) or not (items or isinstance(value, str)):
        return ()
    if not items or not all(re.fullmatch(r"[0-9]+", item) for item in items) or len(set(items)) < len(items):
        raise ConfigError(f"cannot read {value!r} as GPUs; write their numbers, for example 0,1, or none")
    return tuple(map(int, items))


def parse_list(text: str, convert: Callable[[str], str] = str.strip) -> tuple[str, ...]:
    """The items of a comma-separated option, empty ones left out.

    >>> parse_list("keras, savedmodel")
    ('keras', 'savedmodel')
    """
    return tuple(item for item in map(convert, text.split(",")) if item)
