"""Lines of JSON are a table like any other."""

from __future__ import annotations

import json

import numpy as np
import pytest

from automl.errors import DataError

ROWS = [{"a": n * n, "colour": ("red", "green", "blue")[n % 3], "y": "yes" if n % 2 else "no"} for n in range(30)]


def lines(rows: list[object]) -> str:
    return "\n".join(json.dumps(row) for row in rows) + "\n"


def test_lines_of_json_hold_what_a_csv_file_holds(read) -> None:
    csv = "a,colour,y\n" + "".join(f"{row['a']},{row['colour']},{row['y']}\n" for row in ROWS)
    found = read(lines(ROWS), name="rows.jsonl")
    np.testing.assert_array_equal(found.x, read(csv).x)
    np.testing.assert_array_equal(found.y, read(csv).y)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_keys_may_be_missing_and_lines_empty(read, encoding: str) -> None:
    rows = [dict(row) for row in ROWS]
    del rows[4]["a"]
    rows[5]["a"] = None
    found = read("\n\n" + lines(rows), name="rows.ndjson", written=encoding)
    assert np.flatnonzero(np.isnan(found.x[:, 0])).tolist() == [4, 5]


@pytest.mark.parametrize(
    ("line", "message"),
    [("[1, 2]", "line 31 of .* is list; an object"), ("{no", "line 31 of .* is no JSON"), ("7", "is int")],
)
def test_a_line_that_is_no_object_is_named(read, line: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(lines(ROWS) + line, name="rows.jsonl")


def test_a_file_without_an_object_is_refused(read) -> None:
    with pytest.raises(DataError, match="holds no JSON object"):
        read("\n\n", name="rows.jsonl")


def test_nested_cells_are_text(read) -> None:
    rows = [row | {"tags": ["x", str(n % 2)]} for n, row in enumerate(ROWS)]
    contract = read(lines(rows), name="rows.jsonl").contract
    assert next(column.values for column in contract.columns if column.name == "tags") == ('["x", "0"]', '["x", "1"]')
