"""The pages for people who come from other tools say what is true."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from automl.arch import Input, build_model, summarize
from automl.space import Candidate, DefaultDecider, Space

DOCS = Path(__file__).parents[2] / "docs"
COMING, COMPARISON = ((DOCS / f"{name}.md").read_text("utf-8") for name in ("coming-from", "comparison"))
PICTURES: dict[str, Any] = {
    "inputs": {"image": Input((28, 28, 1))},
    "heads": {"label": {"units": 10, "activation": "softmax"}},
}
LIKE_BUILD = {"num_layers": "layer/times", "dropout": "drop", "rate": "drop=on/dropout/rate", "lr": "train/lr"}
LIKE_STAGES = {"stages": "stage/times", "dropout": "dropout/rate", "lr": "train/lr"}


def snippets(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The snippet below a title of the comparison."""
    found: str = re.findall(r"```\w+\n(.*?)```", COMPARISON.partition(f"## {title}\n")[2], flags=re.DOTALL)[0]
    return found


class Answers:
    """Stands in for ``keras_tuner.HyperParameters``: answers from a point of ours, and checks the range asked for."""

    def __init__(self, point: Candidate, names: dict[str, str]) -> None:
        self.point, self.names, self.asked = point, names, set()

    def _answer(self, name: str) -> Any:
        stem, _, number = name.rpartition("_")
        kind = f"stage.{number}/kind"
        numbered = {"units": f"layer.{number}/dense/units", "kind": kind, "kernel": f"{kind}=conv/conv/kernel"}
        path = self.names.get(name) or numbered.get(stem) or name
        self.asked.add(path)
        return self.point.params[path]

    def Choice(self, name: str, values: list[Any]) -> Any:
        assert self._answer(name) in values
        return self._answer(name)

    def Boolean(self, name: str) -> Any:
        return self._answer(name)

    def Int(self, name: str, min_value: int, max_value: int, step: int = 1, default: int | None = None) -> Any:
        assert self._answer(name) in range(min_value, max_value + 1, step)
        return self._answer(name)

    def Float(self, name: str, low: float, high: float, **sampling: Any) -> Any:
        assert low <= self._answer(name) <= high
        return self._answer(name)

    def conditional_scope(self, name: str, values: list[Any]) -> Any:
        return nullcontext()


@pytest.mark.parametrize(
    ("space", "function", "names"),
    [
        (snippets(COMING, "yaml")[0], snippets(COMING, "python")[0], LIKE_BUILD),
        (section("Here"), section("KerasTuner"), LIKE_STAGES),
    ],
    ids=["coming-from", "comparison"],
)
def test_a_build_function_and_its_space_are_the_same_networks(space: str, function: str, names: dict[str, str]) -> None:
    scope: dict[str, Any] = {}
    exec(compile(function, "build", "exec"), scope)
    read = Space.parse(space)
    for seed in range(8):
        keras.utils.clear_session()
        keras.utils.set_random_seed(seed)
        point = read.sample(np.random.default_rng(seed), **PICTURES)
        answers = Answers(point, names)
        theirs, ours = scope["build"](answers), build_model(point.architecture)
        assert answers.asked == point.params.keys()
        assert [w.shape for w in theirs.weights] == [w.shape for w in ours.weights]
        ours.set_weights(theirs.get_weights())
        rows = np.random.default_rng(2).normal(size=(3, 28, 28, 1)).astype("float32")
        expected = _logits(theirs, rows)
        assert np.ptp(expected) > 0
        np.testing.assert_allclose(_logits(ours, rows), expected, rtol=1e-4, atol=1e-5)
        assert _rate(theirs) == _rate(ours)
        assert float(theirs.optimizer.learning_rate) == pytest.approx(point.training.lr)
        assert theirs.optimizer.name.replace("_", "") == point.training.optimizer


def _logits(model: Any, rows: Any) -> Any:
    """What goes into the last layer: its softmax hides differences."""
    return np.asarray(keras.Model(model.inputs[0], model.layers[-1].input)(rows, training=False))


def _sizes(model: Any) -> list[tuple[int, ...]]:
    return sorted(tuple(weights.shape) for weights in model.weights)


def _rate(model: Any) -> float:
    return sum(layer.rate for layer in model.layers if isinstance(layer, layers.Dropout))


def test_a_graph_of_autokeras_and_its_space_have_the_same_default() -> None:
    """AutoKeras cannot be installed beside this package's Keras; what its blocks build is written down here."""
    photo, facts = keras.Input((32, 32, 3), name="photo"), keras.Input((12,), name="facts")
    x = photo
    for _ in range(2):
        x = layers.Conv2D(32, 3, padding="valid", activation="relu")(x)
        x = layers.Dropout(0.25)(layers.MaxPooling2D(2, padding="valid")(x))
    seen = layers.GlobalAveragePooling2D()(x)
    known = layers.ReLU()(layers.BatchNormalization()(layers.Dense(32)(facts)))
    both = layers.ReLU()(layers.Dense(32)(layers.Concatenate()([seen, known])))
    outputs = {"category": layers.Dense(4, activation="softmax")(both), "price": layers.Dense(1)(both)}
    theirs = keras.Model({"photo": photo, "facts": facts}, outputs)

    space = Space.parse(snippets(COMING, "yaml")[1])
    inputs = {"photo": Input((32, 32, 3)), "facts": Input((12,))}
    heads = {"category": {"units": 4, "activation": "softmax"}, "price": {"units": 1}}
    point = space.interpret(DefaultDecider(), inputs=inputs, heads=heads)
    ours = build_model(point.architecture)
    assert summarize(point.architecture).parameters == theirs.count_params() == 12_933
    assert "12,933 parameters" in COMING
    assert _sizes(ours) == _sizes(theirs)
    kinds = [sorted(type(layer).__name__ for layer in model.layers) for model in (ours, theirs)]
    assert [name for name in kinds[0] if name != "Activation"] == [name for name in kinds[1] if name != "ReLU"]
    assert space.size().discrete == (6 + 6**2 + 6**3) * 7 * 7


def test_the_example_of_the_comparison_has_as_many_points_as_it_says() -> None:
    space = Space.parse(section("Here"))
    assert (space.size().discrete, space.size().continuous) == (702, 1)
    assert "there are 702\nsuch networks" in COMPARISON
    default = space.interpret(DefaultDecider(), **PICTURES)
    assert f"{summarize(default.architecture).parameters:,}" == "5,322"


def test_the_lines_of_the_comparison_are_counted_right() -> None:
    titles = ["Here", "KerasTuner", "AutoKeras", "NNI", "PyGlove"]
    counted = [len([line for line in section(title).splitlines() if line.strip()]) for title in titles]
    said = re.search(r"^\| lines \| (.*) \|$", COMPARISON, re.M)
    assert said is not None
    assert [int(cell) for cell in said[1].split(" | ")] == counted


@pytest.mark.parametrize("title", ["KerasTuner", "AutoKeras", "NNI", "PyGlove"])
def test_the_snippets_of_other_tools_are_python(title: str) -> None:
    compile(section(title), title, "exec")
