"""Runs side by side, networks as trees and as spaces of their own, and what a score depends on."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import automl
from automl.arch import Architecture, Input, Node
from automl.errors import ConfigError, SpaceError
from automl.insights.again import only_space
from automl.insights.comparison import compare, progress
from automl.insights.importance import importance
from automl.insights.tree import tree
from automl.space import DefaultDecider, Space, made_up_data, shipped_spaces
from automl.study import StudyReader, quiet_optuna

LARGE = ("mobile", "nasnet", "vit")
SPACES = [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in shipped_spaces()]


def ends(run: Path, seconds: list[float]) -> None:
    """Let the trials of a run end so many seconds after its beginning."""
    start = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with closing(sqlite3.connect(run / "study.db")) as connection:
        for number, after in enumerate(seconds):
            moment = (start + timedelta(seconds=after)).isoformat(" ")
            connection.execute("UPDATE automl_trial SET ended = ? WHERE number = ?", (moment, number))
        connection.commit()


def test_time_counts_while_a_trial_trains(mine):
    ends(mine, [2, 4, 5, 1000, *(2000 + 10 * n for n in range(26))])
    with StudyReader.open(mine) as reader:
        steps = progress("mine", reader).steps
    # two, two more, one of two that ran beside each other, then a night between, and two a trial again
    assert [spent for spent, _, _ in steps[:5]] == [2, 4, 5, 7, 9]


def test_the_best_so_far_never_gets_worse_and_ends_with_the_best(told):
    with StudyReader.open(told) as reader:
        found = progress("told", reader)
    best = [value for _, _, value in found.steps]
    assert best == sorted(best)
    assert best[-1] == found.best.value
    assert (found.after_trials(0), found.after_trials(30), found.after_seconds(-1)) == (None, best[-1], None)


def test_runs_are_compared_up_to_the_end_of_the_shortest(told, mine):
    with closing(sqlite3.connect(mine / "study.db")) as connection:
        connection.execute("DELETE FROM automl_trial WHERE number >= 10")
        connection.commit()
    with ExitStack() as stack:
        studies = [(name, stack.enter_context(StudyReader.open(run))) for name, run in (("a", told), ("b", mine))]
        found = compare(studies)
        assert found.at_trials == [1, 2, 5, 10]
        assert found.at_seconds[-1] == min(run.seconds for run in found.runs)
        same = found.to_json()["at_trials"]
        assert all(point["best"]["a"] == point["best"]["b"] for point in same), "they began alike"
        with pytest.raises(ConfigError, match="two runs or more"):
            compare(studies[:1])


@pytest.mark.parametrize("name", SPACES)
def test_a_network_written_as_a_space_is_that_network_and_nothing_else(name):
    space = Space.load(name)
    inputs, heads = made_up_data(space)
    candidate = space.interpret(DefaultDecider(), inputs=inputs, heads=heads)
    text = only_space(
        candidate.architecture.to_json(), candidate.training.model_dump(mode="json"), name="one", source=space.source
    )
    again = Space.parse(text, filename="one.yaml")
    found = again.interpret(DefaultDecider(), inputs=inputs, heads=heads)
    assert found.architecture == candidate.architecture
    assert found.params == {}
    assert found.training == candidate.training


def test_a_network_that_the_language_cannot_say_is_refused():
    nodes = [Node("a", "gap", {}, ("image",)), Node("b", "head", {"units": 2}, ("a",))]
    document = Architecture.assemble({"image": Input((8, 8, 1))}, nodes, {"label": "b"}).to_json()
    with pytest.raises(SpaceError, match="cannot be written as a space"):
        only_space(
            document, {}, name="one", source="{version: 1, name: x, outputs: {other: regression}, model: [head]}"
        )


@pytest.mark.parametrize("name", SPACES)
def test_a_tree_has_a_line_for_every_layer_and_fits_its_width(name):
    space = Space.load(name)
    inputs, heads = made_up_data(space)
    network = space.sample(np.random.default_rng(3), inputs=inputs, heads=heads).architecture
    lines = tree(network, columns=80)
    first = [line.split()[0] for line in lines if line.split()]
    assert [word for word in first if word in {node.id for node in network.nodes}] == [
        node.id for node in network.nodes
    ]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("by", ["ped-anova", "fanova", "forest"])
def test_what_decides_is_found(told, by):
    with quiet_optuna():
        found = {each.parameter: each for each in importance(told, by=by)}
    assert sum(each.importance for each in found.values()) == pytest.approx(1)
    assert found["stem"].importance + found["train/lr"].importance > 0.5
    assert found["stem"].best_values.split()[0] == "wide"
    with pytest.raises(ConfigError, match="did you mean"):
        importance(told, by=by[:-1])


def test_too_few_trials_say_nothing(mine):
    with closing(sqlite3.connect(mine / "study.db")) as connection:
        connection.execute("UPDATE automl_trial SET state = 'pruned' WHERE number > 3")
        connection.execute("UPDATE trials SET state = 'PRUNED' WHERE number > 3")
        connection.commit()
    assert [importance(mine, by=by) for by in ("ped-anova", "fanova", "forest")] == [[], [], []]
    with automl.Study(mine) as study:
        assert study.best is not None
