"""Tables and JSON on stdout."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.cli.output import plain, show_json, table


def test_json_has_no_nan_and_knows_arrays_scalars_and_paths(capsys, tmp_path):
    show_json({"a": float("nan"), "b": np.float32(0.5), "c": np.int64(3), "d": tmp_path, "e": (True, None)})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": 0.5, "c": 3, "d": str(tmp_path), "e": [True, None]}


def test_numpy_nan_is_null_too():
    assert plain(np.float64("nan")) is None
    assert plain(np.float32("inf")) is None


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = table(["#", "state", "network"], [["1", "complete", "conv > " * 40], ["10", "failed", ""]], right=[0])
    assert max(map(len, lines)) <= columns
    assert lines[0].startswith(" #  state     network")


@given(st.lists(st.lists(st.text("ab ", max_size=5), min_size=2, max_size=2), max_size=5))
def test_a_table_has_a_line_for_every_row_and_no_blanks_at_the_end(rows):
    lines = table(["x", "y"], rows)
    assert len(lines) == len(rows) + 1
    assert all(line == line.rstrip() for line in lines)
