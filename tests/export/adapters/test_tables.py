"""A table's model in use: raw cells in, classes or numbers out, the same in every format."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.arch import Architecture, Input, Node, build_model, enclose
from automl.data import Column, LeftOut, TableContract
from automl.errors import DataError
from automl.export import Manifest, Output, TrainedModel, export_model, load_model, write_bundle, write_predictions
from automl.jobs import TrainingSettings
from automl.tasks.tabular import front

CONTRACT = TableContract(
    columns=(
        Column(name="age", kind="number"),
        Column(name="job", kind="category", values=("clerk", "cook")),
        Column(name="born", kind="date", parts=("days", "month"), format="%Y-%m-%d"),
    ),
    left_out=(LeftOut(name="number", reason="it counts the rows"),),
)
FRAME = pd.DataFrame(
    {
        "number": range(6),
        "age": [30.0, np.nan, 50.0, 41.0, 22.0, 60.0],
        "job": ["cook", "clerk", None, "thief", "cook", "clerk"],
        "born": ["1990-02-01", "1980-11-30", "", "2000-01-01", "1999-12-31", "1970-01-01"],
        "rich": ["no", "yes", "yes", "no", "no", "yes"],
        "rent": [500.0, 700.0, 900.0, 800.0, 400.0, 1000.0],
        "cost": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    }
)
CLASSES, NUMBERS = Output.of(["no", "yes"], column="rich"), Output(type="number", columns=("rent", "cost"))
Make = Callable[..., TrainedModel]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """``make(output, contract)``: a model of a network that was never trained."""
    import keras

    def making(output: Output, contract: TableContract = CONTRACT) -> TrainedModel:
        keras.utils.set_random_seed(5)
        folder = tmp_path_factory.mktemp("table")
        numbers, codes = len(contract.numbers), list(contract.codes)
        head = {"units": 2, "activation": "softmax" if output.classes else "linear"}
        nodes = [
            Node("a", "columns", {"codes": codes, "dim": 3}, ("table",)),
            Node("b", "dense", {"units": 16, "activation": "tanh"}, ("a",)),
            Node("c", "dropout", {"rate": 0.5}, ("b",)),
            Node("d", "head", head, ("c",)),
        ]
        width = numbers + (1 if numbers else 0) + len(codes)
        architecture = Architecture.assemble({"table": Input((width,))}, nodes, {"answer": "d"})
        args = {"center": [35.0] * numbers, "scale": [20.0] * numbers, "codes": len(codes), "limit": 3.0}
        tidy = {"op": "tidy", "args": args | {"gaps": [0] if numbers else []}}
        core = build_model(architecture, preprocessing={"table": [tidy]}, shapes={"table": contract.shape})
        scales = {} if output.classes else {"answer": {"mean": [700.0, 3.0], "scale": [200.0, 2.0]}}
        fronts = {"table": Architecture.from_json(front(contract))}
        enclose(core, architecture, fronts=fronts, scales=scales).save(folder / "model.keras")
        manifest = Manifest(
            task="tabular",
            name="people",
            inputs={"table": contract.to_json()},
            outputs={"answer": output},
            validation={},
            refit=True,
            epochs=1,
            training=TrainingSettings(),
            parameters=1,
            fingerprint="0" * 64,
        )
        write_bundle(
            folder / "model",
            model_file=folder / "model.keras",
            manifest=manifest,
            space_text="version: 1\n",
            architecture=architecture.to_json(),
        )
        return load_model(folder / "model")

    return making


@pytest.fixture(scope="module")
def classifier(make: Make) -> TrainedModel:
    return make(CLASSES)


@pytest.fixture(scope="module")
def regressor(make: Make) -> TrainedModel:
    return make(NUMBERS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


def test_frames_and_files_are_answered_alike(classifier: TrainedModel, regressor: TrainedModel, file: Path) -> None:
    labels = classifier.predict(FRAME)
    assert set(labels) == {"no", "yes"}
    predictions = classifier.predict_data(file)
    assert predictions.labels.tolist() == labels.tolist()
    np.testing.assert_array_equal(predictions.probabilities, classifier.predict_proba(FRAME))
    assert predictions.names == tuple(range(6))
    np.testing.assert_array_equal(regressor.predict_data(file).labels, regressor.predict(FRAME))
    assert regressor.predict(FRAME).shape == (6, 2)


def test_the_order_of_columns_and_rows_does_not_matter(classifier: TrainedModel) -> None:
    answer = classifier.predict_proba(FRAME)
    np.testing.assert_array_equal(classifier.predict_proba(FRAME[FRAME.columns[::-1]]), answer)
    np.testing.assert_allclose(classifier.predict_proba(FRAME[::-1])[::-1], answer, atol=1e-6)
    np.testing.assert_allclose(classifier.predict_proba(FRAME, batch_size=1), answer, atol=1e-6)


def test_only_what_was_learned_from_is_needed(classifier: TrainedModel) -> None:
    few = FRAME[["age", "job", "born"]]
    np.testing.assert_array_equal(classifier.predict_proba(few), classifier.predict_proba(FRAME))
    with pytest.raises(DataError, match="column 'born' is missing in table"):
        classifier.predict(few.drop(columns="born"))


def test_scores_are_those_of_the_answers(classifier: TrainedModel, regressor: TrainedModel, file: Path) -> None:
    right = float((classifier.predict(FRAME) == FRAME["rich"]).mean())
    for evaluation in (classifier.evaluate(file), classifier.evaluate(FRAME, FRAME["rich"])):
        assert evaluation.metrics["accuracy"] == pytest.approx(right)
        assert evaluation.classes == ("no", "yes")
    difference = regressor.predict(FRAME) - FRAME[["rent", "cost"]].to_numpy()
    for evaluation in (regressor.evaluate(file), regressor.evaluate(FRAME, FRAME[["rent", "cost"]])):
        assert [one.column for one in evaluation.per_column] == ["rent", "cost"]
        assert [one.mae for one in evaluation.per_column] == pytest.approx(np.abs(difference).mean(axis=0).tolist())
        assert evaluation.metrics["mae"] == pytest.approx(np.abs(difference).mean())
    assert json.loads(json.dumps(regressor.evaluate(file).to_json()))["per_column"][0]["column"] == "rent"


def test_rows_without_a_right_answer(classifier: TrainedModel) -> None:
    lacking = FRAME.assign(rich=["no", None, "yes", "no", "no", "yes"])
    with pytest.raises(DataError, match=r"rich is missing .* rows 1 "):
        classifier.evaluate(lacking)
    assert classifier.evaluate(lacking, drop_missing_labels=True).rows == 5
    with pytest.raises(DataError, match="there is no column 'rich'"):
        classifier.evaluate(FRAME.drop(columns="rich"))
    with pytest.raises(DataError, match="1 rows have labels that the training data does not have: 'maybe'"):
        classifier.evaluate(FRAME.assign(rich=["no", "maybe", "yes", "no", "no", "yes"]))


def test_answers_are_written_under_their_names(
    classifier: TrainedModel, regressor: TrainedModel, tmp_path: Path
) -> None:
    FRAME.to_csv(tmp_path / "people.csv", index=False)
    for model, proba, header in (
        (classifier, False, ["row", "label"]),
        (classifier, True, ["row", "label", "no", "yes"]),
        (regressor, False, ["row", "rent", "cost"]),
    ):
        write_predictions(tmp_path / "out.csv", model.predict_data(tmp_path / "people.csv"), proba=proba)
        written = pd.read_csv(tmp_path / "out.csv")
        assert list(written.columns) == header
    np.testing.assert_allclose(written[["rent", "cost"]], regressor.predict(FRAME), rtol=1e-6)


def test_numbers_have_no_probabilities(regressor: TrainedModel) -> None:
    with pytest.raises(DataError, match=r"answers with numbers \(rent, cost\), not with classes"):
        regressor.predict_proba(FRAME)


PLAIN = """
import sys
import keras, numpy as np, tensorflow as tf
folder = sys.argv[1]
rows = np.load(f"{folder}/rows.npz", allow_pickle=False)
fed = {"numbers": rows["numbers"], "categories": tf.constant(rows["categories"].tolist())}
model = keras.saving.load_model(f"{folder}/model.keras", compile=False, safe_mode=True)
served = tf.saved_model.load(f"{folder}/served").signatures["serving_default"]
answers = {"keras": model.predict_on_batch(fed)}
answers |= {name: value.numpy() for name, value in served(**{k: tf.constant(v) for k, v in fed.items()}).items()}
answers |= {"label": answers["label"].astype(str)} if "label" in answers else {}
np.savez(f"{folder}/answers.npz", **answers)
assert "automl" not in sys.modules
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["classifier", "regressor"])
def test_plain_keras_and_tensorflow_answer_alike(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    from automl.data.tables.encode import raw

    model = request.getfixturevalue(name)
    exported = {one.format: one for one in export_model(model, ["keras", "savedmodel"], tmp_path / "out")}
    assert exported["savedmodel"].parity <= 1e-5
    (tmp_path / "model.keras").write_bytes((exported["keras"].path / "model.keras").read_bytes())
    (tmp_path / "served").symlink_to(exported["savedmodel"].path)
    rows = raw(FRAME, CONTRACT)
    np.savez(tmp_path / "rows.npz", numbers=rows.numbers, categories=rows.categories.astype(str))
    run = subprocess.run(
        [sys.executable, "-c", PLAIN, str(tmp_path)], check=False, capture_output=True, text=True, timeout=250
    )
    assert run.returncode == 0, run.stderr
    answers = np.load(tmp_path / "answers.npz")
    if name == "classifier":
        np.testing.assert_allclose(answers["keras"], model.predict_proba(FRAME), atol=1e-6)
        np.testing.assert_allclose(answers["probabilities"], model.predict_proba(FRAME), atol=1e-6)
        assert [label.strip("b'") for label in answers["label"]] == model.predict(FRAME).tolist()
    else:
        np.testing.assert_allclose(answers["keras"], model.predict(FRAME), rtol=1e-6)
        np.testing.assert_allclose(answers["value"], model.predict(FRAME), rtol=1e-6)


@pytest.mark.parametrize("kind", ["number", "category"])
def test_tables_of_one_kind_have_one_input(make: Make, kind: str, tmp_path: Path) -> None:
    columns = tuple(column for column in CONTRACT.columns if column.kind == kind)
    model = make(CLASSES, TableContract(columns=columns))
    assert len(model.keras_model.inputs) == 1
    assert model.predict_proba(FRAME).shape == (6, 2)
    assert all(one.parity <= 1e-5 for one in export_model(model, ["keras", "savedmodel"], tmp_path))


def test_arrays_go_by_place(make: Make) -> None:
    columns = (Column(name="x0", kind="number"), Column(name="x1", kind="number"))
    model = make(NUMBERS, TableContract(columns=columns, named=False))
    x = np.array([[1.0, np.nan], [2.0, 3.0]])
    np.testing.assert_array_equal(model.predict(x), model.predict(pd.DataFrame(x, columns=["a", "b"])))
    with pytest.raises(DataError, match="X has 3 features, but the model was trained with 2"):
        model.predict(np.zeros((2, 3)))
