"""Windows of series: which there are, which of them validate, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.data import Dataset, ForecastContract
from automl.data.forecast.read import Asked, asked_for, parts_of, read_forecast
from automl.data.forecast.roles import Roles
from automl.data.forecast.segments import (
    BETWEEN,
    TRAIN,
    VALIDATION,
    Segment,
    default_lookback,
    split_latest,
    window_starts,
)
from automl.data.forecast.series import Series
from automl.data.forecast.source import has_part, open_series
from automl.errors import ConfigError, DataError


def hourly(rows: int, start: str = "2024-01-01") -> pd.DataFrame:
    index = pd.date_range(start, periods=rows, freq="h", name="when")
    return pd.DataFrame({"y": np.arange(float(rows)), "z": -np.arange(float(rows))}, index=index)


def read(source: object, folder: Path, *, horizon: int = 4, later: object = None, **asked: object) -> Dataset:
    wanted = Asked(horizon, asked.pop("lookback", None), Roles(**asked))
    validation = None if later is None else open_series(later, "validation")
    return read_forecast(open_series(source), validation, wanted, cache_dir=folder)


def contract_of(dataset: Dataset) -> ForecastContract:
    contract = dataset.contract
    assert isinstance(contract, ForecastContract)
    return contract


def test_a_window_is_the_past_and_its_answer_is_what_follows(tmp_path: Path) -> None:
    dataset = read(hourly(100), tmp_path, lookback=8, known=("z",), targets=("y",))
    contract = contract_of(dataset)
    assert contract.channels == ("y", "z", "hour.sin", "hour.cos")
    assert contract.answers == ("y+1", "y+2", "y+3", "y+4")
    window, answer = dataset.x[5], dataset.y[5]
    assert window[:, 0].tolist() == list(range(5, 13))
    assert window[:, 1].tolist() == [-each for each in range(5, 13)]
    assert window[:, 4].tolist() == [-each for each in range(9, 17)]  # z, four steps later
    assert answer.tolist() == [13, 14, 15, 16]


def test_the_series_is_kept_once(tmp_path: Path) -> None:
    dataset = read(hourly(5000), tmp_path, lookback=200, targets=("y",))
    steps = np.load(dataset.directory / "x.series.npy")
    assert steps.shape[0] == 5000
    assert dataset.x.shape == (dataset.rows, 200, 9)
    np.testing.assert_array_equal(dataset.x[[7, 3]][:, :, 0], [np.arange(7, 207), np.arange(3, 203)])


def test_the_latest_fifth_validates_and_no_training_window_reaches_into_it(tmp_path: Path) -> None:
    dataset = read(hourly(100), tmp_path, lookback=8, targets=("y",))
    parts, answers = parts_of(dataset), dataset.y
    assert answers[parts == TRAIN].max() == 79
    assert answers[parts == VALIDATION].min() == 80
    assert answers[parts == VALIDATION].max() == 99
    assert (parts == BETWEEN).sum() == 3
    assert dataset.x[np.flatnonzero(parts == VALIDATION)[0]][0, 0] == 72  # looks back on training rows


@given(
    rows=st.lists(st.integers(1, 120), min_size=1, max_size=4),
    lookback=st.integers(1, 20),
    horizon=st.integers(1, 12),
)
def test_windows_never_leave_their_series_nor_mix_parts(rows: list[int], lookback: int, horizon: int) -> None:
    series = [Series(str(place), np.arange(float(n)), np.zeros((n, 1))) for place, n in enumerate(rows)]
    try:
        segments = split_latest(series, lookback, horizon)
    except DataError:
        assert max(rows) < lookback + 2 * horizon
        return
    starts, parts = window_starts(segments, lookback, horizon, 1)
    begins = np.concatenate([[0], np.cumsum(rows)])
    for start, part in zip(starts.tolist(), parts.tolist(), strict=True):
        at = int(np.searchsorted(begins, start, side="right")) - 1
        asked, behind = start - begins[at] + lookback, start - begins[at] + lookback + horizon
        assert behind <= rows[at]
        if part == TRAIN:
            assert behind <= segments[at].first
        elif part == VALIDATION:
            assert asked >= segments[at].first
        else:
            assert asked < segments[at].first < behind
    assert {TRAIN, VALIDATION} <= set(parts.tolist())


def test_many_windows_are_thinned_out_at_even_distances() -> None:
    segment = Segment(Series("", np.arange(40_000.0), np.zeros((40_000, 1))), 32_000)
    starts, parts = window_starts([segment], 10, 1000, 10)
    assert (parts == TRAIN).sum() <= 3200
    assert (parts == VALIDATION).sum() <= 4096
    assert len(np.unique(np.diff(starts[parts == TRAIN]))) == 1


def test_how_far_to_look_back_follows_from_horizon_season_and_rows() -> None:
    assert default_lookback(11_520, 96, 24)[0] == 288
    assert default_lookback(120, 12, 12)[0] == 36
    assert default_lookback(3_287, 7, 7)[0] == 35
    assert default_lookback(120, 24, 12)[0] == 48
    lookback, why = default_lookback(40, 12, 12)
    assert lookback + 2 * 12 <= 40
    assert "as far as 40 rows allow" in why


def test_statistics_are_those_of_the_training_rows(tmp_path: Path) -> None:
    contract = contract_of(read(hourly(100), tmp_path, lookback=8, targets=("y",)))
    rows = np.arange(80.0)
    assert contract.mean[0] == pytest.approx(rows.mean())
    assert contract.scale[0] == pytest.approx(rows.std())
    assert contract.naive == (24.0,)  # repeating the day before
    (tail,) = contract.tails
    assert [row[0] for row in tail.values] == list(range(92, 100))


def test_validation_rows_that_go_on_look_back_on_training_rows(tmp_path: Path) -> None:
    whole = hourly(60)
    dataset = read(whole[:40], tmp_path, lookback=8, targets=("y",), later=whole[40:])
    parts = parts_of(dataset)
    first = np.flatnonzero(parts == VALIDATION)[0]
    assert dataset.y[first].tolist() == [40, 41, 42, 43]
    assert dataset.x[first][:, 0].tolist() == list(range(32, 40))
    assert (parts == BETWEEN).sum() == 3
    apart = read(whole[:30], tmp_path, lookback=8, targets=("y",), later=whole[40:])
    assert apart.y[parts_of(apart) == VALIDATION].min() == 48


def test_earlier_validation_rows_are_refused(tmp_path: Path) -> None:
    whole = hourly(60)
    with pytest.raises(DataError, match=r"begin at 2024-01-01, before .*; validation rows must be later than training"):
        read(whole[30:], tmp_path, lookback=4, targets=("y",), later=whole[:30])


def test_a_folder_may_say_which_rows_are_which(tmp_path: Path) -> None:
    hourly(100).reset_index().to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "NOTES.txt").write_text("what this is")
    (tmp_path / "split.json").write_text(
        json.dumps({"train": [0, 50], "val": [50, 80], "test": [80, 100], "note": "x"})
    )
    assert has_part(tmp_path, "validation")
    dataset = read(tmp_path, tmp_path / "cache", lookback=8, targets=("y",), later=tmp_path)
    parts = parts_of(dataset)
    assert (dataset.y[parts == TRAIN].max(), dataset.y[parts == VALIDATION].max()) == (49, 79)
    assert len(open_series(tmp_path, "test").frame()) == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", r"cannot be read"),
        ('{"train": [0, 8, 9]}', r"cannot be read"),
        ('{"train": [8, 0]}', r"a range is \[first row, row behind the last\]"),
        ('{"test": [0, 8]}', r"no range called 'train'"),
    ],
)
def test_a_split_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "split.json").write_text(text)
    with pytest.raises(DataError, match=said):
        open_series(tmp_path)


def test_series_too_short_are_left_out_and_none_long_enough_is_refused(tmp_path: Path) -> None:
    long, short = hourly(60).reset_index(), hourly(6).reset_index()
    frame = pd.concat([long.assign(shop="a"), short.assign(shop="b")])
    dataset = read(frame, tmp_path, lookback=8, targets=("y",), series="shop")
    assert any("1 series are shorter than lookback and horizon and are not used: b" in note for note in dataset.notes)
    with pytest.raises(DataError, match=r"the longest series has 15 rows, and 16 are needed: 8 to look back on, 4 to"):
        read(hourly(15), tmp_path, lookback=8, targets=("y",))
    with pytest.raises(DataError, match=r"the longest series has 100 rows, and 401 are needed"):
        read(hourly(100), tmp_path, horizon=200, targets=("y",))


def test_two_series_are_never_one_window(tmp_path: Path) -> None:
    frame = pd.concat([hourly(50).reset_index().assign(shop="a"), hourly(40).reset_index().assign(shop="b", y=1000.0)])
    dataset = read(frame, tmp_path, lookback=8, targets=("y",), series="shop")
    assert len({tail.series for tail in contract_of(dataset).tails}) == 2
    mixed = np.concatenate([dataset.x[:][:, :, 0], dataset.y], axis=1)
    assert ((mixed < 500).all(axis=1) | (mixed == 1000).all(axis=1)).all()


@pytest.mark.parametrize(
    ("horizon", "lookback", "said"),
    [
        (None, None, r"how many steps are to be forecast\? say --horizon N"),
        (0, None, r"horizon is 0; it must be a number of steps, at least 1"),
        (3, -1, r"lookback is -1; it must be"),
        (True, None, r"horizon is True"),
    ],
)
def test_a_horizon_is_asked_for(horizon: int | None, lookback: int | None, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        asked_for(horizon, lookback, Roles())


def test_what_is_known_of_the_future_needs_a_lookback_as_long_as_the_horizon(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a lookback of 3 is shorter than the horizon of 4.*--lookback 4 or more"):
        read(hourly(100), tmp_path, lookback=3, targets=("y",), known=("z",))
    assert contract_of(read(hourly(100), tmp_path, lookback=3, targets=("y",))).cycles == ()


def test_equal_data_is_read_once(tmp_path: Path) -> None:
    assert not read(hourly(100), tmp_path, targets=("y",)).reused
    assert read(hourly(100), tmp_path, targets=("y",)).reused
    assert not read(hourly(100), tmp_path, targets=("z",)).reused


def test_parquet_csv_and_a_data_frame_are_the_same(tmp_path: Path) -> None:
    frame = hourly(100).reset_index()
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "b.csv", index=False, sep=";", encoding="utf-8-sig")
    found = [read(source, tmp_path / "cache") for source in (tmp_path / "a.csv", tmp_path / "b.csv", hourly(100))]
    assert len({each.y.tobytes() for each in found}) == 1
    pytest.importorskip("pyarrow")
    frame.to_parquet(tmp_path / "c.parquet")
    assert read(tmp_path / "c.parquet", tmp_path / "cache").y.tobytes() == found[0].y.tobytes()


def test_an_index_of_periods_or_of_series_and_dates_is_understood(tmp_path: Path) -> None:
    months = pd.DataFrame({"y": np.arange(60.0)}, index=pd.period_range("2019-01", periods=60, freq="M"))
    assert contract_of(read(months, tmp_path)).time.step == "MS"
    both = pd.concat({"a": hourly(60), "b": hourly(60)}, names=["shop", "when"])
    dataset = read(both, tmp_path, targets=("y",), series="shop")
    assert [tail.series for tail in contract_of(dataset).tails] == ["a", "b"]
    alone = read(pd.Series(np.sin(np.arange(100.0) / 3), name="s"), tmp_path)
    assert contract_of(alone).time.kind == "rows"
    assert contract_of(alone).season > 1
