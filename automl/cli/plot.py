"""``automl plot``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from automl.cli.options import RunArg, StorageOpt


class Kind(StrEnum):
    """What can be drawn."""

    history = "history"
    curves = "curves"
    importance = "importance"
    parallel = "parallel"
    slice = "slice"
    timeline = "timeline"
    pareto = "pareto"


class Against(StrEnum):
    """What a network costs."""

    parameters = "parameters"
    flops = "flops"
    seconds = "seconds"


def plot(
    run: RunArg,
    kind: Annotated[Kind, typer.Option("--kind", help="What to draw.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="A .png, .svg or .html file.")],
    against: Annotated[
        Against, typer.Option("--against", help="Of pareto: what the value is drawn against.")
    ] = Against.parameters,
    study: Annotated[str | None, typer.Option("--study", metavar="NAME", help="When the database has several.")] = None,
    storage: StorageOpt = None,
) -> None:
    """Draw a study into a picture file; no display is needed."""
    from automl.errors import ConfigError
    from automl.plots import format_of
    from automl.plots import plot as draw
    from automl.study import StudyReader

    format_of(out)  # before the study is read
    if against is not Against.parameters and kind is not Kind.pareto:
        raise ConfigError(f"--against {against} is for --kind pareto, and the kind is {kind}; leave it out")
    options = {"against": str(against)} if kind is Kind.pareto else {}
    with StudyReader.open(run, study=study, storage=storage) as reader:
        picture = draw(reader, kind, **options)
    out.parent.mkdir(parents=True, exist_ok=True)
    picture.save(out)
    typer.echo(f"{out}: {picture.text}")
