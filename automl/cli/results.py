"""What a search found, in words or as JSON, and how to go on."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from automl.run import SearchResult

_NAMES = {"run_dir": "run", "model_dir": "model", "study_name": "study", "description": "network"}


def show_result(result: SearchResult, *, as_json: bool, quiet: bool) -> None:
    """Print a result on stdout, and on stderr how to go on where the search is not over.

    Raises:
        Exit: A signal ended the search; the code says which.
    """
    from automl.cli.exits import signalled
    from automl.cli.output import show_json

    if as_json:
        show_json({_NAMES.get(field.name, field.name): getattr(result, field.name) for field in fields(result)})
    else:
        for line in _lines(result):
            typer.echo(line)
    if result.interrupted:
        typer.echo(f"continue with: {result.resume}", err=True)
        raise typer.Exit(signalled(KeyboardInterrupt(result.signal)))
    if result.already_finished and not quiet:
        typer.echo("this search was over already, and nothing more was asked of it; to go on:", err=True)
        typer.echo(f"  {result.resume} --trials +20", err=True)
        typer.echo(f"  {result.resume} --time-budget +10m", err=True)


_WORDS = {
    "image": ("PICTURES", "LABELLED-PICTURES"),
    "tabular": ("TABLE", "TABLE"),
    "text": ("TEXTS", "LABELLED-TEXTS"),
}


def _lines(result: SearchResult) -> list[str]:
    from automl.progress.words import clip, duration, plural, score, size, spread
    from automl.run import near

    run = shlex.quote(str(near(result.run_dir)))
    kind = "trained again on all rows" if result.refit else f"of fold {result.fold}" if result.fold else "as validated"
    where = f"on held-out rows of {result.folds} folds" if result.folds else "on held-out rows"
    spent = duration(result.seconds)
    guessing = result.baseline.get(result.objective)
    data, labelled = _WORDS.get(result.task.partition("-")[0], ("DATA", "LABELLED-DATA"))
    return [
        f"network   {clip(result.description, 70)}",
        f"score     {result.objective} {spread(result.value, result.metrics, result.objective)} {where}, in its trial",
        f"trials    {plural(result.trials, 'network')} trained in {spent}, trial {result.best_trial} is the best",
        f"model     {near(result.model_dir)} ({size(result.parameters)} parameters, {kind})",
        f"study     {run} (automl trials {run})",
        *([] if guessing is None else [f"guessing  {result.objective} {score(guessing)} on the same rows"]),
        "",
        "next:",
        f"  automl predict {run} {data} -o predictions.csv",
        f"  automl evaluate {run} {labelled}",
        *([] if result.interrupted or result.already_finished else [f"  {result.resume} --time-budget +10m"]),
    ]
