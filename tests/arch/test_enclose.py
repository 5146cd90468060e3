from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.arch import Architecture, Input, Node, build_model, enclose, join
from automl.errors import SpaceError


def numbers(units: int, name: str) -> tuple[keras.Model, Architecture]:
    """A network from three numbers to one."""
    nodes = [Node("hidden", "dense", {"units": units}, ("x",)), Node("out", "dense", {"units": 1}, ("hidden",))]
    architecture = Architecture.assemble({"x": Input((3,), "float32")}, nodes, {"price": "out"})
    return build_model(architecture, name=name), architecture


@pytest.fixture
def networks():
    keras.utils.set_random_seed(3)
    return [numbers(4, "member_1"), numbers(7, "member_2")]


FRONT = Architecture.assemble(
    {"raw": Input((3,), "float32")}, [Node("twice", "rescale", {"scale": 2.0}, ("raw",))], {"x": "twice"}
)
SCALE = {"price": {"mean": [10.0], "scale": [5.0]}}
ROWS = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


@pytest.mark.parametrize("weights", [(1, 1), (3, 1)])
def test_joined_networks_answer_with_their_weighted_mean(networks, weights, tmp_path) -> None:
    (one, architecture), (other, _) = networks
    joined = join([one, other], architecture, weights=weights, fronts={"x": FRONT}, scales=SCALE)
    shares = np.array(weights) / sum(weights)
    expected = 10 + 5 * sum(
        share * np.asarray(each(2 * ROWS)) for share, each in zip(shares, (one, other), strict=True)
    )
    np.testing.assert_allclose(joined.predict_on_batch(ROWS), expected, rtol=1e-5)
    joined.save(tmp_path / "joined.keras")
    again = keras.saving.load_model(tmp_path / "joined.keras", safe_mode=True)
    np.testing.assert_allclose(again.predict_on_batch(ROWS), expected, rtol=1e-5)
    assert joined.count_params() == one.count_params() + other.count_params()
    assert [layer.name for layer in again.layers if "front" in layer.name] == ["x_front"]


def test_one_network_is_enclosed_as_it_is(networks) -> None:
    (one, architecture), _ = networks
    assert enclose(one, architecture, fronts={}, scales={}) is one
    model = enclose(one, architecture, fronts={}, scales=SCALE)
    np.testing.assert_allclose(model.predict_on_batch(ROWS), 10 + 5 * np.asarray(one(ROWS)), rtol=1e-5)


def test_two_inputs_of_one_name_are_refused() -> None:
    inputs = {name: Input((3,), "float32") for name in ("x", "raw")}
    nodes = [Node("both", "add", {}, ("x", "raw")), Node("out", "dense", {"units": 1}, ("both",))]
    architecture = Architecture.assemble(inputs, nodes, {"price": "out"})
    with pytest.raises(SpaceError, match="two inputs of the model are called 'raw'"):
        enclose(build_model(architecture), architecture, fronts={"x": FRONT}, scales=SCALE)
