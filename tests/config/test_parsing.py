"""What people type, as numbers; what cannot be read is refused with the value and an example."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.config import (
    Limits,
    parse_budget,
    parse_count,
    parse_duration,
    parse_gpus,
    parse_list,
    parse_size,
    parse_trials,
)
from automl.errors import ConfigError


@given(st.integers(1, 10**6))
def test_a_plus_makes_any_number_or_time_one_beyond_what_there_is(n):
    assert (parse_trials(str(n)), parse_trials(n), parse_trials(f"+{n}")) == ((n, 0), (n, 0), (None, n))
    assert (parse_budget(f"{n}s"), parse_budget(n), parse_budget(f"+{n}s")) == ((n, 0.0), (n, 0.0), (None, n))


@given(st.integers(1, 10**9), st.sampled_from(["", "k", "M", "G"]))
def test_counts_with_and_without_a_letter_are_the_same(n, letter):
    assert (
        parse_count(f"{n}{letter}")
        == n * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[letter]
        == parse_count(n * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[letter])
    )


@pytest.mark.parametrize(
    ("parse", "value", "words"),
    [
        (parse_duration, "soon", "cannot read 'soon' as a duration"),
        (parse_duration, "10x", "cannot read '10x' as a duration"),
        (parse_duration, "0", "a duration must be positive"),
        (parse_duration, "inf", "a duration must be positive"),
        (parse_budget, "+", "cannot read '' as a duration"),
        (parse_budget, "+-5", "a duration must be positive"),
        (parse_trials, "+", "cannot read '+' as a number of trials"),
        (parse_trials, "3.5", "cannot read '3.5' as a number of trials"),
        (parse_trials, "-1", "trials is -1; it must be at least 1"),
        (parse_trials, "+0", "trials is +0; it must be at least 1"),
        (parse_size, "4 cows", "cannot read '4 cows' as a size"),
        (parse_size, "-4GB", "as a size"),
        (parse_count, "many", "cannot read 'many' as a number"),
        (parse_count, "nan", "a number must be at least 1"),
        (parse_count, "0.2", "a number must be at least 1"),
        (parse_gpus, "0,0", "cannot read '0,0' as GPUs"),
        (parse_gpus, "all", "cannot read 'all' as GPUs"),
        (parse_gpus, "", "cannot read '' as GPUs"),
        (parse_gpus, [-1], "as GPUs"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_value(parse, value, words):
    with pytest.raises(ConfigError) as refused:
        parse(value)
    assert words in str(refused.value)


def test_lists_and_gpus():
    assert parse_list(" a, ,b,") == ("a", "b")
    assert (parse_gpus("none"), parse_gpus([]), parse_gpus("1, 0"), parse_gpus(None)) == ((), (), (1, 0), None)


def test_limits_are_read_and_override_one_another():
    kept = Limits.parse(trial_timeout="5m", memory_limit="4GB", worker_memory=1024, disk_limit="1GiB", max_flops="2G")
    assert kept == Limits(trial_seconds=300.0, memory=4 * 10**9, worker_memory=1024, disk=2**30, flops=2 * 10**9)
    assert kept.overridden_by(Limits()) == kept
    assert kept.overridden_by(Limits(disk=5)).disk == 5
    with pytest.raises(ConfigError, match="limit on memory is 0"):
        Limits(memory=0)
