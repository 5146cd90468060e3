"""``automl delete``."""

from __future__ import annotations

import typer

from automl.cli.cache import YesOpt
from automl.cli.options import StorageOpt
from automl.cli.study_options import RunsArg


def delete(runs: RunsArg, yes: YesOpt = False, storage: StorageOpt = None) -> None:
    """Delete runs for good: database, models and all; asks first, and refuses a run that is being searched."""
    from automl.cli.ask import agreed
    from automl.cli.sheet import byte_size
    from automl.progress.words import plural
    from automl.study import RunFolder
    from automl.study.removal import look, remove

    found = [look(RunFolder.open(run, storage=storage)) for run in dict.fromkeys(runs)]
    for each in found:
        what = f"{each.folder.path}: {plural(each.trials, 'trial')}, {byte_size(each.size)}"
        studies = f", and of {each.folder.shown_url}: {', '.join(each.studies)}" if each.studies else ""
        typer.echo(f"{what}{studies}", err=True)
    if not agreed(f"delete {plural(len(found), 'run')} for good?", yes=yes):
        return
    for each in found:
        remove(each)
        typer.echo(f"deleted {each.folder.path}")
