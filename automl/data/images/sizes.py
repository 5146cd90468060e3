"""The working size of a set of pictures, and whether it has colours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.data.images.contract import ImageContract
from automl.data.images.pictures import Header

LONGEST_SIDE = 128


def working_contract(headers: Sequence[Header], *, column: str = "") -> ImageContract:
    """What pictures with these headers are decoded to.

    Pictures of one size keep it; of several sizes the median height and the median width are taken. Then the longest
    side is brought down to 128 pixels and the other in proportion. Only grey pictures give one channel, else there
    are three.

    >>> working_contract([Header(240, 320, grey=False)]).shape
    (96, 128, 3)
    """
    height = float(np.median([header.height for header in headers]))
    width = float(np.median([header.width for header in headers]))
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    grey = all(header.grey for header in headers)
    shape = (max(1, round(height * scale)), max(1, round(width * scale)), 1 if grey else 3)
    return ImageContract(shape=shape, mode="grey" if grey else "rgb", column=column)
