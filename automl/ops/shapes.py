"""Shapes without the batch axis, channels last, and the small sums over them that operations share."""

from __future__ import annotations

import math

from automl.errors import ShapeError

Shape = tuple[int | None, ...]
"""Sizes of the axes without the batch axis, channels last; None is an axis whose size is not known."""


def show(shape: Shape) -> str:
    """A shape for people.

    >>> show((28, None, 3))
    '28x?x3'
    """
    return "x".join("?" if axis is None else str(axis) for axis in shape) or "scalar"


def size(shape: Shape) -> int:
    """How many numbers; an unknown axis counts as one.

    >>> size((4, None, 3))
    12
    """
    return math.prod(axis or 1 for axis in shape)


def channels(op: str, shape: Shape) -> int:
    """The last axis, which must be there and known.

    Raises:
        ShapeError: It is not.
    """
    if not shape or shape[-1] is None:
        raise ShapeError(f"{op!r} needs an input whose last axis is known")
    return shape[-1]


def spatial(op: str, shape: Shape, *, ranks: tuple[int, ...] = (1, 2, 3)) -> Shape:
    """The axes before the channels, of which there must be a number in ``ranks``.

    Raises:
        ShapeError: There are more or fewer.
    """
    axes = shape[:-1]
    if len(axes) not in ranks:
        wanted = f"{ranks[0]}" if len(ranks) == 1 else f"{ranks[0]} to {ranks[-1]}"
        raise ShapeError(f"{op!r} needs a map with {wanted} spatial ax{'is' if wanted == '1' else 'es'} and channels")
    return axes


def spread(op: str, argument: str, window: int | tuple[int, ...], rank: int) -> tuple[int, ...]:
    """One number an axis.

    >>> spread("conv", "kernel", 3, 2)
    (3, 3)

    Raises:
        ShapeError: A list of another length.
    """
    if isinstance(window, int):
        return (window,) * rank
    if len(window) != rank:
        axes = "1 spatial axis" if rank == 1 else f"{rank} spatial axes"
        raise ShapeError(
            f"argument {argument!r} of {op!r} is {list(window)}; the input has {axes}, "
            f"so it must be a number or a list of {rank}"
        )
    return window


def slide(
    op: str, axes: Shape, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], *, padded: bool
) -> Shape:
    """Where a window fits while it slides over ``axes``: the output's spatial axes.

    Raises:
        ShapeError: A window without padding is larger than the map.
    """
    return tuple(
        _slide(op, axis, k, s, d, padded=padded) for axis, k, s, d in zip(axes, kernel, stride, dilation, strict=True)
    )


def _slide(op: str, axis: int | None, kernel: int, stride: int, dilation: int, *, padded: bool) -> int | None:
    if axis is None:
        return None
    if padded:
        return -(-axis // stride)
    reach = dilation * (kernel - 1) + 1
    if reach > axis:
        raise ShapeError(
            f"the window of {op!r} is {reach} wide but the map only {axis}; use padding 'same' or a smaller window"
        )
    return (axis - reach) // stride + 1
