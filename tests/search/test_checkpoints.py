from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from automl.jobs import Objective
from automl.search.checkpoints import KEPT, Checkpoints

BEST = Objective(metric="val_accuracy", direction="maximize")


@dataclass
class Record:
    number: int
    state: str = "complete"
    value: float | None = None
    parent: int | None = None


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def write(checkpoints: Checkpoints, number: int) -> None:
    checkpoints.model(number).write_text("model")
    checkpoints.state(number).write_text("state")


@given(values=st.lists(st.sampled_from([0.1, 0.2, 0.3]), max_size=8), seen=st.integers(0, 8))
def test_an_earlier_sessions_files_stay_as_if_there_had_been_one(tmp_path_factory, values, seen) -> None:
    folder = tmp_path_factory.mktemp("c")
    checkpoints = Checkpoints(folder, BEST)
    for number, value in enumerate(values):
        if number == seen:
            checkpoints = Checkpoints(folder, BEST)
            checkpoints.restore([Record(n, value=v) for n, v in enumerate(values[:number])])
        checkpoints.model(number).write_text("model")
        checkpoints.keep(number, value)
    best = sorted(range(len(values)), key=lambda number: (-values[number], number))[:KEPT]
    assert files(folder) == {f"trial-{number}.keras" for number in best}
    assert checkpoints.best() == (best[0] if best else None)


def test_restoring_removes_the_files_of_trials_that_nothing_goes_on_from(tmp_path) -> None:
    checkpoints = Checkpoints(tmp_path, BEST)
    for number in range(8):
        write(checkpoints, number)
    (tmp_path / "final.state.npz").write_text("state")
    records = [
        Record(0, "pruned", 0.1),
        Record(1, "paused", 0.1),
        Record(2, "orphaned"),
        Record(3, "queued", parent=2),
        Record(4, "failed"),
        Record(5, "orphaned"),
        Record(6, value=0.3),
    ]
    checkpoints.restore(records)
    kept = {int(name.split("-")[1].split(".")[0]) for name in files(tmp_path) if name.startswith("trial-")}
    assert kept == {1, 2, 3, 6}
    assert (tmp_path / "final.state.npz").exists()


def test_a_second_try_takes_over_the_state_and_nothing_else_of_the_first_stays(tmp_path) -> None:
    checkpoints = Checkpoints(tmp_path, BEST)
    write(checkpoints, 2)
    checkpoints.hand_over(2, 3)
    assert files(tmp_path) == {"trial-3.state.npz"}
    checkpoints.hand_over(2, 3)
    assert files(tmp_path) == {"trial-3.state.npz"}


def test_a_file_that_cannot_be_removed_ends_nothing(tmp_path, caplog) -> None:
    checkpoints = Checkpoints(tmp_path, BEST)
    checkpoints.model(1).mkdir()
    checkpoints.drop(1)
    assert "cannot remove" in caplog.text
