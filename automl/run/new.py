"""A run that begins: its folder, its data, its study."""

from __future__ import annotations

from functools import partial

from automl import tasks
from automl.config import SearchConfig
from automl.data import PreparedData
from automl.errors import ConfigError, DataError
from automl.events import Events
from automl.run.command import Command, in_memory
from automl.run.data import lost_arrays
from automl.run.result import SearchResult
from automl.run.setup import Setup, carry_out, gone_if_empty, resumable, set_up
from automl.space import Space
from automl.study import RunFolder


def new_run(config: SearchConfig, events: Events) -> SearchResult:
    """Make a run's folder and search; whatever goes wrong before the first trial takes the folder away again."""
    setup = _new_setup(config, events)
    folder = RunFolder.create(
        config.out,
        task=setup.task.name,
        storage=config.storage,
        study=config.study,
        command=Command.of(config).to_json(),
        default_parent=config.runs,
    )
    with folder.hold(), gone_if_empty(folder):
        folder.sweep()
        return _begin(setup, folder, events)


def begin_again(config: SearchConfig, folder: RunFolder, events: Events) -> SearchResult:
    """Search in the folder of a run that was ended before its study was made; the folder is held."""
    with resumable(folder):
        return _begin(_new_setup(config, events), folder, events)


def _new_setup(config: SearchConfig, events: Events) -> Setup:
    task = tasks.get(config.task, multi_label=config.columns.multi_label)
    task.check_goals(config)
    task.objective(config.objective, config.metrics)
    config = task.with_space(config)
    space = config.space if isinstance(config.space, Space) else Space.load(config.space or task.default_space)
    if config.more_trials or config.more_time:
        more = f"+{config.more_trials} trials" if config.more_trials else f"+{config.more_time:g} seconds"
        raise ConfigError(f"{more} counts from what a run has, and this one is new; leave out the '+'")
    config.require_limit()
    return set_up(config, task, space, events)


def _begin(setup: Setup, folder: RunFolder, events: Events) -> SearchResult:
    data = partial(_prepare, setup, folder, events)
    return carry_out(setup, folder, events, data=data, study=lambda session: (session, session.create_study()))


def _prepare(setup: Setup, folder: RunFolder, events: Events) -> PreparedData:
    if not in_memory(setup.config.data):
        return setup.task.prepare(setup.config, folder.prepared, events)
    try:
        return PreparedData.load(folder.prepared)
    except DataError:
        raise lost_arrays(folder, str(setup.config.data)) from None
