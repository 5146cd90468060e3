from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from automl.errors import DataError
from automl.failures import Failure, TrialFailure
from automl.training.failures import as_message, guard


class ResourceExhaustedError(Exception):
    """Called like TensorFlow's."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("shapes"), "build_error"),
        (MemoryError(), "oom_ram"),
        (ResourceExhaustedError("OOM when allocating on /device:GPU:0"), "oom_gpu"),
        (ResourceExhaustedError("OOM when allocating on /device:CPU:0"), "oom_ram"),
        (RuntimeError("RESOURCE_EXHAUSTED: out of memory on CUDA device"), "oom_gpu"),
        (ResourceExhaustedError("/tmp/x; No space left on device"), "disk_full"),
        (OSError("Unable to synchronously write (errno = 28, error message = 'No space left on device')"), "disk_full"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "disk_full"),
        (OSError(errno.EFBIG, "no words"), "disk_full"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), "build_error"),
    ],
)
def test_what_is_raised_becomes_a_kind_of_failure(error, kind):
    with pytest.raises(TrialFailure) as caught, guard("build_error", "build the network"):
        raise error
    failure = as_message(caught.value)
    assert failure.kind == kind
    assert failure.message.startswith("could not build the network: ")
    assert failure.advice
    assert type(error).__name__ in failure.traceback


def test_errors_of_ours_speak_for_themselves():
    with (
        pytest.raises(TrialFailure, match=r"^could not open the data: it is gone$"),
        guard("data_error", "open the data"),
    ):
        raise DataError("it is gone")


def test_a_failure_within_a_guard_stays_what_it_is():
    inner = TrialFailure(Failure.of("nan_loss", "the loss is NaN"))
    with pytest.raises(TrialFailure) as caught, guard("train_error", "train"):
        raise inner
    assert caught.value is inner


def test_ctrl_c_is_no_failure():
    with pytest.raises(KeyboardInterrupt), guard("train_error", "train"):
        raise KeyboardInterrupt


def test_around_our_own_code_only_what_the_machine_does_to_it_is_a_failure():
    with (
        pytest.raises(TrialFailure, match="could not read the rows: OSError: gone"),
        guard("data_error", "read the rows", only=(OSError,)),
    ):
        raise OSError("gone")
    with pytest.raises(KeyError), guard("data_error", "read the rows", only=(OSError,)):
        raise KeyError("our mistake")


def close_while_it_fails(file: Path) -> None:
    try:
        file.write_bytes(b"content")
    finally:
        raise ValueError("cannot close")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's device that is always full")
@pytest.mark.parametrize(
    "write",
    [
        lambda file: file.write_bytes(b"content"),
        lambda file: np.savez(file, content=np.zeros(100_000)),
        close_while_it_fails,
    ],
    ids=["bytes", "npz", "closing fails too"],
)
def test_a_disk_that_runs_full_is_known_by_what_the_system_says(write, tmp_path):
    (tmp_path / "content.npz").symlink_to("/dev/full")
    with pytest.raises(TrialFailure) as caught, guard("train_error", "save the model"):
        write(tmp_path / "content.npz")
    assert caught.value.failure.kind == "disk_full"
    assert "Free some space" in caught.value.failure.advice


def test_a_message_is_plain_text():
    with pytest.raises(TrialFailure) as caught, guard("train_error", "train the network"):
        raise ValueError("\x1b[1mthe shapes differ\x1b[0m")
    assert str(caught.value) == "could not train the network: ValueError: the shapes differ"
