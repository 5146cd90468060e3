"""Data: read once, checked, split, and kept as memory-mapped arrays.

``read_images`` and ``read_arrays`` give a ``Dataset`` in the cache; ``PreparedData`` says which of its rows train and
validate and what was fitted on them; ``ImageContract`` says what one picture looks like; ``decode_picture`` is the one
way from a file to pixels.
"""

from __future__ import annotations

from automl.data.contract import ImageContract
from automl.data.dataset import Dataset
from automl.data.prepared import PreparedData, Rows, RowView
from automl.data.split import Split, split_rows

__all__ = [
    "Dataset",
    "ImageContract",
    "PreparedData",
    "RowView",
    "Rows",
    "Split",
    "split_rows",
]
