"""Compares a network that a space says with the same network written by hand in Keras."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.arch import Architecture, Input, build_model, summarize
from automl.space import DefaultDecider, ReplayDecider, Space

SPACES = Path(__file__).parent / "spaces"
ROWS = 4
HEAD = {"label": {"units": 10, "activation": "softmax"}}  # where a space leaves its output to the task
LOSSES = {
    "regression": "mean_squared_error",
    "classification": "sparse_categorical_crossentropy",
    "multilabel": "binary_crossentropy",
}

ByHand = Callable[..., Any]
Shapes = Mapping[str, tuple[int, ...]]


def _wiring() -> Any:
    spec = importlib.util.spec_from_file_location("networks_wiring", Path(__file__).with_name("wiring.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look their annotations up
    spec.loader.exec_module(module)
    return module


wired = _wiring().wired


@cache
def load_space(name: str) -> Space:
    """The space of a network."""
    return Space.load(SPACES / f"{name}.yaml")


def interpret_space(name: str, shapes: Shapes, params: Mapping[str, Any]) -> tuple[Space, Architecture]:
    """The network that a space says with its defaults, or with some other answers."""
    space = load_space(name)
    inputs = {key: Input(shape, _dtype(space, key)) for key, shape in shapes.items()}
    heads = {key: port.sample for key, port in space.outputs.items() if port.kind != "tensor"}
    decider = ReplayDecider(params, DefaultDecider())
    candidate = space.interpret(decider, inputs=inputs, heads=heads if space.outputs else HEAD)
    assert params.keys() <= candidate.params.keys()
    return space, candidate.architecture


def _dtype(space: Space, name: str) -> str:
    port = space.inputs.get(name)
    return "float32" if port is None else "int32" if port.kind == "text" else port.dtype


def _rows(architecture: Architecture) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    tokens = min((node.args["vocabulary"] for node in architecture.nodes if node.op == "embed"), default=0)
    return {
        name: rng.integers(0, tokens, (ROWS, *given.shape)).astype("int32")
        if given.dtype == "int32"
        else rng.normal(size=(ROWS, *given.shape)).astype("float32")
        for name, given in architecture.inputs.items()
    }


def _by_hand(write: ByHand, architecture: Architecture, options: Mapping[str, Any]) -> Any:
    import keras

    given = architecture.inputs
    inputs = {name: keras.Input(each.shape, dtype=each.dtype, name=name) for name, each in given.items()}
    return keras.Model(_alone(inputs), write(**inputs, **options))


def _train(model: Any, space: Space, rows: Mapping[str, np.ndarray], answers: Mapping[str, Any]) -> float:
    """The loss of one step on made-up targets."""
    rng = np.random.default_rng(1)
    losses, weights, targets = {}, {}, {}
    for name, answer in answers.items():
        port = space.outputs.get(name)
        loss = (port and port.loss) or LOSSES[str(port.kind) if port else "classification"]
        weights[name] = port.loss_weight if port else 1.0
        losses[name] = loss
        if loss == "ctc":
            targets[name] = rng.integers(1, answer.shape[-1], (ROWS, answer.shape[1] // 2))
        elif loss == "sparse_categorical_crossentropy":
            targets[name] = rng.integers(0, answer.shape[-1], answer.shape[:-1])
        else:
            targets[name] = rng.integers(0, 2, answer.shape).astype("float32")
    weighing = weights if len(weights) > 1 else None
    model.compile(optimizer="sgd", loss=_alone(losses), loss_weights=weighing, run_eagerly=True)
    return float(np.ravel(model.train_on_batch(_alone(rows), _alone(targets)))[0])


def _answers(model: Any, architecture: Architecture, rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    out = model(_alone(rows), training=False)
    out = out if isinstance(out, dict) else {next(iter(architecture.outputs)): out}
    return {name: np.asarray(values) for name, values in out.items()}


@pytest.fixture
def load() -> Callable[[str], Space]:
    """See ``load_space``."""
    return load_space


@pytest.fixture
def interpret() -> Callable[..., tuple[Space, Architecture]]:
    """See ``interpret_space``."""
    return interpret_space


@pytest.fixture
def compare() -> Callable[..., None]:
    """Fails unless the space of the name of a function is what the function writes by hand."""

    def check(write: ByHand, shapes: Shapes, params: Mapping[str, Any] | None = None, **options: Any) -> None:
        import keras

        keras.utils.set_random_seed(0)
        space, architecture = interpret_space(write.__name__, shapes, params or {})
        said, written = build_model(architecture), _by_hand(write, architecture, {**(params or {}), **options})
        (ours, our_layers), (theirs, their_layers) = (wired(each, sorted(shapes)) for each in (said, written))
        assert ours == theirs
        assert summarize(architecture).parameters == said.count_params() == written.count_params()
        rows = _rows(architecture)
        _settle(written, their_layers, rows)
        for mine, other in zip(our_layers, their_layers, strict=True):
            mine.set_weights(other.get_weights())
        answers, expected = _answers(said, architecture, rows), _answers(written, architecture, rows)
        assert answers.keys() == expected.keys()
        for name, values in expected.items():
            spread = float(np.ptp(values, axis=0).max())  # where all rows have one answer, nothing is compared
            assert spread > 1e-5
            np.testing.assert_allclose(answers[name], values, rtol=1e-5, atol=min(1e-5, spread / 50), err_msg=name)
        assert np.isfinite(_train(said, space, rows, answers))

    return check


@pytest.fixture
def add_positions() -> Callable[[Any], Any]:
    """A layer that adds a vector for each position, as one would write it: Keras itself has none."""
    import keras

    class PositionEmbedding(keras.layers.Layer):
        def build(self, shape: tuple[int | None, ...]) -> None:
            self.table = self.add_weight(shape=shape[1:], initializer="random_normal", name="table")

        def call(self, x: Any) -> Any:
            return x + self.table

    return PositionEmbedding()


def _settle(model: Any, layers: list[Any], rows: Mapping[str, np.ndarray]) -> None:
    """Fill the moving statistics, so that the signal does not fade on its way through a network without training."""
    norms = [layer for layer in layers if type(layer).__name__ == "BatchNormalization"]
    for layer in norms:
        layer.momentum = 0.0
    if norms:
        model(_alone(rows), training=True)


def _alone(values: Mapping[str, Any]) -> Any:
    """What a model takes: the one value, or all by name."""
    return dict(values) if len(values) > 1 else next(iter(values.values()))
