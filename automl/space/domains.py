"""Domains: what an open question may be answered with.

A domain is constant: one name has one domain for ever, which is what samplers with a memory rely on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from automl.errors import SpaceError
from automl.space.document import Scalar

if TYPE_CHECKING:
    import numpy as np

_LARGEST = 2**53  # what a float holds exactly; databases and samplers keep numbers as floats


@dataclass(frozen=True, slots=True)
class Categorical:
    """One of several scalars without an order.

    Attributes:
        choices: The scalars, no two of them equal.
        default: One of them.
    """

    choices: tuple[Scalar, ...]
    default: Scalar

    def __post_init__(self) -> None:
        if not self.choices:
            raise SpaceError("an empty choice; give at least one value")
        for position, choice in enumerate(self.choices):
            _check_finite(choice)
            if choice in self.choices[:position]:
                raise SpaceError(f"the choice {choice!r} stands there twice (1, 1.0 and true are equal)")
        object.__setattr__(self, "default", self.settle(self.default))

    def settle(self, value: Scalar) -> Scalar:
        """The choice equal to ``value``; SpaceError if there is none."""
        for choice in self.choices:
            if choice == value and isinstance(choice, bool) == isinstance(value, bool):
                return choice
        raise SpaceError(f"{value!r} is none of {', '.join(map(repr, self.choices))}")

    def sample(self, rng: np.random.Generator) -> Scalar:
        """A uniform draw."""
        return self.choices[int(rng.integers(len(self.choices)))]

    def corners(self) -> tuple[Scalar, ...]:
        """The values that show whether all are acceptable: every one."""
        return self.choices


@dataclass(frozen=True, slots=True)
class IntRange:
    """Whole numbers from ``low`` to ``high``, both included, ``step`` apart; ``log`` is even in the logarithm."""

    low: int
    high: int
    step: int = 1
    log: bool = False
    default: int | None = None

    def __post_init__(self) -> None:
        _check_range(self.low, self.high, self.step, self.log)
        if self.log and self.step != 1:
            raise SpaceError("'log' and 'step' exclude each other; leave one out")
        object.__setattr__(self, "default", self.settle(self.low if self.default is None else self.default))

    def settle(self, value: Scalar) -> int:
        """``value`` as a member of the range; SpaceError if it is none."""
        number = _whole(value)
        if not self.low <= number <= self.high or (number - self.low) % self.step:
            by = f" in steps of {self.step}" if self.step != 1 else ""
            raise SpaceError(f"{value!r} is not between {self.low} and {self.high}{by}")
        return number

    def sample(self, rng: np.random.Generator) -> int:
        """A uniform draw, or a log-uniform one."""
        if self.log:
            drawn = math.exp(rng.uniform(math.log(self.low - 0.5), math.log(self.high + 0.5)))
            return min(max(round(drawn), self.low), self.high)
        return self.low + self.step * int(rng.integers((self.high - self.low) // self.step + 1))

    def corners(self) -> tuple[int, ...]:
        """The values that show whether all are acceptable: both ends and the default."""
        return (self.low, self.high, self.settle(self.default))


@dataclass(frozen=True, slots=True)
class FloatRange:
    """Numbers from ``low`` to ``high``, both included; with ``step``, only the multiples of it above ``low``."""

    low: float
    high: float
    step: float | None = None
    log: bool = False
    default: float | None = None

    def __post_init__(self) -> None:
        _check_range(self.low, self.high, self.step, self.log)
        if self.log and self.step is not None:
            raise SpaceError("'log' and 'step' exclude each other; leave one out")
        for field in ("low", "high"):
            object.__setattr__(self, field, float(getattr(self, field)))
        object.__setattr__(self, "default", self.settle(self.low if self.default is None else self.default))

    def settle(self, value: Scalar) -> float:
        """``value`` as a member of the range, rounding errors of the grid removed; SpaceError if it is none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SpaceError(f"{value!r} is no number")
        if self.step is not None and math.isfinite(value):
            value = self._on_grid(float(value))
        if not self.low <= value <= self.high:
            raise SpaceError(f"{value!r} is not between {self.low} and {self.high}")
        return float(value)

    def _on_grid(self, value: float) -> float:
        # 0.1 * 3 is 0.30000000000000004 in binary: count steps in decimal so that equal choices are equal numbers.
        low, step = _decimal(self.low), _decimal(self.step)
        nearest = float(low + round((_decimal(value) - low) / step) * step)
        if abs(nearest - value) > 1e-9 * max(1.0, abs(value)):
            raise SpaceError(f"{value!r} is not {self.low} plus a multiple of {self.step}")
        return nearest

    def sample(self, rng: np.random.Generator) -> float:
        """A uniform draw, or a log-uniform one."""
        if self.step is not None:
            steps = round((_decimal(self.high) - _decimal(self.low)) / _decimal(self.step))
            return self.settle(self.low + int(rng.integers(steps + 1)) * self.step)
        if self.log:
            drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
            return min(max(drawn, self.low), self.high)
        return float(rng.uniform(self.low, self.high))

    def corners(self) -> tuple[float, ...]:
        """The values that show whether all are acceptable: both ends and the default."""
        return (self.low, self.high, self.settle(self.default))


@dataclass(frozen=True, slots=True)
class PowerOfTwo:
    """Powers of two from ``low`` to ``high``, both included: the values themselves (64), not their exponents (6)."""

    low: int
    high: int
    default: int | None = None

    def __post_init__(self) -> None:
        for bound in (self.low, self.high):
            if isinstance(bound, bool) or not isinstance(bound, int) or bound < 1 or bound & (bound - 1):
                raise SpaceError(f"{bound!r} is no power of two")
        _check_range(self.low, self.high, 1, False)
        object.__setattr__(self, "default", self.settle(self.low if self.default is None else self.default))

    def settle(self, value: Scalar) -> int:
        """``value`` as a member of the range; SpaceError if it is none."""
        number = _whole(value)
        if number < 1 or number & (number - 1):
            raise SpaceError(f"{value!r} is no power of two")
        if not self.low <= number <= self.high:
            raise SpaceError(f"{number!r} is not between {self.low} and {self.high}")
        return number

    def sample(self, rng: np.random.Generator) -> int:
        """Uniform over the exponents."""
        return int(2 ** int(rng.integers(self.low.bit_length() - 1, self.high.bit_length())))

    def corners(self) -> tuple[int, ...]:
        """The values that show whether all are acceptable: both ends and the default."""
        return (self.low, self.high, self.settle(self.default))


Domain: TypeAlias = Categorical | IntRange | FloatRange | PowerOfTwo


def _whole(value: Scalar) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not float(value).is_integer():  # type: ignore[arg-type]
        raise SpaceError(f"{value!r} is no whole number")
    return int(value)  # type: ignore[arg-type]


def _decimal(value: float | None) -> Decimal:
    return Decimal(repr(value))


def _check_finite(value: Scalar) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise SpaceError(f"{value!r} is no finite number")


def _check_range(low: float, high: float, step: float | None, log: bool) -> None:
    for bound in (low, high, *([] if step is None else [step])):
        _check_finite(bound)
        if abs(bound) > _LARGEST:
            raise SpaceError(f"{bound!r} is too large; bounds are at most 2**53")
    if low > high:
        raise SpaceError(f"the range [{low}, {high}] is empty; write the smaller bound first")
    if log and low <= 0:
        raise SpaceError(f"a 'log' range begins above 0, not at {low}")
    if step is None:
        return
    if step <= 0:
        raise SpaceError(f"'step' must be positive, got {step!r}")
    if (_decimal(high) - _decimal(low)) % _decimal(step):
        raise SpaceError(f"{high} is not {low} plus a multiple of the step {step}")
