"""What columns are taken for, and the reason that is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.data.tables.contract import Column, LeftOut
from automl.data.tables.profile import Profile

N = 60


def decide(cells: object, *, pieces: int = 1, plain: bool = False) -> Column | LeftOut:
    column = cells if isinstance(cells, pd.Series) else pd.Series(cells)
    profile = Profile("it", plain=plain)
    for part in np.array_split(np.arange(len(column)), pieces):
        profile.see(column.iloc[part])
    return profile.decide()


def cycle(*values: object) -> list[object]:
    return [values[i % len(values)] for i in range(N)]


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(
    ("cells", "kind", "reason"),
    [
        ([str(i * i) for i in range(N)], "number", "every cell is a number"),
        ([f"{i * i} " for i in range(N)], "number", "every cell is a number"),
        ([f"{i},{i:03}.5" for i in range(1, N)], "number", "every cell is a number"),
        (cycle("1", "?", "", "NA", "3.5", "2e3"), "number", "every cell is a number"),
        (np.arange(N) ** 2, "number", "its cells are numbers"),
        (np.arange(N) % 2 == 0, "boolean", "its cells are booleans"),
        (cycle("True", "false", ""), "boolean", "every cell is True or false"),
        (cycle("yes", "no"), "boolean", "every cell is no or yes"),
        (cycle("red", "green", "blue"), "category", "3 different texts"),
        (cycle("none", "co-applicant"), "category", "2 different texts"),
        (pd.Series(cycle(7, 8)).astype("category"), "category", "its cells are categories"),
        ([f"2026-01-{1 + i % 28:02}" for i in range(N)], "date", "every cell is a date as %Y-%m-%d"),
        ([f"{1 + i % 28}.02.2026" for i in range(N)], "date", "every cell is a date as %d.%m.%Y"),
        (pd.date_range("2026-01-01", periods=N), "date", "its cells are dates"),
    ],
)
def test_a_column_is_taken_for(cells: object, kind: str, reason: str, pieces: int) -> None:
    found = decide(cells, pieces=pieces)
    assert isinstance(found, Column)
    assert (found.kind, found.reason) == (kind, reason)


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["same"] * N, "it is constant: 'same' in every row"),
        ([4.0] * N, "it is constant: 4.0 in every row"),
        ([""] * N, "it is empty"),
        ([None] * N, "it is empty"),
        (range(1, N + 1), "it counts the rows"),
        ([str(i) for i in range(N)], "it counts the rows"),
        ([f"AB{i}" for i in range(N)], f"it looks like an identifier: {N} different texts in {N} rows"),
        ([f"a lovely film number {i}" for i in range(N)], "it is free text"),
    ],
)
def test_a_column_is_left_out(cells: object, reason: str, pieces: int) -> None:
    found = decide(pd.Series(cells), pieces=pieces)
    assert isinstance(found, LeftOut)
    assert found.reason.startswith(reason)


def test_columns_of_an_array_are_never_left_out() -> None:
    for cells in ([4.0] * N, list(range(N)), [f"AB{i}" for i in range(N)], [np.nan] * N):
        assert isinstance(decide(cells, plain=True), Column)


def test_a_constant_that_is_sometimes_missing_says_something() -> None:
    assert isinstance(decide(cycle("same", "")), Column)


def test_a_few_words_among_numbers_count_as_missing() -> None:
    found = decide([str(i * i) for i in range(500)] + ["unknown"])
    assert isinstance(found, Column)
    assert (found.kind, found.lenient) == ("number", True)
    assert "all but 1 of 501 cells are numbers; those ('unknown')" in found.reason


def test_rare_values_have_no_code_of_their_own() -> None:
    found = decide(["a"] * 50 + ["b"] * 50 + ["c"])
    assert isinstance(found, Column)
    assert found.values == ("a", "b")
    assert found.reason == "3 different texts; 1 rare ones count as unknown"


def test_dates_with_a_time_of_day_give_the_hour() -> None:
    found = decide(pd.date_range("2026-01-01", periods=N, freq="7h"))
    assert isinstance(found, Column)
    assert found.numbers == ("it.days", "it.month", "it.day", "it.weekday", "it.hour")
