"""What a search found, in words or as JSON, and how to go on."""

from __future__ import annotations

import shlex
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from automl.run import SearchResult

_NAMES = {"run_dir": "run", "model_dir": "model", "study_name": "study", "description": "network"}


def report_of(result: SearchResult, storage: str | None) -> Path | None:
    """Write the report of a search that has just come to its end; None where it has not, or without time for it."""
    if result.interrupted or result.already_finished:
        return None
    from automl.report import write_at_end
    from automl.run import near

    used = result.seconds
    return write_at_end(result.run_dir, used=used, near=str(near(result.run_dir)), storage=storage)


def show_result(result: SearchResult, *, as_json: bool, quiet: bool, report: Path | None = None) -> None:
    """Print a result on stdout, and on stderr how to go on where the search is not over.

    Args:
        result: What came of the search.
        as_json: As one JSON document.
        quiet: Without remarks.
        report: The file that was written about it.

    Raises:
        Exit: A signal ended the search; the code says which.
    """
    from automl.cli.exits import signalled
    from automl.cli.output import show_json

    if as_json:
        told = {_NAMES.get(field.name, field.name): getattr(result, field.name) for field in fields(result)}
        show_json(told | {"report": None if report is None else str(report)})
    else:
        for line in _lines(result, report):
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


def _how(result: SearchResult) -> str:
    """Whose score it is."""
    from automl.progress.words import score

    together = result.networks > 1 and result.value != result.best_value
    return f"together; the best one alone {score(result.best_value)}" if together else "in its trial"


def _lines(result: SearchResult, report: Path | None) -> list[str]:
    from automl.progress.words import clip, duration, plural, score, size, spread
    from automl.run import near

    run = shlex.quote(str(near(result.run_dir)))
    kind = "trained again on all rows" if result.refit else f"of fold {result.fold}" if result.fold else "as validated"
    several = f"{result.networks} networks, " if result.networks > 1 else ""
    where = f"on held-out rows of {result.folds} folds" if result.folds else "on held-out rows"
    spent = duration(result.seconds)
    value = spread(result.value, result.metrics, result.objective)
    guessing = result.baseline.get(result.objective)
    data, labelled = _WORDS.get(result.task.partition("-")[0], ("DATA", "LABELLED-DATA"))
    return [
        f"network   {clip(result.description, 70)}",
        f"score     {result.objective} {value} {where}, {_how(result)}",
        f"trials    {plural(result.trials, 'network')} trained in {spent}, trial {result.best_trial} is the best",
        f"model     {near(result.model_dir)} ({several}{size(result.parameters)} parameters, {kind})",
        f"study     {run} (automl trials {run})",
        *([] if report is None else [f"report    {near(report)}"]),
        *([] if guessing is None else [f"guessing  {result.objective} {score(guessing)} on the same rows"]),
        "",
        "next:",
        f"  automl predict {run} {data} -o predictions.csv",
        f"  automl evaluate {run} {labelled}",
        *([] if result.interrupted or result.already_finished else [f"  {result.resume} --time-budget +10m"]),
    ]
