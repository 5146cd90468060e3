"""``automl doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from automl.cli.options import JsonOpt


def doctor(
    cache_dir: Annotated[
        str | None, typer.Option("--cache-dir", metavar="DIR", help="The cache that searches will be given.")
    ] = None,
    train: Annotated[bool, typer.Option(help="Train for five seconds in a worker.")] = True,
    as_json: JsonOpt = False,
) -> None:
    """Say whether searches can run here: versions, GPUs, memory, disk, rights, and a short training in a worker."""
    from automl.cli.output import show_json
    from automl.cli.symptoms import examine

    found = []
    for finding in examine(cache_dir, train=train):
        found.append(finding)
        if not as_json:
            typer.echo(f"{finding.state:<5} {finding.what:<9} {finding.said}")
            if finding.advice:
                typer.echo(f"{'':<16}{finding.advice}")
    healthy = all(finding.state != "fault" for finding in found)
    if as_json:
        checks = [{name: getattr(each, name) for name in ("what", "state", "said", "advice")} for each in found]
        show_json({"healthy": healthy, "checks": checks})
    if not healthy:
        raise typer.Exit(1)
