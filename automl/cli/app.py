"""All commands in one place."""

from __future__ import annotations

from typing import Annotated

import typer

from automl.cli import (
    cache,
    check,
    config,
    dashboard,
    doctor,
    export,
    plan,
    plot,
    report,
    search,
    spaces,
    study,
    study_compare,
    study_delete,
    study_lists,
    study_show,
    use,
    watch,
)
from automl.cli.exits import Guarded

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: half the start-up time, and the same in a pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"automl {version('automl')}")
        raise typer.Exit


@app.callback()
def automl(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find, train and export a good neural network for your data."""


app.command()(search.search)
app.command()(search.resume)
app.command()(check.check)
app.command()(plan.plan)
app.command()(use.predict)
app.command()(use.evaluate)
app.command()(study.studies)
app.command()(study.trials)
app.command()(study_show.show)
app.command()(study_compare.compare)
app.command()(study_lists.leaderboard)
app.command()(study_lists.failures)
app.command()(study_lists.curves)
app.command()(study_lists.importance)
app.command()(plot.plot)
app.command()(report.report)
app.command()(dashboard.dashboard)
app.command()(watch.watch)
app.command()(doctor.doctor)
app.command()(export.export)
app.command()(study_delete.delete)
app.add_typer(spaces.app, name="spaces")
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
