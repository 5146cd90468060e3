"""The operations of tables do what NumPy does, and are saved with the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from automl import ops
from automl.arch import Architecture, Input, Node, build_model, enclose
from automl.data.tables.contract import Column, TableContract
from automl.data.tables.encode import RawTable, working
from automl.errors import ShapeError, SpaceError

VALUES = [["a", "b"], ["x", "\U0001f600", "ü"]]
TEXTS = np.array([["a", ""], ["b", "ü"], ["", "\U0001f600"], ["c", "X"]], dtype=object)


def model_of(op: ops.Op, shape: ops.Shape, dtype: str = "float32"):
    import keras

    given = keras.Input(shape, dtype=dtype)
    return keras.Model(given, op.build(shape, name="op")(given))


def saved(model, tmp_path: Path):
    import keras

    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)


def test_codes_are_those_of_the_reader(tmp_path: Path) -> None:
    import tensorflow as tf

    op = ops.create("lookup", {"values": VALUES})
    columns = tuple(Column(name=str(i), kind="category", values=tuple(values)) for i, values in enumerate(VALUES))
    expected = working(RawTable(np.zeros((4, 0), np.float32), TEXTS), TableContract(columns=columns))
    model = model_of(op, (2,), "string")
    for each in (model, saved(model, tmp_path)):
        np.testing.assert_array_equal(each.predict_on_batch(tf.constant(TEXTS.tolist())), expected)
    assert op.infer((2,)) == (2,)
    assert op.cost((2,)).parameters == model.count_params() == 0
    assert op.arguments() == {"values": VALUES}


def test_numbers_are_scaled_bent_and_filled(tmp_path: Path) -> None:
    args = {"center": [1, 2], "scale": [1, 2], "gaps": [1], "codes": 1, "limit": 3.0}
    model = model_of(ops.create("tidy", args), (3,))
    x = np.array([[1, np.nan, 7], [4, 4, 8], [-1e30, 1e30, 9]], np.float32)
    expected = [[0, 0, 1, 7], [3 / 2**0.5, 1 / (1 + 1 / 9) ** 0.5, 0, 8], [-3, 3, 0, 9]]
    for each in (model, saved(model, tmp_path)):
        np.testing.assert_allclose(each.predict_on_batch(x), expected, rtol=1e-5, atol=1e-6)


def test_every_code_has_its_own_vector_or_indicator(tmp_path: Path) -> None:
    op = ops.create("columns", {"dim": 2, "few": 3, "codes": [3, 4, 2, 5]})
    model = model_of(op, (5,))
    rows = np.array([[0.5, a, b, c, d] for a in range(3) for b in range(4) for c in range(2) for d in range(5)], "f4")
    answer = model.predict_on_batch(rows)
    np.testing.assert_array_equal(saved(model, tmp_path).predict_on_batch(rows), answer)
    number, first, third, vectors = answer[:, 0], answer[:, 1:4], answer[:, 4:6], answer[:, 6:]
    assert (number == 0.5).all()
    np.testing.assert_array_equal(first, np.eye(3)[rows[:, 1].astype(int)])
    np.testing.assert_array_equal(third, np.eye(2)[rows[:, 3].astype(int)])
    table = np.asarray(model.get_layer("op__many").embeddings)
    np.testing.assert_array_equal(vectors[:, :2], table[rows[:, 2].astype(int)])
    np.testing.assert_array_equal(vectors[:, 2:], table[4 + rows[:, 4].astype(int)])


def test_waves_are_cosines() -> None:
    model = model_of(ops.create("columns", {"waves": 2}), (3,))
    layer = model.get_layer("op__waves")
    slope, offset = np.asarray(layer.kernel)[0], np.asarray(layer.bias).reshape(3, 2)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("f4")
    answer = model.predict_on_batch(x)
    np.testing.assert_array_equal(answer[:, :3], x)
    np.testing.assert_allclose(answer[:, 3:].reshape(5, 3, 2), np.cos(x[:, :, None] * slope + offset), atol=1e-5)


def test_what_is_known_of_the_data_is_completed() -> None:
    kind = ops.get("columns")
    assert kind.completed({"dim": 2}, (3, 4)) == {"dim": 2, "codes": [3, 4]}
    assert kind.completed({"codes": [9]}, (3, 4)) == {"codes": [9]}
    assert ops.get("dense").completed({"units": 2}, (3,)) == {"units": 2}


@pytest.mark.parametrize(
    ("name", "args", "shape", "message"),
    [
        ("lookup", {"values": [["a"]]}, (2,), "has vocabularies for 1 columns"),
        ("tidy", {"center": [1], "scale": [1, 2]}, (1,), "has 1 centers, 2 scales"),
        ("tidy", {"center": [1], "scale": [1], "gaps": [1]}, (1,), r"gaps at \[1\]"),
        ("columns", {"codes": [2, 3]}, (1,), "with 2 codes behind them"),
        ("columns", {}, (4, 3), "reads a row of numbers"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, args: dict[str, object], shape: ops.Shape, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        ops.create(name, args).infer(shape)


def network(width: int) -> Architecture:
    nodes = [Node("a", "columns", {"codes": [4, 5]}, ("table",)), Node("b", "head", {"units": 2}, ("a",))]
    return Architecture.assemble({"table": Input((width,))}, nodes, {"value": "b"})


FRONT = Architecture.assemble(
    {"numbers": Input((3,)), "categories": Input((2,), "string")},
    [Node("c", "lookup", {"values": VALUES}, ("categories",)), Node("j", "concat", {}, ("numbers", "c"))],
    {"table": "j"},
)
TIDY = {"table": [{"op": "tidy", "args": {"center": [0, 0, 0], "scale": [1, 1, 1], "gaps": [1], "codes": 2}}]}


def test_a_model_around_a_network_takes_raw_cells_and_answers_numbers(tmp_path: Path) -> None:
    import tensorflow as tf

    core = build_model(network(6), preprocessing=TIDY, shapes={"table": (5,)})
    scale = {"mean": [1e5, -3.0], "scale": [1e4, 2.0]}
    whole = enclose(core, network(6), fronts={"table": FRONT}, scales={"value": scale})
    numbers = np.array([[1, np.nan, 3], [2, 3, np.nan], [3, 4, 5], [0, 0, 0]], np.float32)
    fed = {"numbers": numbers, "categories": tf.constant(TEXTS.tolist())}
    codes = np.array([[2, 0], [3, 4], [0, 3], [1, 1]], np.float32)
    expected = core.predict_on_batch(np.concatenate([numbers, codes], axis=1)) * scale["scale"] + scale["mean"]
    for each in (whole, saved(whole, tmp_path)):
        np.testing.assert_allclose(each.predict_on_batch(fed), expected, rtol=1e-6)
    for one, other in zip(whole.get_weights(), core.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_network_with_nothing_around_it_stays_itself() -> None:
    core = build_model(network(5))
    assert enclose(core, network(5), fronts={}, scales={}) is core


def test_preprocessing_must_make_what_the_network_reads() -> None:
    with pytest.raises(SpaceError, match="preprocessing makes 6 of the input 'table', and the network reads 9"):
        build_model(network(9), preprocessing=TIDY, shapes={"table": (5,)})
