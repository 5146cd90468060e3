"""A series' model in use: raw steps in, classes or numbers out, the same in every format."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl.arch import Architecture, Input, Node, build_model, enclose
from automl.config import Columns
from automl.data.series.contract import SeriesContract
from automl.data.series.read import read_series
from automl.errors import DataError
from automl.export import Manifest, Output, TrainedModel, export_model, load_model, write_bundle, write_predictions
from automl.export.adapters import Reading, make_adapter
from automl.jobs import TrainingSettings

UNEQUAL, EQUAL = (SeriesContract(length=6, channels=2, shortest=each) for each in (3, 6))
CLASSES, NUMBERS = Output.of([-1, 1]), Output(type="number", columns=("rent", "cost"))
RNG = np.random.default_rng(0)
SERIES = [RNG.normal(5, 2, (steps, 2)).astype(np.float32) for steps in (6, 3, 4, 1, 6)]
SERIES[2][1, 0] = np.nan
Make = Callable[..., TrainedModel]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """``make(output, contract)``: a model of a network that was never trained."""
    import keras

    def making(output: Output, contract: SeriesContract = UNEQUAL) -> TrainedModel:
        keras.utils.set_random_seed(5)
        folder = tmp_path_factory.mktemp("series")
        head = {"units": 2, "activation": "softmax" if output.classes else "linear"}
        nodes = [
            Node("a", "conv", {"filters": 8, "activation": "relu"}, ("series",)),
            Node("b", "gap", {}, ("a",)),
            Node("c", "dropout", {"rate": 0.5}, ("b",)),
            Node("d", "head", head, ("c",)),
        ]
        architecture = Architecture.assemble({"series": Input((6, 3))}, nodes, {"answer": "d"})
        scaled = {"op": "series", "args": {"center": [5, 5], "scale": [2, 2], "form": "own", "gaps": True}}
        core = build_model(architecture, preprocessing={"series": [scaled]}, shapes={"series": contract.shape})
        scales = {} if output.classes else {"answer": {"mean": [700.0, 3.0], "scale": [200.0, 2.0]}}
        enclose(core, architecture, fronts={}, scales=scales).save(folder / "model.keras")
        manifest = Manifest(
            task="series-classify",
            name="steps",
            inputs={"series": contract.to_json()},
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
    """The series as a ``.ts`` file."""
    head = "@dimensions 2\n@classLabel true -1 1\n@data\n"
    rows = [":".join(",".join(map(repr, each[:, c].tolist())) for c in range(2)) for each in SERIES]
    (tmp_path / "x.ts").write_text(head + "".join(f"{row}:{[-1, 1][i % 2]}\n" for i, row in enumerate(rows)))
    return tmp_path / "x.ts"


def test_lists_arrays_and_files_are_answered_alike(classifier: TrainedModel, file: Path, tmp_path: Path) -> None:
    expected = classifier.predict_proba(SERIES)
    assert expected.shape == (5, 2)
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-5)
    whole = np.full((5, 6, 2), np.nan)
    for row, each in enumerate(SERIES):
        whole[row, : len(each)] = each
    np.testing.assert_array_equal(classifier.predict_proba(whole), expected)
    np.testing.assert_allclose(classifier.predict_proba(SERIES, batch_size=2), expected, atol=1e-6)
    np.savez(tmp_path / "x.npz", x_test=np.nan_to_num(whole, nan=9.0), len_test=[6, 3, 4, 1, 6])
    for path in (file, tmp_path / "x.npz"):
        found = classifier.predict_data(path)
        assert (found.names, found.column, len(found.labels)) == ((0, 1, 2, 3, 4), "row", 5)
    np.testing.assert_array_equal(classifier.predict_data(file).probabilities, expected)


def test_the_cache_holds_what_the_graph_takes(classifier: TrainedModel, file: Path, tmp_path: Path) -> None:
    columns = Columns()
    dataset = read_series(file, answer="classes", output="label", columns=columns, cache_dir=tmp_path / "cache")
    raw = classifier.adapter.source(SERIES, Reading())
    (batch,) = raw.batches(9)
    np.testing.assert_allclose(dataset.x, batch, rtol=1e-6)
    np.testing.assert_allclose(classifier.answer(np.asarray(dataset.x)), classifier.predict_proba(SERIES), atol=1e-5)


def test_answers_are_written_row_by_row(classifier: TrainedModel, regressor: TrainedModel, file: Path) -> None:
    out = io.StringIO(newline="")
    write_predictions(out, classifier.predict_data(file), proba=True)
    lines = out.getvalue().split("\r\n")
    assert lines[0] == "row,label,-1,1"
    assert lines[1].startswith(f"0,{classifier.predict(SERIES)[0]},")
    out = io.StringIO(newline="")
    write_predictions(out, regressor.predict_data(file))
    assert out.getvalue().startswith("row,rent,cost\r\n0,")


def test_it_is_scored_on_files_and_on_arrays(classifier: TrainedModel, regressor: TrainedModel, file: Path) -> None:
    truth = np.array([-1, 1, -1, 1, -1])
    expected = float((classifier.predict(SERIES) == truth).mean())
    for data, y in ((file, None), (SERIES, truth), (file, truth)):
        assert classifier.evaluate(data, y).metrics["accuracy"] == pytest.approx(expected)
    numbers = np.stack([np.arange(5.0), np.ones(5)], axis=1)
    rmse = np.sqrt(((regressor.predict(SERIES) - numbers) ** 2).mean(axis=0))
    found = regressor.evaluate(SERIES, numbers)
    assert [one.rmse for one in found.per_column] == pytest.approx(rmse.tolist(), rel=1e-5)
    with pytest.raises(DataError, match="x has no answers"):
        classifier.evaluate(SERIES)
    with pytest.raises(DataError, match="labels that the training data does not have: '7'"):
        classifier.evaluate(SERIES, [7, 1, 1, 1, 1])


def test_series_without_an_answer_are_refused_or_left_out(classifier: TrainedModel, file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace(":1\n", ":?\n", 1), "utf-8")
    with pytest.raises(DataError, match=r"y is missing .* in 1 of 5 rows"):
        classifier.evaluate(file)
    assert classifier.evaluate(file, drop_missing_labels=True).rows == 4


def test_lengths_and_channels(classifier: TrainedModel, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    long = [*SERIES, np.ones((9, 2))]
    with caplog.at_level(logging.WARNING, "automl.export"):
        answer = classifier.predict_proba(long)
    assert "1 of 6 series are cut to their first 6 steps" in caplog.text
    np.testing.assert_array_equal(answer[5], classifier.predict_proba(np.ones((1, 6, 2)))[0])
    equal = make(CLASSES, EQUAL)
    assert len(equal.predict(SERIES)) == 5
    with pytest.raises(DataError, match=r"series 5 .* has 9 steps, and the model learned from series of exactly 6"):
        equal.predict(long)
    with pytest.raises(DataError, match="series 0 has 1 channels, the model learned from 2"):
        equal.predict(np.zeros((2, 6)))


def test_every_format_answers_alike(regressor: TrainedModel, tmp_path: Path) -> None:
    written = {one.format: one.path for one in export_model(regressor, ("keras", "savedmodel"), tmp_path)}
    assert set(written) == {"keras", "savedmodel"}
    np.testing.assert_allclose(
        np.asarray(load_model(written["keras"]).predict(SERIES)), np.asarray(regressor.predict(SERIES)), rtol=1e-6
    )


def test_odd_rows_are_among_those_that_formats_are_compared_on() -> None:
    probe: Any = make_adapter(UNEQUAL).probe()
    assert probe.shape == (16, 6, 2)
    missing = np.isnan(probe).all(axis=2).sum(axis=1)
    assert {0, 3, 6} <= set(missing.tolist())


def test_batches_are_smaller_where_series_are_long() -> None:
    sizes = [make_adapter(SeriesContract(length=n, channels=1, shortest=n)).batch_size() for n in (10, 10_000, 10**7)]
    assert sizes == [1024, 26, 1]
