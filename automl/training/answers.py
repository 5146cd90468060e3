"""What a trial's kept network says of the validation rows, beside its model: what ensembles are chosen by."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.files import whole_file
from automl.jobs import answers_file

_log = logging.getLogger("automl.training")

Answers = Mapping[str, NDArray[Any]]

MOST_BYTES = 32_000_000
"""Larger answers are not written: the networks of such a search are not joined."""

_EPOCH = "epoch"
_OUTPUT = "output."


def write_answers(model_file: Path, epoch: int, answers: Answers) -> None:
    """Write answers beside a model, or take away those of an earlier epoch where there are none, or too many.

    Args:
        model_file: Of the network that gave them.
        epoch: After which it is.
        answers: (n, k) or (n, ...) by output, n the validation rows in their order.
    """
    file = answers_file(model_file)
    few = sum(each.nbytes for each in answers.values()) <= MOST_BYTES
    try:
        if answers and few:
            arrays: dict[str, Any] = {_EPOCH: np.array(epoch)}
            arrays |= {f"{_OUTPUT}{name}": each for name, each in answers.items()}
            with whole_file(file) as aside:
                np.savez(aside, **arrays)
        else:
            file.unlink(missing_ok=True)
    except (OSError, ValueError) as error:  # ValueError: closing the file failed; the model is what counts
        _log.warning("the answers beside %s are not written: %s", model_file, error)


def read_answers(model_file: Path, epoch: int) -> Answers | None:
    """The answers beside a model, by output; None where there are none of this epoch, or the file is torn."""
    file = answers_file(model_file)
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            if int(archive[_EPOCH]) != epoch:
                return None
            return {name.removeprefix(_OUTPUT): archive[name] for name in archive.files if name.startswith(_OUTPUT)}
    except (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile) as error:
        _log.info("no answers of %s: %s", model_file, error)
        return None
