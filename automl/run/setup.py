"""What a new and a continued run have in common: who trains, where networks come from, and how a session goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from automl.arch import summarize
from automl.config import SearchConfig
from automl.errors import AutoMLError, ConfigError, DataError, SearchError, SpaceError
from automl.events import Events
from automl.execution import Crew, lack_of_memory, make_executor, plan_crew
from automl.ops import own_layers
from automl.run.hints import MORE_TIME, MORE_TRIALS, resume_command
from automl.run.result import SearchResult
from automl.run.session import Session
from automl.search.interrupt import Interrupt
from automl.space import DefaultDecider, Space
from automl.study import RunFolder, Study

if TYPE_CHECKING:
    from automl.data import PreparedData
    from automl.jobs import Objective
    from automl.tasks import Task

log = logging.getLogger("automl.run")

# How the note to an error begins that says how to go on.
GO_ON = "continue with: "


@dataclass(frozen=True, slots=True)
class Setup:
    """What is decided before the data is opened; attributes are those of ``Session``."""

    config: SearchConfig
    task: Task
    objective: Objective
    space: Space
    crew: Crew
    used: float = 0.0


def set_up(config: SearchConfig, task: Task, space: Space, events: Events) -> Setup:
    """Decide who trains.

    Raises:
        ConfigError: An objective or a GPU that is not there, or a space of another task.
    """
    if space.task not in (None, task.name, *task.spaces_of):
        raise ConfigError(f"the space {space.name!r} is for the task {space.task!r}, and {task.name!r} was asked for")
    config = _where_layers_allow(config, events)
    _say_what_is_not_kept(config, events)
    repeatable = config.seeded and config.time_budget is None
    crew = plan_crew(config.workers, config.gpus, repeatable=repeatable)
    if lack := lack_of_memory(crew):
        events.warning(lack)
    return Setup(config, task, task.objective(config.objective, config.metrics), space, crew)


def carry_out(
    setup: Setup,
    folder: RunFolder,
    events: Events,
    *,
    data: Callable[[], PreparedData],
    study: Callable[[Session], tuple[Session, Study]],
    deliverable: bool = False,
) -> SearchResult:
    """One session in a folder that is held: workers start while the data is opened, then the search begins.

    Args:
        setup: What was decided.
        folder: Of the run.
        events: Who watches.
        data: Opens the data.
        study: Opens the study, with everything in it that the search must know; an adoption makes it another session.
        deliverable: Whether earlier sessions have something to deliver: then Ctrl-C delivers it from the beginning, and
            otherwise it ends everything until the search begins.
    """
    config, interrupt = setup.config, Interrupt()
    with ExitStack() as stack:
        if deliverable:
            stack.enter_context(interrupt)
        executor = stack.enter_context(make_executor(setup.crew, log_dir=folder.logs, limits=config.limits))
        prepared = data()
        check_default(setup.space, setup.task, prepared)
        session = Session(config, setup.task, setup.space, prepared, folder, setup.objective, setup.crew, setup.used)
        events.data_ready(setup.task.summary(prepared))
        if not deliverable:
            stack.enter_context(interrupt)
        session, opened = study(session)
        with opened, resumable(folder):
            try:
                return session.search(opened, executor, events, interrupt)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(interrupt.signal) from None  # the number is for whoever chooses an exit code


@contextmanager
def gone_if_empty(folder: RunFolder) -> Iterator[None]:
    """Take a new folder away that an error leaves without anything of worth; then there is nothing to go on with."""
    try:
        yield
    except BaseException as error:
        try:
            folder.discard()
        except (AutoMLError, OSError) as kept:  # what went wrong before this is what the person must read
            log.debug("kept %s: %s", folder.path, kept)
        else:
            error.__notes__ = [note for note in getattr(error, "__notes__", ()) if not note.startswith(GO_ON)]
        raise


@contextmanager
def resumable(folder: RunFolder) -> Iterator[None]:
    """Say with an error how to go on with the run, unless the error is that it cannot go on like this."""
    try:
        yield
    except (ConfigError, DataError, SpaceError):
        raise
    except BaseException as error:
        more: Mapping[str, str] = {}
        if isinstance(error, SearchError):
            more = MORE_TIME if error.out_of_time else MORE_TRIALS if error.out_of_trials else {}
        if not any(note.startswith(GO_ON) for note in getattr(error, "__notes__", ())):
            error.add_note(GO_ON + resume_command(folder, more))
        raise


def _where_layers_allow(config: SearchConfig, events: Events) -> SearchConfig:
    """The configuration, with training in this process where a worker could not import a person's own layer."""
    bound = [op for op in own_layers() if not op.travels]
    if not bound or config.workers == 0:
        return config
    names = ", ".join(f"{op.name!r} ({op.origin})" for op in bound)
    events.warning(f"training in this process: a worker cannot import {names}; a module of its own would change that")
    return replace(config, workers=0, gpus=None)


def _say_what_is_not_kept(config: SearchConfig, events: Events) -> None:
    """Say which limits need a process that can be ended, where training is in this one."""
    limits = config.limits
    if config.workers != 0:
        return
    asked = {"--memory-limit": limits.memory, "--worker-memory": limits.worker_memory}
    names = [name for name, value in asked.items() if value is not None]
    if names:
        events.warning(
            f"training in this process: {' and '.join(names)} cannot be kept without a worker; take --workers 1"
        )
    if limits.trial_seconds is not None:
        events.warning("training in this process: a trial that hangs is not ended by --trial-timeout; take --workers 1")


def check_default(space: Space, task: Task, prepared: PreparedData) -> None:
    """Refuse a space whose default does not fit the data before anything is trained.

    Raises:
        SpaceError: It does not.
    """
    try:
        candidate = space.interpret(DefaultDecider(), inputs=task.inputs(prepared), heads=task.heads(prepared))
        summarize(candidate.architecture)
    except SpaceError as error:
        shapes = ", ".join(f"{name} {tuple(i.shape)}" for name, i in task.inputs(prepared).items())
        error.message = f"{error.message} (the default of {space.name!r} for {shapes})"
        raise
