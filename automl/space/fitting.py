"""Bringing a tensor to the shape of another, so that both can be merged."""

from __future__ import annotations

from automl.errors import ShapeError
from automl.ops import Shape
from automl.ops.shapes import show
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, located


def project(
    x: Flow,
    wanted: Shape,
    here: Place,
    assembly: Assembly,
    mark: Mark | None,
    *,
    advice: str = "give 'shortcut' nodes of its own",
    pool: bool = False,
) -> Flow:
    """``x`` in the shape ``wanted``: a 1x1 convolution and normalisation; ``dense`` for vectors.

    A smaller map comes from a step of the convolution (He et al., 2016), or with ``pool`` from an average over what the
    step would leave out.

    Raises:
        ShapeError: No step leads there.
    """
    shape = assembly.shape(x)
    if len(shape) == 1 == len(wanted):
        x = assembly.layer("dense", {"units": wanted[-1], "use_bias": False}, x, here=here.child("dense"), mark=mark)
        return assembly.layer("bn", {}, x, here=here.child("bn"), mark=mark)
    stride = _stride(shape, wanted)
    if stride is None:
        message = f"no shortcut leads from {show(shape)} to {show(wanted)}; {advice}"
        raise located(ShapeError(message), mark, here.path)
    if pool and stride > 1:
        args = {"size": stride, "stride": stride, "padding": "same"}
        x, stride = assembly.layer("avgpool", args, x, here=here.child("avgpool"), mark=mark), 1
    args = {"filters": wanted[-1], "kernel": 1, "stride": stride, "use_bias": False}
    x = assembly.layer("conv", args, x, here=here.child("conv"), mark=mark)
    return assembly.layer("bn", {}, x, here=here.child("bn"), mark=mark)


def _stride(x: Shape, y: Shape) -> int | None:
    """The one step along all axes that brings the map of ``x`` to that of ``y`` under ``same`` padding."""
    if len(x) != len(y) or y[-1] is None:
        return None
    pairs = list(zip(x[:-1], y[:-1], strict=True))
    largest = max((size for size, _ in pairs if size is not None), default=1)
    for stride in range(1, largest + 1):
        if all(_lands(size, wanted, stride) for size, wanted in pairs):
            return stride
    return None


def _lands(size: int | None, wanted: int | None, stride: int) -> bool:
    if size is None or wanted is None:
        return size is wanted and stride == 1
    return -(-size // stride) == wanted
