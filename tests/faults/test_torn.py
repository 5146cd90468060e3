"""Files that were torn by something that this package does not control."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.harness import Answer, Place, check_whole

# One search for all of them, also where tests run in several processes.
pytestmark = pytest.mark.slow


def tear(file: Path) -> None:
    """Keep the first half of a file."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Place:
    place = Place.make(tmp_path_factory.mktemp("torn"))
    done = place.do(*place.search("--trials", "1"))
    assert done.exit_code == 0, done.stderr
    return place


@pytest.mark.parametrize("name", ["model/manifest.json", "model/model.keras", "run.json"])
def test_a_torn_file_of_a_finished_run_is_named_and_nothing_is_guessed(finished: Place, name: str) -> None:
    file = finished.run / name
    whole = file.read_bytes()
    tear(file)
    try:
        told = "trials" if name == "run.json" else "predict"
        done = finished.do(told, "run", *(() if name == "run.json" else ("digits.npz",)))
    finally:
        file.write_bytes(whole)
    assert done.exit_code in (1, 2)
    assert name.rpartition("/")[2] in done.stderr
    assert "Traceback" not in done.stderr
    assert "fault in automl" not in done.stderr


def test_a_torn_state_costs_its_epochs_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    undisturbed, place = Place.make(tmp_path / "a"), Place.make(tmp_path / "b")
    assert undisturbed.do(*undisturbed.search(workers=1)).exit_code == 0
    words = place.search(workers=1)
    place.kill_at("first-epoch", *words)
    states = list((place.run / "checkpoints").glob("*.state.npz"))
    assert states
    for state in states:
        tear(state)
    done = place.do(*words)
    assert done.exit_code == 0, done.stderr
    check_whole(place)
    assert Answer.of(place).trials == Answer.of(undisturbed).trials
