"""A text model in use: raw texts in, classes or numbers out, the same in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sentences import sentences

from automl.arch import Architecture, Input, Node, build_model, enclose
from automl.data.texts.contract import TextContract
from automl.data.texts.words import lookup, numbers
from automl.errors import DataError
from automl.export import Manifest, Output, TrainedModel, export_model, load_model, write_bundle
from automl.export.adapters.text import TextAdapter
from automl.jobs import TrainingSettings
from automl.tasks.text import front

WORDS = ("the", "film", "dull", "boring", "lovely", "moving", "über", "\U0001f600")
CONTRACT = TextContract(column="review", length=8, tokens=WORDS)
PLAIN = TextContract(length=8, tokens=WORDS)
CLASSES, NUMBERS = Output.of(["bad", "good"], column="y"), Output(type="number", columns=("stars",))
X, Y = sentences(12)
Make = Callable[..., TrainedModel]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """``make(output, contract)``: a model of a network that was never trained."""
    import keras

    def making(output: Output, contract: TextContract = CONTRACT) -> TrainedModel:
        keras.utils.set_random_seed(5)
        folder = tmp_path_factory.mktemp("text")
        head = {"units": output.width, "activation": "softmax" if output.classes else "linear"}
        nodes = [
            Node("a", "embed", {"vocabulary": contract.kinds, "dim": 4, "mask_zero": True}, ("text",)),
            Node("b", "gap", {}, ("a",)),
            Node("c", "bag", {"vocabulary": contract.kinds, "dim": 4, "phrases": 2, "drop": 0.3}, ("text",)),
            Node("d", "concat", {}, ("b", "c")),
            Node("e", "head", head, ("d",)),
        ]
        architecture = Architecture.assemble({"text": Input(contract.shape, "int32")}, nodes, {"answer": "e"})
        core = build_model(architecture, preprocessing={}, shapes={"text": contract.shape})
        core.set_weights([100 * weights for weights in core.get_weights()])
        scales = {} if output.classes else {"answer": {"mean": [3.0], "scale": [2.0]}}
        fronts = {"text": Architecture.from_json(front(contract))}
        enclose(core, architecture, fronts=fronts, scales=scales).save(folder / "model.keras")
        core.save(folder / "core.keras")
        manifest = Manifest(
            task="text",
            name="reviews",
            inputs={"text": contract.to_json()},
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


def test_raw_text_is_answered_as_the_numbers_in_the_cache_are(classifier: TrainedModel) -> None:
    import keras

    odd = TextAdapter(CONTRACT).probe()
    core = keras.saving.load_model(classifier.bundle.directory.parent / "core.keras", compile=False)
    expected = core.predict_on_batch(numbers(odd, CONTRACT, lookup(CONTRACT)))
    np.testing.assert_allclose(classifier.predict_proba(list(odd)), expected, atol=1e-5)
    assert np.ptp(expected[:, 0]) > 0.1


def test_lists_tables_and_files_are_answered_alike(classifier: TrainedModel, tmp_path: Path) -> None:
    labels = classifier.predict(X)
    assert set(labels) <= {"bad", "good"}
    table = pd.DataFrame({"stars": range(12), "review": X})
    table.to_csv(tmp_path / "reviews.csv", index=False)
    for given in (np.array(X), pd.Series(X), tuple(X), table):
        assert classifier.predict(given).tolist() == labels.tolist()
    found = classifier.predict_data(tmp_path / "reviews.csv")
    assert (found.column, found.names, found.labels.tolist()) == ("row", tuple(range(12)), labels.tolist())
    with pytest.raises(DataError, match="column 'review' is missing in"):
        classifier.predict(pd.DataFrame({"a": X, "b": X}))


def test_files_of_text_are_answered_by_their_paths(make: Make, tmp_path: Path) -> None:
    model = make(CLASSES, PLAIN)
    for row, text in enumerate(X):
        file = tmp_path / "reviews" / Y[row] / f"{row:02}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8-sig")
    found = model.predict_data(tmp_path / "reviews")
    assert (found.column, len(found.names)) == ("path", 12)
    assert found.names[0].endswith("reviews/bad/00.txt")
    assert found.labels[0] == model.predict([X[0]])[0]
    assert model.predict_data(tmp_path / "reviews" / "bad" / "00.txt").labels.tolist() == [found.labels[0]]
    assert model.evaluate(tmp_path / "reviews").metrics == pytest.approx(model.evaluate(X, Y).metrics)
    (tmp_path / "reviews" / "bad" / "00.txt").write_bytes(b"\xf6")
    with pytest.raises(DataError, match="no UTF-8 text: byte 0xf6 at offset 0"):
        model.predict_data(tmp_path / "reviews")
    assert len(model.predict_data(tmp_path / "reviews", on_bad_file="skip").skipped) == 1


def test_scores_need_answers(classifier: TrainedModel, make: Make) -> None:
    table = pd.DataFrame({"review": X, "y": Y})
    assert classifier.evaluate(table).metrics == pytest.approx(classifier.evaluate(X, Y).metrics)
    with pytest.raises(DataError, match="no column 'y' in"):
        classifier.evaluate(table.drop(columns="y"))
    with pytest.raises(DataError, match="y is missing"):
        classifier.evaluate(X, [*Y[:-1], None])
    regressor = make(NUMBERS)
    assert regressor.predict(X).shape == (12,)
    assert regressor.evaluate(table.assign(stars=regressor.predict(X))).metrics["rmse"] < 1e-5


def test_every_format_answers_alike(classifier: TrainedModel, tmp_path: Path) -> None:
    import tensorflow as tf

    written = {each.format: each for each in export_model(classifier, ("keras", "savedmodel"), tmp_path)}
    assert max(each.parity for each in written.values()) < 1e-5
    served = tf.saved_model.load(str(written["savedmodel"].path)).signatures["serving_default"]
    answer = served(text=tf.constant(X))
    assert answer["label"].numpy().astype(str).tolist() == classifier.predict(X).tolist()


def test_plain_keras_reads_the_exported_model(classifier: TrainedModel) -> None:
    import keras
    import tensorflow as tf

    model = keras.saving.load_model(classifier.bundle.model_file, compile=False, safe_mode=True)
    np.testing.assert_allclose(model.predict(tf.constant(X), verbose=0), classifier.predict_proba(X), atol=1e-6)
