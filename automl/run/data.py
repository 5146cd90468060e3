"""The data of a run that is continued: as it was, or not at all."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from automl.config import SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.files import whole_folder
from automl.run.command import Command, in_memory, source_name
from automl.run.hints import near
from automl.study import RunFolder

if TYPE_CHECKING:
    from automl.tasks import Task

log = logging.getLogger("automl.run")


def reopen_data(
    task: Task, config: SearchConfig, folder: RunFolder, events: Events, *, kept: Command, digest: str
) -> PreparedData:
    """The run's data from the cache, without a look at the original; what the cache lost is read once more.

    Args:
        task: Reads it.
        config: Where it is now; another place than before is read, and must hold the same.
        folder: Of the run.
        events: Watches the reading.
        kept: What the run was asked first.
        digest: Of the data the run began with.

    Raises:
        ConfigError: Other data than the run began with.
        DataError: The cache lost it, and it cannot be read again.
    """
    if moved(config, kept):
        return read_again(task, config, folder, events, kept=kept, digest=digest)
    try:
        prepared = PreparedData.load(folder.prepared)
        if prepared.digest == digest:
            return prepared
    except DataError as error:
        log.info("%s", error)
    if in_memory(config.data):
        raise lost_arrays(folder, kept.data)
    return read_again(task, config, folder, events, kept=kept, digest=digest)


def moved(config: SearchConfig, kept: Command) -> bool:
    """Whether the data is asked for under another name than before; older versions kept a path as it was typed."""
    return source_name(config.data) != source_name(Path(kept.data))


def read_again(
    task: Task, config: SearchConfig, folder: RunFolder, events: Events, *, kept: Command, digest: str
) -> PreparedData:
    """Read the data once more, and keep it where it is what the run began with.

    Raises:
        ConfigError: It is not.
        DataError: It cannot be read.
    """
    with whole_folder(folder.prepared) as aside:
        found = task.prepare(config, aside, events)
        if found.digest != digest:
            other = moved(config, kept)
            was, now = (kept.data, source_name(config.data)) if other else ("what the run began with", "something else")
            raise ConfigError(
                f"the data has changed: it was {was}, now it is {now} (other pictures, labels or file names); bring "
                "the old data back, or choose another folder with --out"
            )
    return replace(found, directory=folder.prepared)


def lost_arrays(folder: RunFolder, what: str) -> DataError:
    """What to say when arrays of a Python program are nowhere any more."""
    return DataError(
        f"{near(folder.path)} was searched with {what} from a Python program, and the cache does not hold them (any "
        "more); begin another run with them"
    )
