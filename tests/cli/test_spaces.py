"""``automl spaces``: looking at search spaces."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from automl.space import Space

TWO = """
name: two
inputs: {left: image, title: text}
outputs: {price: regression, kind: classification}
model:
  graph:
    a: {from: left, do: [{conv: {pow2: [8, 32]}}, gap]}
    b: {from: title, do: [{embed: {dim: 16, vocabulary: 100}}, gap]}
    fused: {from: [a, b]}
    price: {from: fused, do: head}
    kind: {from: fused, do: head}
constraints: {params: 1000000}
"""


@pytest.fixture
def two(tmp_path):
    (tmp_path / "two.yaml").write_text(TWO)
    return tmp_path / "two.yaml"


def test_size_counts_the_points(automl):
    done = automl("spaces", "size", "cnn")
    size = Space.load("cnn").size()
    assert done.stdout == f"cnn: {size}\n"
    document = json.loads(automl("spaces", "size", "cnn", "--json").stdout)
    assert document == {"space": "cnn", "discrete": size.discrete, "continuous": size.continuous}


def test_sample_prints_networks_as_tables_and_the_same_ones_again(automl, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    done = automl("spaces", "sample", "cnn", "--n", "3", "--seed", "1")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if line[:2] in ("1:", "2:", "3:")] == ["1", "2", "3"]
    assert sum(line.split() == ["layer", "operation", "output", "parameters", "FLOPs"] for line in lines) == 3
    assert max(map(len, lines)) <= 125
    assert automl("spaces", "sample", "cnn", "--n", "3", "--seed", "1").stdout == done.stdout
    assert automl("spaces", "sample", "cnn", "--n", "3", "--seed", "2").stdout != done.stdout


def test_samples_meet_the_constraints(automl):
    document = json.loads(automl("spaces", "sample", "cnn", "--n", "5", "--shape", "28x28x1", "--json").stdout)
    assert len(document["samples"]) == 5
    for each in document["samples"]:
        assert each["parameters"] <= 3_000_000
        assert each["architecture"]["inputs"]["image"]["shape"] == [28, 28, 1]
        assert "width" in each["decisions"]


def test_a_space_that_allows_nothing_names_the_constraint(automl, tmp_path):
    (tmp_path / "s.yaml").write_text("model: [{conv: {int: [8, 9]}}, head]\nconstraints: {params: 3}\n")
    done = automl("spaces", "sample", tmp_path / "s.yaml")
    assert done.exit_code == 2
    assert "none of 1,000 random points is allowed; most often (1,000 times): the constraint params" in done.stderr


def test_draw_writes_a_picture(automl, tmp_path):
    done = automl("spaces", "draw", "cnn", "-o", tmp_path / "cnn.svg")
    assert done.stdout.startswith(f"{tmp_path / 'cnn.svg'}: conv24 > ")
    picture = (tmp_path / "cnn.svg").read_text("utf-8")
    assert ET.fromstring(picture).tag.endswith("svg")
    assert "cnn (default)" in picture
    automl("spaces", "draw", "cnn", "-o", tmp_path / "other.svg", "--seed", "3")
    assert "cnn (random, seed 3)" in (tmp_path / "other.svg").read_text("utf-8")


def test_draw_refuses_a_folder_that_is_not_there(automl, tmp_path):
    done = automl("spaces", "draw", "cnn", "-o", tmp_path / "nowhere" / "cnn.svg")
    assert done.exit_code == 2
    assert "there is no folder" in done.stderr


def test_several_inputs_and_outputs_are_made_up(automl, two, tmp_path):
    assert "default for left 32x32x3, title 64: 2 inputs" in automl("spaces", "validate", two).stdout
    assert automl("spaces", "size", two).stdout == "two: 3 points\n"
    assert automl("spaces", "draw", two, "-o", tmp_path / "two.svg").exit_code == 0
    assert {"left", "title", "price", "kind"} <= {
        text.text for text in ET.parse(tmp_path / "two.svg").iter() if text.tag.endswith("text")
    }
    done = automl("spaces", "sample", two, "--shape", "8x8x3")
    assert done.exit_code == 2
    assert "--shape is for one input; the space 'two' has left, title" in done.stderr


def test_schema_is_a_json_schema_of_what_is_shown(automl):
    from automl.space.document import plain
    from automl.space.yaml_text import read_yaml

    schema = json.loads(automl("spaces", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(plain(read_yaml(automl("spaces", "show", "cnn").stdout)), schema)


def test_a_task_that_nothing_searches_is_pointed_out(automl, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text("task: image-clasify\nmodel: [flatten, head]\n")
    done = automl("spaces", "validate", file)
    assert done.exit_code == 0
    assert "warning: no search of this version is for the task 'image-clasify'" in done.stderr
    assert "did you mean 'image-classify'?" in done.stderr
    assert "warning" not in automl("spaces", "validate", "cnn").stderr
