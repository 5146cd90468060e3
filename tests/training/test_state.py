from __future__ import annotations

import math

import numpy as np
import pytest

from automl.data import PreparedData
from automl.jobs import EpochReport, Objective
from automl.training.clock import ClockState
from automl.training.state import State, identity_of, read_state

CLOCK = ClockState(
    steps=23,
    planned=69,
    progress=1 / 3,
    anchor_steps=0,
    anchor_progress=0.0,
    first_step=0.7,
    step=0.1 + 0.2,
    seconds={"train": 1.5},
)


def report(epoch, **metrics):
    return EpochReport(
        job_id="trial-0", epoch=epoch, planned_epochs=3, metrics=metrics, learning_rate=0.1, seconds=1.0, saved=True
    )


@pytest.fixture
def state():
    return State(
        identity="this",
        clock=CLOCK,
        reports=(report(1, loss=0.1 + 0.2, val_loss=math.nan), report(2, loss=1e-300, val_loss=-math.inf)),
        trained=[np.arange(6, dtype="float32").reshape(2, 3), np.array([1, 2], "int64")],
        optimizer=[np.array(7, "int64"), np.full((2, 3), np.nan, "float32")],
        best_epoch=1,
        best=[np.ones((2, 3), "float32")],
    )


def values(state):
    """Everything in it, as text: NaN is equal to NaN, and 1 is not 1.0."""
    groups = [state.trained, state.optimizer, state.best]
    arrays = [[(a.dtype.str, a.shape, a.tobytes()) for a in group] for group in groups]
    return repr((state.identity, state.clock, state.reports, state.best_epoch, arrays))


def test_it_comes_back_as_it_was(state, tmp_path):
    file = tmp_path / "deep" / "state.npz"
    state.write(file)
    assert values(read_state(file, "this")) == values(state)
    assert [path.name for path in file.parent.iterdir()] == ["state.npz"]


def test_that_of_another_training_is_not_taken(state, tmp_path, caplog):
    state.write(tmp_path / "state.npz")
    assert read_state(tmp_path / "state.npz", "that") is None
    assert "is of another training" in caplog.text


def test_whatever_happened_to_the_file_it_is_whole_or_not_taken(state, tmp_path):
    file = tmp_path / "state.npz"
    state.write(file)
    whole = file.read_bytes()
    changed = []
    for place in range(0, len(whole), 7):
        for bits in (0xFF, 0x01):
            changed.append(whole[:place] + bytes([whole[place] ^ bits]) + whole[place + 1 :])
    changed += [whole[:length] for length in range(0, len(whole), 61)]
    changed += [b"PK", b"\x80\x04.", b"\x93NUMPY" + whole, whole[7:]]
    taken = []
    for content in changed:
        file.write_bytes(content)
        # Without a member at the end its group is shorter, which is found when it is compared with the network.
        found = read_state(file, "this")
        if found is not None and len(found.trained) == 2 and len(found.optimizer) == 2 and len(found.best) == 1:
            taken.append(values(found))
    assert set(taken) == {values(state)}
    assert len(taken) < len(changed) / 3


@pytest.mark.parametrize(
    "story",
    [b"", b"[]", b"{}", b'{"format": 2}', b"\xff", b"null"],
    ids=["empty", "list", "none", "newer", "text", "null"],
)
def test_a_story_that_is_none_is_not_taken(tmp_path, caplog, story):
    np.savez(tmp_path / "state.npz", story=np.frombuffer(story, np.uint8))
    assert read_state(tmp_path / "state.npz", "this") is None
    assert "cannot be read" in caplog.text


def test_an_array_that_is_no_archive_is_not_taken(tmp_path, caplog):
    with (tmp_path / "state.npz").open("wb") as stream:
        np.save(stream, np.zeros(3))
    assert read_state(tmp_path / "state.npz", "this") is None
    assert "cannot be read" in caplog.text


def test_all_that_decides_how_a_training_goes_is_its_identity(make_job, digits, network):
    prepared = PreparedData.load(digits.directory)
    others = {
        "seed": make_job(seed=8),
        "batch_size": make_job(batch_size=32),
        "network": make_job(network(("flatten", {}), ("dense", {"units": 47, "activation": "relu"}))),
        "rows": make_job(rows="all"),
        "objective": make_job(objective=Objective(metric="val_loss", direction="minimize")),
    }
    identities = {name: identity_of(job, prepared, "float32") for name, job in others.items()}
    identities["precision"] = identity_of(make_job(), prepared, "mixed_float16")
    identities["this"] = identity_of(make_job(), prepared, "float32")
    assert len(set(identities.values())) == len(identities)


def test_name_length_and_files_are_no_part_of_its_identity(make_job, make_kept, digits):
    prepared = PreparedData.load(digits.directory)
    jobs = [make_job(), make_job(epochs=9), make_kept(name="trial-9", seconds=3.0, timeout=9.0, resume=True)]
    assert len({identity_of(job, prepared, "float32") for job in jobs}) == 1
