"""The parity check finds what it is there to find."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from automl.errors import ExportError
from automl.export.adapters.pictures import probe_pictures
from automl.export.parity import check_parity

PICTURES = probe_pictures((6, 5, 3))


def answers(x: np.ndarray) -> np.ndarray:
    means = x.reshape(len(x), -1).mean(axis=1, dtype=np.float64) / 255
    return np.stack([means, 1 - means], axis=1).astype(np.float32)


def test_equal_answers_pass_and_the_largest_difference_is_told() -> None:
    assert check_parity(answers, answers, PICTURES, what="x") == 0.0
    assert check_parity(answers, lambda x: answers(x) + np.float32(5e-6), PICTURES, what="x") == pytest.approx(
        5e-6, rel=0.05
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: answers(x) + 2e-5,
        lambda x: np.full((len(x), 2), np.nan),
        lambda x: answers(x)[:, :1],
        lambda x: answers(x)[:, ::-1],
        lambda x: answers(x) if len(x) > 1 else answers(x) + 1e-4,
        lambda x: answers(x) if x.max() < 255 else answers(x) + 1e-4,
    ],
    ids=["off", "nan", "shape", "columns", "batch of one", "bright pictures"],
)
def test_wrong_answers_are_found(wrong) -> None:
    with pytest.raises(ExportError, match="the thing does not answer"):
        check_parity(answers, wrong, PICTURES, what="the thing")


def test_answers_that_differ_only_the_second_time_are_found() -> None:
    calls = itertools.count()

    with pytest.raises(ExportError):
        check_parity(answers, lambda x: answers(x) + (1e-3 if next(calls) == 1 else 0.0), PICTURES, what="x")


def test_one_wrong_picture_that_is_nan_is_not_outvoted() -> None:
    def one_nan(x: np.ndarray) -> np.ndarray:
        found = answers(x)
        found[-1] = np.nan
        return found

    with pytest.raises(ExportError, match="nan"):
        check_parity(answers, one_nan, PICTURES, what="x")


def test_probes_are_repeatable_and_span_the_range() -> None:
    whole = probe_pictures((6, 5, 3))
    parts = probe_pictures((6, 5, 3), low=-2.0, high=1.5, whole=False)

    np.testing.assert_array_equal(whole, probe_pictures((6, 5, 3)))
    assert (whole.dtype, whole.min(), whole.max()) == (np.uint8, 0, 255)
    assert (parts.dtype, parts.min(), parts.max()) == (np.float32, -2.0, 1.5)
