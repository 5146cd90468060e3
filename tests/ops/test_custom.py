"""A person's own layer is an operation like any other."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from automl import ops
from automl.arch import Architecture, Input, Node, build_model, summarize
from automl.errors import ShapeError, SpaceError
from automl.ops import registry

# TensorFlow's variables answer NumPy 2 in the old way; Keras reads them so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

FOLDER = Path(__file__).parent


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    monkeypatch.setattr(registry, "_registry", dict(registry._registry))


@pytest.fixture
def scale(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The layer of own_layers.py."""
    monkeypatch.syspath_prepend(FOLDER)
    ops.import_layers([])
    sys.modules.pop("own_layers", None)
    import own_layers

    yield own_layers.Scale
    sys.modules.pop("own_layers", None)


def test_its_arguments_are_those_of_its_constructor(scale: Any) -> None:
    op = ops.create("own_scale", {"start": 2})
    assert op.arguments() == {"start": 2.0, "per_channel": True}
    assert (type(op).origin, type(op).travels) == ("own_layers:Scale", True)
    for args, message in [
        ({"strat": 2}, "unknown argument 'strat' of 'own_scale'; did you mean 'start'?"),
        ({"start": "2"}, "argument 'start' of 'own_scale' is '2'; it must be a number"),
        ({"per_channel": 1}, "argument 'per_channel' of 'own_scale' is 1; it must be true or false"),
    ]:
        with pytest.raises(SpaceError, match=re.escape(message)):
            ops.create("own_scale", args)


def test_keras_answers_for_it_and_leaves_no_trace_in_the_random_state(scale: Any) -> None:
    state = random.getstate()
    op = ops.create("own_scale", {})
    assert op.infer((4, 4, 3)) == (4, 4, 3)
    assert op.infer((None, 5)) == (None, 5)
    assert op.cost((4, 4, 3)) == ops.Cost(parameters=3, flops=6, activations=48)
    assert random.getstate() == state


def test_it_stands_in_networks_shared_saved_and_loaded_where_its_module_is_imported(scale: Any, tmp_path: Path) -> None:
    nodes = [
        Node("a", "own_scale", {"start": 3}, ("x",), weights="w"),
        Node("b", "own_scale", {"start": 3}, ("a",), weights="w", name="twice"),
    ]
    architecture = Architecture.assemble({"x": Input((4,))}, nodes, {"y": "b"})
    model = build_model(architecture)
    assert model.count_params() == summarize(architecture).parameters == 4
    rows = np.ones((2, 4), "float32")
    np.testing.assert_allclose(model.predict(rows, verbose=0), 9 * rows)
    model.save(tmp_path / "model.keras")
    program = """
import sys
sys.path.insert(0, sys.argv[2])
from automl import ops
ops.import_layers(["own_layers:Scale"])
import keras, numpy as np
model = keras.models.load_model(f"{sys.argv[1]}/model.keras", safe_mode=True)
assert (model.predict(np.ones((2, 4), "float32"), verbose=0) == 9).all()
"""
    arguments = [sys.executable, "-c", program, str(tmp_path), str(FOLDER)]
    run = subprocess.run(arguments, check=False, capture_output=True, text=True, timeout=200)
    assert run.returncode == 0, run.stderr


def test_two_inputs_an_infer_and_a_cost_of_its_own_need_no_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    def bilinear_shape(op: Any, x: ops.Shape, y: ops.Shape) -> ops.Shape:
        if len(x) != 1 or len(y) != 1:
            raise ShapeError("'bilinear' needs two vectors")
        return (op.units,)

    def bilinear_cost(op: Any, x: ops.Shape, y: ops.Shape) -> ops.Cost:
        return ops.Cost(parameters=ops.size(x) * ops.size(y) * op.units)

    @ops.register_layer("bilinear", infer=bilinear_shape, cost=bilinear_cost)
    class Bilinear(keras.Layer):
        """x W y."""

        def __init__(self, units: int, shape: tuple[int, ...] = (1, 2), **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, x_shape: Any, y_shape: Any) -> None:
            self.kernel = self.add_weight(shape=(x_shape[-1], y_shape[-1], self.units), name="kernel")

        def call(self, x: Any, y: Any, training: bool = False) -> Any:
            return keras.ops.einsum("bi,bj,ijk->bk", x, y, self.kernel)

    op = ops.create("bilinear", {"units": 5, "shape": [3, 4]})
    assert op.arguments() == {"units": 5, "shape": [3, 4]}
    assert (op.min_inputs, op.max_inputs) == (2, 2)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "keras", None)
        assert op.infer((3,), (4,)) == (5,)
        assert op.cost((3,), (4,)).parameters == 60
    inputs = [keras.Input((3,)), keras.Input((4,))]
    model = keras.Model(inputs, op.build((3,), (4,), name="op")(*inputs))
    assert model.output.shape == (None, 5)
    assert model.count_params() == 60
    with pytest.raises(ShapeError, match="'bilinear' takes 2 inputs, got 1"):
        op.infer((3,))


def test_a_layer_that_takes_a_list_gets_one() -> None:
    import keras

    @ops.register_layer("mean_of", inputs=2)
    class MeanOf(keras.layers.Average):
        """The mean of two."""

    op = ops.create("mean_of", {})
    assert op.infer((3,), (3,)) == (3,)
    assert op.cost((3,), (3,)).activations == 3


def test_a_layer_of_this_process_cannot_travel() -> None:
    import keras

    @ops.register_layer("here_only")
    class HereOnly(keras.Layer):
        """Stands inside a function."""

        def call(self, x: Any) -> Any:
            return x

    assert not ops.get("here_only").travels
    (origin,) = ops.origins(["conv", "here_only"])
    assert origin.endswith("HereOnly")
    assert ops.origins(["conv", "dense"]) == ()


def test_a_notebook_cell_can_be_run_again_but_a_name_is_not_taken_twice() -> None:
    import keras

    def cell(default: int) -> None:
        @ops.register_layer("again")
        class Again(keras.Layer):
            """Changed between two runs."""

            def __init__(self, size: int = default, **kwargs: Any) -> None:
                super().__init__(**kwargs)

    cell(1)
    cell(2)
    assert ops.create("again", {}).arguments() == {"size": 2}
    with pytest.raises(SpaceError, match=r"there is an operation 'conv' already: Conv; give .*Other another name"):

        @ops.register_layer("conv")
        class Other(keras.Layer):
            """Something else."""


def test_what_goes_wrong_inside_says_where() -> None:
    import keras

    @ops.register_layer("picky")
    class Picky(keras.Layer):
        """Takes nothing."""

        def __init__(self, mode: Literal["a", "b"] = "a", **kwargs: Any) -> None:
            super().__init__(**kwargs)

        def call(self, x: Any) -> Any:
            raise RuntimeError("not today\nor tomorrow")

    with pytest.raises(ShapeError, match=r"^'picky' cannot be built on 3x4: RuntimeError: not today$"):
        ops.create("picky", {}).infer((3, 4))
    with pytest.raises(SpaceError, match="argument 'mode' of 'picky' is 'c'; it must be one of 'a' or 'b'"):
        ops.create("picky", {"mode": "c"})


def test_a_constructor_that_yaml_cannot_call_is_refused() -> None:
    import keras

    class NoName(keras.Layer):
        def __init__(self, units: int) -> None:
            super().__init__()

    class Positional(keras.Layer):
        def __init__(self, *units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)

    class Callback(keras.Layer):
        def __init__(self, source: random.Random, **kwargs: Any) -> None:
            super().__init__(**kwargs)

    class Function(keras.Layer):
        def __init__(self, activation=abs, **kwargs: Any) -> None:  # type: ignore[no-untyped-def]
            super().__init__(**kwargs)

    class Clash(keras.Layer):
        def __init__(self, cost: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)

    for layer, message in [
        (NoName, r"NoName.__init__ must take \*\*kwargs and hand them to super"),
        (Positional, "argument 'units' of .*Positional has no name to be called by"),
        (Callback, "argument 'source' of .*Callback cannot be said in YAML; annotate it with int"),
        (Function, "argument 'activation' of .*Function cannot be said in YAML"),
        (Clash, "argument 'cost' of .*Clash has a name that operations use themselves"),
    ]:
        with pytest.raises(SpaceError, match=message):
            ops.register_layer("something")(layer)
    with pytest.raises(SpaceError, match="'My Layer' cannot name a layer; use small letters, digits and '_'"):
        ops.register_layer("My Layer")


def test_modules_that_bring_no_layer_are_refused() -> None:
    with pytest.raises(SpaceError, match="the layer no_such_module:Layer cannot be imported: No module named"):
        ops.import_layers(["no_such_module:Layer"])
    with pytest.raises(SpaceError, match="importing 'json' registers no layer json:Layer; decorate it with register_"):
        ops.import_layers(["json:Layer"])
