"""``automl spaces list|show|validate``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from automl.cli.options import ImportOpt, JsonOpt, import_modules

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at search spaces and check your own.")


@app.command("list")
def list_() -> None:
    """List the spaces that come with automl."""
    from automl.cli.output import table
    from automl.space import Space, shipped_spaces

    spaces = [Space.load(name) for name in shipped_spaces()]
    rows = [[space.name, space.task or "any", _first_comment(space.source)] for space in spaces]
    for line in table(["name", "task", "what it is"], rows):
        typer.echo(line)


@app.command()
def show(name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped space or a YAML file.")]) -> None:
    """Print a space as YAML: a start for one of your own."""
    from automl.space import Space

    typer.echo(Space.load(name).source.rstrip("\n"))


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file.")],
    shape: Annotated[str, typer.Option(metavar="HxWxC", help="Shape of one input row.")] = "32x32x3",
    classes: Annotated[int, typer.Option(min=2, help="How many classes the head has.")] = 10,
    imports: ImportOpt = "",
    as_json: JsonOpt = False,
) -> None:
    """Check a space and show what its default network costs."""
    from automl.arch import Input, sketch, summarize
    from automl.cli.output import show_json
    from automl.progress.words import size
    from automl.space import DefaultDecider, Space

    import_modules(imports)
    space = Space.load(file)
    heads = {"label": {"units": classes, "activation": "softmax"}}
    candidate = space.interpret(DefaultDecider(), inputs={"image": Input(_shape(shape))}, heads=heads)
    summary = summarize(candidate.architecture)
    broken = [f"{one.name} is {one.value}, over {one.limit}" for one in space.violations(summary)]
    network = sketch(candidate.architecture)
    if as_json:
        costs = {key: getattr(summary, key) for key in ("parameters", "flops", "activations", "depth")}
        show_json(
            {"space": space.name, "decisions": candidate.params, "network": network, **costs, "violations": broken}
        )
        return
    typer.echo(f"ok: {space.name}, {len(candidate.params)} decisions in its default network")
    typer.echo(f"default for {shape}: {network}")
    typer.echo(f"{size(summary.parameters)} parameters, {size(summary.flops)} FLOPs, {summary.depth} layers deep")
    for line in broken:
        typer.echo(f"warning: the default breaks a constraint: {line}", err=True)


def _shape(text: str) -> tuple[int, ...]:
    from automl.errors import ConfigError

    if not re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        raise ConfigError(f"cannot read {text!r} as a shape; write for example 32x32x3")
    return tuple(map(int, text.split("x")))


def _first_comment(source: str) -> str:
    first = next((line for line in source.splitlines() if line.strip()), "")
    return first.lstrip("# ").strip() if first.startswith("#") else ""
