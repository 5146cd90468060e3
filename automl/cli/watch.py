"""``automl watch``."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automl.cli.options import EventsOpt, QuietOpt, RunArg, TensorBoardOpt

if TYPE_CHECKING:
    from automl.events import Events
    from automl.study import StudyReader

# A look takes at most this share of the time, however many trials there are.
_SHARE = 0.2


def watch(
    run: RunArg,
    study: Annotated[str | None, typer.Option("--study", metavar="NAME", help="When the database has several.")] = None,
    storage: Annotated[str | None, typer.Option("--storage", metavar="URL", help="Database of the study.")] = None,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, help="How often to look.")] = 1.0,
    events_file: EventsOpt = None,
    tensorboard: TensorBoardOpt = None,
    quiet: QuietOpt = False,
) -> None:
    """Watch a search that runs elsewhere, from its database alone."""
    from automl.progress import make_progress

    _wait_for_study(run, storage, every)
    from automl.study import StudyReader

    with StudyReader.open(run, study=study, storage=storage) as reader:
        events = make_progress(quiet=quiet, events_file=events_file, tensorboard=tensorboard)
        try:
            _follow(reader, run, events, every)
        finally:
            events.closed()
        for line in _outcome(reader, run, storage):
            typer.echo(line)


def _wait_for_study(run: Path, storage: str | None, every: float) -> None:
    """Wait while a search reads its data and has no study yet."""
    from automl.study import RunFolder, study_names
    from automl.study.holding import searcher_in

    if run.is_file():
        return
    folder, told = RunFolder.open(run, storage=storage), False
    while searcher_in(folder.path) is not None and folder.study not in study_names(folder.storage_url):
        if not told:
            typer.echo("the search reads its data", err=True)
        told = True
        time.sleep(every)


def _follow(reader: StudyReader, run: Path, events: Events, every: float) -> None:
    """Look until nobody searches any more."""
    from automl.cli.following import Follower

    follower = Follower(reader, str(run), events)
    if _searched(reader, run):
        follower.wait_for_news()
    while True:
        alive = _searched(reader, run)  # asked before the look, so that the last one sees everything
        began = time.monotonic()
        follower.look()
        if not alive:
            return
        time.sleep(max(every, (time.monotonic() - began) / _SHARE))


def _searched(reader: StudyReader, run: Path) -> bool:
    from automl.study.holding import searcher_in

    if reader.searcher() is not None:
        return True
    return reader.run().ended is None and searcher_in(run) is not None  # it is about to go on


def _outcome(reader: StudyReader, run: Path, storage: str | None) -> list[str]:
    from automl.progress.words import duration, plural, score

    about, best = reader.run(), reader.best()
    trained = (about.result or {}).get("trials") or sum(record.trained for record in reader.trials())
    spent = f"{plural(trained, 'network')} trained in {duration(about.seconds_used)}"
    found = "none complete" if best is None else f"{about.objective} {score(best.value)} in trial {best.number}"
    if about.ended is not None:
        return [f"the search is over: {found}, {spent}"]
    database = " --storage URL" if storage else ""
    return [
        f"the search is gone before it was over: {found}, {spent}; to continue:",
        f"  automl resume {shlex.quote(str(run))}{database}",
    ]
