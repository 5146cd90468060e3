"""AutoModel: several inputs and outputs from Python."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from several_rows import houses
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from automl import AutoModel, ConfigError, DataError

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "multi.md").read_text("utf-8")
X = {"facts": np.zeros((6, 2)), "title": ["a b"] * 6}
KINDS = {"inputs": {"facts": "tabular", "title": "text"}, "outputs": {"kind": "classification", "price": "regression"}}
QUICK = {"max_trials": 1, "time_budget": None, "workers": 0, "random_state": 0, "verbose": 0}


def test_its_arguments_are_kept_as_they_are_given() -> None:
    model = AutoModel(**KINDS, loss_weights={"price": 0.3}, share=[("a", "b")])  # type: ignore[arg-type]
    assert model.get_params()["share"] == [("a", "b")]
    assert clone(model).get_params() == model.get_params()
    assert pickle.loads(pickle.dumps(model)).get_params() == model.get_params()


def test_it_answers_nothing_before_it_is_fitted() -> None:
    for method in ("predict", "predict_proba", "evaluate"):
        with pytest.raises(NotFittedError):
            getattr(AutoModel(), method)(X)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"inputs": None}, "which inputs and outputs"),
        ({"inputs": {"facts": "tabel"}}, "facts is of the unknown kind 'tabel'.*tabular"),
        ({"inputs": {"my facts": "tabular"}}, "'my facts' is no name"),
        ({"inputs": ["facts"]}, "inputs and outputs are mappings"),
        ({"inputs": {"kind": "text"}}, "two inputs or outputs are called 'kind'"),
        ({"loss_weights": {"cost": 1}}, "a loss weight for 'cost', and the outputs are kind, price"),
        ({"loss_weights": {"price": -1}}, "the loss weight of 'price' is -1"),
        ({"share": "facts"}, "give groups of inputs"),
        ({"objective": "val_price_accuracy"}, "unknown objective 'val_price_accuracy'"),
        ({"max_trials": None}, "no limit is given"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(tmp_path: Path, arguments: dict[str, Any], sentence: str) -> None:
    model = AutoModel(**(KINDS | QUICK | {"directory": tmp_path} | arguments))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=sentence):
        model.fit(X, {"kind": list("xyxyxy"), "price": np.arange(6.0)})
    assert not list(tmp_path.rglob("run.json"))


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (X, {"kind": list("xyxyxy")}, "no answers for the output 'price'"),
        (X, {"kind": list("xyxyxy"), "price": [1.0]}, "the answers of 'price': X has 6 rows and y has 1"),
        ({"facts": X["facts"]}, {}, "there is no input 'title' in X"),
        (X, {"kind": ["x"] * 6, "price": np.arange(6.0)}, "the output 'kind'.*one class"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(tmp_path: Path, x: Any, y: Any, sentence: str) -> None:
    model = AutoModel(**KINDS, **QUICK, directory=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=sentence):
        model.fit(x, y)
    assert not list(tmp_path.rglob("run.json"))


def rows(folder: Path, count: int, seed: int = 0) -> tuple[dict[str, Any], pd.DataFrame]:
    frame = houses(folder, count, seed=seed)
    files = {place: [folder / name for name in frame[f"photo_{place}"]] for place in ("front", "back")}
    return {**files, "facts": frame[["rooms", "street"]]}, frame


@pytest.mark.slow
def test_the_snippet_of_the_page_runs_and_the_search_goes_on(tmp_path: Path) -> None:
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "AutoModel" in code]
    options = "max_trials=1, time_budget=None, max_epochs=8, workers=0, random_state=0, verbose=0, directory=runs"
    x, frame = rows(tmp_path, 90)
    names: dict[str, Any] = {"front_photos": x["front"], "back_photos": x["back"], "facts": x["facts"]}
    names |= {"kinds": frame["kind"], "prices": frame["price"].to_numpy(), "runs": tmp_path / "runs"}
    exec(snippet.replace('time_budget="2m"', options), names)
    model = names["model"]
    found = model.predict(x)
    assert np.mean(found["kind"] == frame["kind"]) > 0.9
    assert found["price"].shape == (90,)
    more = AutoModel.resume(model.run_dir_, trials="+1", verbose=0)
    assert more.n_trials_ == 2
    assert more.evaluate(x, {"kind": frame["kind"], "price": frame["price"]})["kind"].metrics["accuracy"] > 0.9


@pytest.mark.slow
def test_series_texts_and_numbers_into_labels_with_weights(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    waves = np.sin(np.linspace(0, 12, 40) * rng.uniform(0.5, 2.0, (120, 1)))[..., None]
    words = rng.choice(["good", "bad"], 120)
    facts = rng.normal(size=(120, 2))
    x = {"wave": waves.astype(np.float32), "title": [f"a {word} day" for word in words], "facts": facts}
    labels = [{"nice"} if word == "good" else {"sad", "cold"} for word in words]
    model = AutoModel(
        inputs={"wave": "series", "title": "text", "facts": "tabular"},
        outputs={"mood": "multi-label"},
        max_epochs=10,
        directory=tmp_path,
        **QUICK,  # type: ignore[arg-type]
    ).fit(x, labels, sample_weight=rng.uniform(0.5, 1.5, 120))
    found = model.predict(x)
    assert found.shape == (120,)  # of one output the answers alone
    assert np.mean([one == other for one, other in zip(found, labels, strict=True)]) > 0.9
    assert model.classes_["mood"].tolist() == ["cold", "nice", "sad"]
    written = model.export(tmp_path / "out", formats="keras,savedmodel")
    assert AutoModel.load(written["keras"]).predict_proba(x).shape == (120, 3)
