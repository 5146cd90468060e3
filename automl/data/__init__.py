"""Data: read once, checked, split, and kept as memory-mapped arrays.

``read_images`` and ``read_arrays`` give a ``Dataset`` in the cache; ``PreparedData`` says which of its rows train and
validate and what was fitted on them; ``ImageContract`` says what one picture looks like; ``decode_picture`` is the one
way from a file to pixels, and ``conform`` the one way from arrays. ``list_pictures``, ``list_class_folder`` and
``read_npz`` say what a source holds.
"""

from __future__ import annotations

from automl.data.cache import CacheEntry, cache_root, clear_cache, list_cache
from automl.data.checks import check_splittable
from automl.data.dataset import Dataset
from automl.data.folder import Listing, Part, folder_parts, list_class_folder, list_pictures
from automl.data.folds import folds_of_classes, folds_of_groups, folds_of_strata
from automl.data.forecast.contract import ForecastContract
from automl.data.images.arrays import conform
from automl.data.images.contract import ImageContract
from automl.data.images.pictures import PictureError, decode_picture
from automl.data.images.read import parts_of, read_arrays, read_images
from automl.data.images.statistics import fit_normalization
from automl.data.images.traits import may_mirror
from automl.data.kinds import InputContract, read_input
from automl.data.labels import as_labels, encode_as
from automl.data.npz import npz_parts, read_npz
from automl.data.prepared import PreparedData, Rows, RowView
from automl.data.split import Split, ranges_of, split_groups, split_rows
from automl.data.tables.contract import Column, LeftOut, TableContract
from automl.data.targets import ClassTarget, Label, LabelTarget, NumberTarget, TargetContract, classes_of

__all__ = [
    "CacheEntry",
    "ClassTarget",
    "Column",
    "Dataset",
    "ForecastContract",
    "ImageContract",
    "InputContract",
    "Label",
    "LabelTarget",
    "LeftOut",
    "Listing",
    "NumberTarget",
    "Part",
    "PictureError",
    "PreparedData",
    "RowView",
    "Rows",
    "Split",
    "TableContract",
    "TargetContract",
    "as_labels",
    "cache_root",
    "check_splittable",
    "classes_of",
    "clear_cache",
    "conform",
    "decode_picture",
    "encode_as",
    "fit_normalization",
    "folder_parts",
    "folds_of_classes",
    "folds_of_groups",
    "folds_of_strata",
    "list_cache",
    "list_class_folder",
    "list_pictures",
    "may_mirror",
    "npz_parts",
    "parts_of",
    "ranges_of",
    "read_arrays",
    "read_images",
    "read_input",
    "read_npz",
    "split_groups",
    "split_rows",
]
