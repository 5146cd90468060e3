"""``automl search``."""

from __future__ import annotations

import shlex
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automl.cli.options import BadFileOpt, ImportOpt, JsonOpt, OnBadFile, import_modules

if TYPE_CHECKING:
    from automl.run import SearchResult

DEFAULT_BUDGET = "10m"


def search(
    ctx: typer.Context,
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="A folder with one sub-folder a class, or an .npz file.")
    ],
    task: Annotated[str, typer.Option("--task", help="What to learn, such as image-classify.")],
    space: Annotated[
        str | None, typer.Option("--space", help="A shipped space or a YAML file; else the task's.")
    ] = None,
    trials: Annotated[int | None, typer.Option("--trials", metavar="N", help="Stop after N trained networks.")] = None,
    time_budget: Annotated[
        str | None,
        typer.Option("--time-budget", metavar="TIME", help=f"Time for everything: 90s, 10m, 1h30m. [{DEFAULT_BUDGET}]"),
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="The run's folder.")] = None,
    study: Annotated[str | None, typer.Option("--study", metavar="NAME", help="Name of the study.")] = None,
    storage: Annotated[str | None, typer.Option("--storage", metavar="URL", help="Database of the study.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Makes the search repeatable.")] = None,
    objective: Annotated[str | None, typer.Option("--objective", metavar="METRIC", help="What to improve.")] = None,
    max_epochs: Annotated[int | None, typer.Option("--max-epochs", metavar="N", help="Longest training.")] = None,
    imports: ImportOpt = "",
    workers: Annotated[int, typer.Option("--workers", metavar="N", help="0 trains in this process.")] = 1,
    on_bad_file: BadFileOpt = OnBadFile.error,
    cache_dir: Annotated[
        Path | None, typer.Option("--cache-dir", metavar="DIR", help="Where read data is kept.")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")] = False,
    as_json: JsonOpt = False,
) -> None:
    """Find the best network for DATA, train it and save it."""
    from automl.config import SearchConfig, draw_seed, parse_duration

    import_modules(imports)
    if trials is None and time_budget is None:
        time_budget = DEFAULT_BUDGET
        _unless(quiet, f"no --trials and no --time-budget: searching for {DEFAULT_BUDGET}")
    config = SearchConfig(
        task=task,
        data=data,
        space=space,
        max_trials=trials,
        time_budget=None if time_budget is None else parse_duration(time_budget),
        max_epochs=max_epochs,
        objective=objective,
        seed=draw_seed() if seed is None else seed,
        seeded=seed is not None,
        out=out,
        storage=storage,
        study=study,
        workers=workers,
        on_bad_file=on_bad_file.value,
        cache_dir=cache_dir,
        started=ctx.find_root().obj or time.monotonic(),
    )
    from automl.progress import make_progress
    from automl.run import run_search

    result = run_search(config, make_progress(quiet=quiet))
    _show(result, as_json=as_json)
    if result.interrupted:
        raise typer.Exit(130)


def _unless(quiet: bool, line: str) -> None:
    if not quiet:
        typer.echo(line, err=True)


def _show(result: SearchResult, *, as_json: bool) -> None:
    from automl.cli.output import show_json

    if as_json:
        show_json(_document(result))
    else:
        for line in _lines(result):
            typer.echo(line)


def _document(result: SearchResult) -> dict[str, object]:
    names = {"run_dir": "run", "model_dir": "model", "study_name": "study", "description": "network"}
    return {names.get(field.name, field.name): getattr(result, field.name) for field in fields(result)}


def _lines(result: SearchResult) -> list[str]:
    from automl.progress.words import clip, duration, plural, score, size

    run = shlex.quote(str(_near(result.run_dir)))
    kind = "trained again on all rows" if result.refit else "as validated"
    spent = duration(result.seconds)
    return [
        f"network   {clip(result.description, 70)}",
        f"score     {result.objective} {score(result.value)} on held-out rows, in its trial",
        f"trials    {plural(result.trials, 'network')} trained in {spent}, trial {result.best_trial} is the best",
        f"model     {_near(result.model_dir)} ({size(result.parameters)} parameters, {kind})",
        f"study     {run} (automl trials {run})",
        "",
        "next:",
        f"  automl predict {run} PICTURES -o predictions.csv",
        f"  automl evaluate {run} LABELLED-PICTURES",
    ]


def _near(path: Path) -> Path:
    """As one would type it from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
