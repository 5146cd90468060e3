"""The one story told once: open the data, search, train the best on all rows, write the bundle.

The command line and the estimators both call ``run_search``: a new run (``new``), or one that goes on (``continued``)
when the folder that is asked for holds a run already. ``setup`` and ``session`` are what both have in common.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automl.config import SearchConfig
from automl.events import Events
from automl.imports import import_modules
from automl.run.continued import continue_run, resumed_config
from automl.run.hints import near
from automl.run.new import new_run
from automl.run.result import SearchResult
from automl.study.manifest import holds_run

__all__ = ["SearchResult", "holds_run", "near", "resume_run", "run_search"]


def run_search(config: SearchConfig, events: Events | None = None) -> SearchResult:
    """Search, train the winner on all rows, and write the bundle; a run in ``config.out`` is continued.

    The first Ctrl-C (in the main thread) ends the search after the running epoch and delivers the best model so far.

    Args:
        config: What is wanted.
        events: Who watches.

    Raises:
        ConfigError: An unknown task or objective, a contradiction, or a run that was searched otherwise.
        SpaceError: The search space is not valid, or its default does not fit the data.
        DataError: The data cannot be used; no run is left behind.
        SearchError: No trial succeeded.
        StudyError: The run's folder cannot be used, or another search holds it.
        KeyboardInterrupt: A signal ended it before there was anything to deliver; its number is the argument.
    """
    events = events or Events()
    try:
        import_modules(config.imports)
        return continue_run(config, events) if holds_run(config.out) else new_run(config, events)
    finally:
        events.closed()


def resume_run(run: Path, events: Events | None = None, **asked: Any) -> SearchResult:
    """Continue a run by its folder alone.

    Args:
        run: The folder.
        events: Who watches.
        **asked: Attributes of ``SearchConfig`` that change what the run was asked before.

    Raises:
        ConfigError: As for ``run_search``.
        StudyError: It is no run, or another search holds it.
    """
    events = events or Events()
    try:
        config = resumed_config(run, **asked)
    except BaseException:
        events.closed()
        raise
    return run_search(config, events)
