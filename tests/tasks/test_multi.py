"""The task multi: from a configuration to prepared data, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from several_rows import KINDS, houses

from automl import tasks
from automl.arch import Architecture, Input
from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, Port, SearchConfig, parse_port, weighted
from automl.data import PreparedData
from automl.errors import ConfigError, DataError, SpaceError
from automl.events import Events
from automl.jobs import Augment, TrainingSettings
from automl.space import DefaultDecider, Space

MULTI = tasks.get("multi")
N = 45
ALL = ("front=image:photo_front", "back=image:photo_back", "title=text", "facts=tabular:rooms,street")


class Heard(Events):
    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str) -> None:
        self.warnings.append(message)


def inputs(*texts: str) -> tuple[Port, ...]:
    return tuple(parse_port(text, INPUT_KINDS) for text in texts)


def outputs(*texts: str) -> tuple[Port, ...]:
    return tuple(parse_port(text, OUTPUT_KINDS) for text in texts)


COLUMNS = Columns(
    inputs=inputs(*ALL),
    outputs=outputs("kind=classification", "price=regression", "tags=multilabel"),
    share=(("front", "back"),),
)
SMALL = Columns(inputs=inputs("facts=tabular:rooms,street"), outputs=COLUMNS.outputs)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: Any) -> Path:
    place: Path = tmp_path_factory.mktemp("houses")
    houses(place, N).to_csv(place / "houses.csv", index=False)
    return place


def prepare(folder: Path, tmp_path: Path, columns: Columns, events: Events | None = None, **more: Any) -> PreparedData:
    given = {"data": folder / "houses.csv", "cache_dir": folder / "cache", "seed": 1} | more
    config = MULTI.with_space(SearchConfig("multi", columns=columns, max_trials=1, **given))
    return MULTI.prepare(config, tmp_path / "prepared", events or Events())


@pytest.fixture(scope="module")
def prepared(folder: Path, tmp_path_factory: Any) -> PreparedData:
    columns = replace(COLUMNS, outputs=weighted(COLUMNS.outputs, {"price": 0.3}))
    return prepare(folder, tmp_path_factory.mktemp("run"), columns)


def test_every_input_is_read_by_its_kind_and_what_is_fitted_has_its_name(prepared: PreparedData) -> None:
    assert {name: contract.kind for name, contract in prepared.contracts.items()} == {
        "front": "image", "back": "image", "title": "text", "facts": "table",
    }  # fmt: skip
    assert prepared.contracts["back"].shape == prepared.contracts["front"].shape  # they share a tower
    assert prepared.preprocessing.keys() == {"front", "back", "facts"}
    assert prepared.fronts.keys() == {"title", "facts"}
    raw = [name for front in prepared.fronts.values() for name in Architecture.from_json(front).inputs]
    assert sorted(raw) == ["facts_categories", "facts_numbers", "title"]
    assert MULTI.inputs(prepared)["facts"] == Input((2,), codes=(5,))
    assert MULTI.heads(prepared)["tags"] == {"units": 4, "activation": "sigmoid"}
    assert (prepared.scales.keys(), prepared.loss_weights["price"]) == ({"price"}, 0.3)


def test_what_is_prepared_can_be_opened_again(prepared: PreparedData) -> None:
    loaded = PreparedData.load(prepared.directory)
    assert (loaded.digest, loaded.loss_weights) == (prepared.digest, prepared.loss_weights)
    rows = loaded.rows("validation")
    assert {name: len(view) for name, view in rows.inputs.items()} == dict.fromkeys(rows.inputs, 9)
    assert {name: values.shape for name, values in rows.targets.items()} == {
        "kind": (9,), "price": (9, 1), "tags": (9, 4),
    }  # fmt: skip


def test_the_arrays_are_those_of_the_parts(prepared: PreparedData) -> None:
    assert (prepared.datasets[0].directory / "x.front.npy").stat().st_nlink == 2


def test_rows_are_split_by_the_classes(prepared: PreparedData) -> None:
    assert np.bincount(prepared.rows("validation").targets["kind"]).tolist() == [3, 3, 3]


def test_the_space_that_is_written_fits(prepared: PreparedData, folder: Path) -> None:
    config = MULTI.with_space(SearchConfig("multi", folder / "houses.csv", columns=COLUMNS, max_trials=1))
    found = config.space.interpret(DefaultDecider(), inputs=MULTI.inputs(prepared), heads=MULTI.heads(prepared))
    nodes = found.architecture.nodes
    shared = [node.weights for node in nodes if node.op == "conv" and node.weights]
    assert len(shared) == 2 * len(set(shared)) > 0
    assert found.architecture.outputs.keys() == {"kind", "price", "tags"}
    (embedding,) = [node.args for node in nodes if node.op == "embed"]
    (codes,) = MULTI.inputs(prepared)["title"].codes
    assert embedding["vocabulary"] == codes


def test_pictures_are_mirrored_where_all_of_them_may_be(prepared: PreparedData) -> None:
    wanted = TrainingSettings(batch_size=512, label_smoothing=0.1, augment=Augment(flip="auto", shift=8))
    for mirror in (True, False):
        settled = MULTI.settle(wanted, replace(prepared, traits={"front.mirror": True, "back.mirror": mirror}))
        assert (settled.augment.flip, settled.augment.shift) == (mirror, 1)
        assert (settled.batch_size, settled.label_smoothing) == (16, 0.1)


def test_guessing_is_scored_for_every_output(prepared: PreparedData) -> None:
    summary = MULTI.summary(prepared)
    assert summary["baseline"]["val_kind_accuracy"] == pytest.approx(1 / 3)  # type: ignore[index]
    assert summary["baseline"]["val_price_r2"] < 0.1  # type: ignore[index]
    assert summary["outputs"]["kind"]["class_counts"] == dict.fromkeys(KINDS, 15)  # type: ignore[index]


def test_goals_have_the_losses_and_scores_that_are_asked_for(folder: Path, tmp_path: Path) -> None:
    text = (
        Space.load("multimodal")
        .source.replace("photo: image, title: text, ", "")
        .replace("{kind: regression, loss_weight: 0.3}", "{kind: regression, loss: huber, loss_weight: 0.5}")
    )
    columns = Columns(inputs=inputs("facts=tabular:rooms,street"), outputs=outputs("category=classification:kind"))
    start, _, rest = text.partition("    seen:")
    counted = "    counted:" + rest.partition("    counted:")[2].replace("from: [seen, told, counted]", "from: counted")
    counted = counted.replace("      merge: {choice: [concat, add, multiply]}\n", "").replace(
        "from: facts", "from: input"
    )
    start = "\n".join(line for line in start.splitlines() if not line.startswith(("  size:", "  reduce:")))
    blocks = start.partition("  see:")[0] + "  count:" + start.partition("  count:")[2]
    space = tmp_path / "own.yaml"
    space.write_text((blocks + "\n" + counted).partition("\nseeds:")[0], "utf-8")
    found = prepare(folder, tmp_path, columns, space=str(space), objective="val_price_mape")
    goals = MULTI.goals(found)
    assert (goals["price"].loss, goals["price"].weight, goals["price"].metrics[-1]) == ("huber", 0.5, "mape")
    assert goals["category"].weight == 1.0


def test_numbers_alone_are_split_by_their_ranges(folder: Path, tmp_path: Path) -> None:
    found = prepare(folder, tmp_path, replace(SMALL, outputs=outputs("price=regression")))
    prices = found.rows("validation").targets["price"]
    assert prices.min() < 200 < prices.max()


def test_weights_and_groups_count_for_all_outputs(folder: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(folder / "houses.csv")
    y = {name: frame[name] for name in ("kind", "price", "tags")}
    weights = np.ones(N)
    weights[:3] = 0
    heard = Heard()
    x = {"facts": frame[["rooms", "street"]]}
    found = prepare(folder, tmp_path, SMALL, heard, data=Arrays(x, y, weights=weights, groups=np.arange(N) // 5))
    assert "3 of 45 rows are left out: their weight is 0" in heard.warnings
    assert found.datasets[0].weighted
    groups = found.datasets[0].groups
    assert groups is not None
    assert not set(groups[found.split.train]) & set(groups[found.split.validation])


def test_validation_data_has_the_contracts_of_the_training_data(folder: Path, tmp_path: Path) -> None:
    houses(folder, 9, seed=5).to_csv(tmp_path / "val.csv", index=False)
    frame = pd.read_csv(tmp_path / "val.csv")
    for place in ("front", "back"):
        frame[f"photo_{place}"] = [str(folder / name) for name in frame[f"photo_{place}"]]
    frame.to_csv(tmp_path / "val.csv", index=False)
    found = prepare(folder, tmp_path, COLUMNS, validation=tmp_path / "val.csv")
    assert (len(found.split.train), len(found.split.validation)) == (N, 9)
    assert found.datasets[0].inputs == found.datasets[1].inputs


def test_rows_without_an_answer_are_refused_or_left_out(folder: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(folder / "houses.csv")
    frame.loc[4, "price"] = None
    data = Arrays({"facts": frame[["rooms", "street"]]}, {name: frame[name] for name in ("kind", "price", "tags")})
    with pytest.raises(DataError, match=r"the answer of 'price' is missing .* rows 4"):
        prepare(folder, tmp_path, SMALL, data=data)
    found = prepare(folder, tmp_path, replace(SMALL, drop_missing_labels=True), data=data)
    assert found.datasets[0].rows == N - 1


def test_a_bad_picture_takes_its_row_along(folder: Path, tmp_path: Path) -> None:
    frame = houses(tmp_path, 12)
    (tmp_path / frame["photo_back"][7]).write_bytes(b"no picture")
    frame.to_csv(tmp_path / "houses.csv", index=False)
    with pytest.raises(DataError, match=str(frame["photo_back"][7])):
        prepare(tmp_path, tmp_path, COLUMNS)
    found = prepare(tmp_path, tmp_path, COLUMNS, on_bad_file="skip")
    assert found.datasets[0].rows == 11


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"columns": Columns()}, "which inputs and outputs"),
        ({"class_weight": "balanced"}, "--class-weight balanced: whose.* write kind=balanced"),
        ({"class_weight": {"price": "balanced"}}, "class weights are for classes, and the output 'price' is regress"),
        ({"class_weight": {"kind": {"castle": 2}}}, "class weight names 'castle'"),
        ({"class_weight": {"kind": {"hut": -1}}}, "the class weight of 'hut' is -1"),
        ({"loss": "huber"}, "--loss huber: whose.* write kind=huber"),
        ({"loss": "cost=huber"}, "--loss is for 'cost', which is no output"),
        ({"loss": "kind=huber"}, "'huber' does not fit these answers"),
        ({"loss": "price=huber,price=log_cosh"}, "two losses for the output 'price': huber, log_cosh"),
        ({"metrics": ("price=top_5",)}, "unknown metric 'top_5'"),
        ({"metrics": ("price=own_goals:errors",), "objective": "val_kind_errors"}, "unknown objective"),
        ({"columns": replace(SMALL, target=("kind",))}, "--target is for one output"),
        ({"columns": replace(SMALL, share=(("facts", "photo"),))}, "'photo' is to share a tower and is no input"),
        ({"columns": replace(COLUMNS, share=(("facts", "title"),))}, "cannot share a tower"),
        ({"objective": "val_prize_rmse"}, "val_price_rmse"),
        ({"columns": SMALL, "space": "multimodal"}, "the space has no output 'kind'"),
        ({"columns": SMALL, "space": "cnn"}, "does not name its inputs and outputs"),
        ({"columns": replace(SMALL, outputs=weighted(SMALL.outputs[:1], {"kind": 0}))}, "nothing to learn"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, tmp_path: Path, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises((ConfigError, SpaceError), match=sentence):
        prepare(folder, tmp_path, **({"columns": SMALL} | more))
    assert not (tmp_path / "prepared").exists()


def test_every_output_has_what_was_chosen_for_it(folder: Path, tmp_path: Path) -> None:
    found = prepare(
        folder,
        tmp_path,
        SMALL,
        loss="price=huber,kind=focal",
        metrics=("price=mape", "price=own_goals:share_above"),
        class_weight={"kind": "balanced"},
        objective="val_price_share_above",
    )
    goals = MULTI.goals(found)
    assert (goals["price"].loss, goals["kind"].loss) == ("huber", "categorical_focal_crossentropy")
    assert goals["tags"].loss == "binary_crossentropy"
    assert goals["price"].metrics[-2:] == ("mape", "own_goals:share_above")
    assert "mape" not in goals["kind"].metrics
    assert MULTI.own_metrics(found) == ("price=own_goals:share_above",)
    rows = found.rows("train")
    assert rows.weights is None
    np.testing.assert_allclose(np.bincount(rows.targets["kind"], rows.by_target["kind"]), len(rows) / 3, rtol=1e-5)
    assert (rows.by_target["price"] == 1).all()
    assert not found.rows("validation").by_target
    assert PreparedData.load(found.directory).class_weights == found.class_weights
    objective = MULTI.objective("val_price_share_above", ("price=own_goals:share_above",))
    assert (objective.metric, objective.direction) == ("val_price_share_above", "minimize")


def test_objectives_say_their_direction() -> None:
    said = {name: MULTI.objective(name).direction for name in ("val_price_rmse", "val_a_b_accuracy", "val_x_loss")}
    assert said == {"val_price_rmse": "minimize", "val_a_b_accuracy": "maximize", "val_x_loss": "minimize"}
    assert MULTI.objective().metric == "val_loss"
    with pytest.raises(ConfigError, match="val_OUTPUT_METRIC"):
        MULTI.objective("accuracy")
