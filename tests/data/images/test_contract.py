"""The contract is a value that survives JSON and refuses nonsense."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from automl.data import ImageContract
from automl.data.images.pictures import Header
from automl.data.images.sizes import working_contract


def test_a_contract_survives_json() -> None:
    contract = ImageContract(shape=(8, 9, 2), mode="channels", dtype="float32", value_range=(-1.5, 2.0))
    assert ImageContract.from_json(json.loads(json.dumps(contract.to_json()))) == contract


@pytest.mark.parametrize(
    "change",
    [{"shape": (8, 8, 3)}, {"shape": (0, 8, 1)}, {"mode": "hsv"}, {"dtype": "int32"}, {"resize": "crop"}, {"x": 1}],
)
def test_nonsense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ImageContract.from_json({"shape": (8, 8, 1), "mode": "grey"} | change)


def header(height: int, width: int, *, grey: bool = False) -> Header:
    return Header(height, width, grey=grey)


def test_pictures_of_one_size_keep_it() -> None:
    assert working_contract([header(28, 30, grey=True)] * 3).shape == (28, 30, 1)


def test_large_pictures_keep_their_proportions_under_the_cap() -> None:
    assert working_contract([header(600, 1200)]).shape == (64, 128, 3)
    assert working_contract([header(1200, 600)]).shape == (128, 64, 3)
    assert working_contract([header(1, 5000)]).shape == (1, 128, 3)


def test_mixed_sizes_meet_at_their_medians() -> None:
    assert working_contract([header(10, 40), header(20, 50), header(90, 60)]).shape == (20, 50, 3)


def test_one_coloured_picture_makes_the_set_coloured() -> None:
    assert working_contract([header(8, 8, grey=True), header(8, 8)]).mode == "rgb"
    assert working_contract([header(8, 8, grey=True)] * 2).mode == "grey"
