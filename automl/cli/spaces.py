"""``automl spaces list|show|validate|size|sample|draw|schema``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli.options import ImportOpt, JsonOpt, import_named

if TYPE_CHECKING:
    from automl.arch import Input
    from automl.space import Candidate, Space

SpaceArg = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped space or a YAML file.")]
ShapeOpt = Annotated[str, typer.Option(metavar="HxWxC", help="Shape of one input row; else one is made up.")]
ClassesOpt = Annotated[int, typer.Option(min=2, help="How many classes the head has.")]

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
def show(name: SpaceArg) -> None:
    """Print a space as YAML: a start for one of your own."""
    from automl.space import Space

    typer.echo(Space.load(name).source.rstrip("\n"))


@app.command()
def validate(
    name: SpaceArg,
    shape: ShapeOpt = "",
    classes: ClassesOpt = 10,
    imports: ImportOpt = "",
    as_json: JsonOpt = False,
) -> None:
    """Check a space and show what its default network costs."""
    from automl.arch import sketch, summarize
    from automl.cli.output import show_json
    from automl.progress.words import size
    from automl.space import DefaultDecider, Space

    import_named(imports)
    space = Space.load(name)
    data = _data(space, shape, classes)
    candidate = space.interpret(DefaultDecider(), **data)
    summary = summarize(candidate.architecture)
    broken = [str(each) for each in space.violations(summary)]
    network = sketch(candidate.architecture)
    if as_json:
        costs = {key: getattr(summary, key) for key in ("parameters", "flops", "activations", "depth")}
        show_json(
            {"space": space.name, "decisions": candidate.params, "network": network, **costs, "violations": broken}
        )
        return
    typer.echo(f"ok: {space.name}, {len(candidate.params)} decisions in its default network")
    typer.echo(f"default for {_shown(data['inputs'])}: {network}")
    typer.echo(f"{size(summary.parameters)} parameters, {size(summary.flops)} FLOPs, {summary.depth} layers deep")
    for line in broken:
        typer.echo(f"warning: the default breaks a constraint: {line}", err=True)
    _warn_of_task(space)


def _warn_of_task(space: Space) -> None:
    """A space may be written for a task to come; a misspelt one looks the same."""
    from automl import tasks
    from automl.errors import did_you_mean

    if space.task is not None and space.task not in tasks.names():
        hint = did_you_mean(space.task, tasks.names())
        typer.echo(f"warning: no search of this version is for the task {space.task!r}; {hint}", err=True)


@app.command("size")
def size_(
    name: SpaceArg, shape: ShapeOpt = "", classes: ClassesOpt = 10, imports: ImportOpt = "", as_json: JsonOpt = False
) -> None:
    """Count the points of a space, exactly."""
    from automl.cli.output import show_json
    from automl.space import Space

    import_named(imports)
    space = Space.load(name)
    size = space.size(_data(space, shape, classes)["inputs"])
    if as_json:
        show_json({"space": space.name, "discrete": size.discrete, "continuous": size.continuous})
        return
    typer.echo(f"{space.name}: {size}")


@app.command()
def sample(
    name: SpaceArg,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many networks.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Makes them the same again.")] = 0,
    shape: ShapeOpt = "",
    classes: ClassesOpt = 10,
    imports: ImportOpt = "",
    as_json: JsonOpt = False,
) -> None:
    """Print random networks of a space that meet its constraints, layer by layer."""
    import shutil

    import numpy as np

    from automl.arch import describe, sketch
    from automl.cli.output import show_json
    from automl.space import Space

    import_named(imports)
    space = Space.load(name)
    data, rng = _data(space, shape, classes), np.random.default_rng(seed)
    found = [space.sample(rng, **data) for _ in range(n)]
    if as_json:
        show_json({"space": space.name, "samples": [_document(each) for each in found]})
        return
    columns = shutil.get_terminal_size((120, 24)).columns
    for number, candidate in enumerate(found, start=1):
        typer.echo(f"{number}: {sketch(candidate.architecture)}\n")
        typer.echo(describe(candidate.architecture, columns=columns) + ("\n" if number < n else ""))


@app.command()
def draw(
    name: SpaceArg,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The picture, an SVG file.")],
    seed: Annotated[int | None, typer.Option(min=0, help="Draw a random network instead of the default.")] = None,
    shape: ShapeOpt = "",
    classes: ClassesOpt = 10,
    imports: ImportOpt = "",
) -> None:
    """Draw the default network of a space, or a random one, as an SVG picture."""
    import numpy as np

    from automl.arch import draw as drawn
    from automl.arch import sketch
    from automl.errors import ConfigError
    from automl.space import DefaultDecider, Space

    if not out.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {out}: there is no folder {out.absolute().parent}")
    import_named(imports)
    space = Space.load(name)
    data = _data(space, shape, classes)
    candidate = (
        space.interpret(DefaultDecider(), **data) if seed is None else space.sample(np.random.default_rng(seed), **data)
    )
    which = "default" if seed is None else f"random, seed {seed}"
    out.write_text(drawn(candidate.architecture, title=f"{space.name} ({which})"), encoding="utf-8")
    typer.echo(f"{out}: {sketch(candidate.architecture)}")


@app.command()
def schema() -> None:
    """Print a JSON Schema of space files, for editors."""
    from automl.cli.output import show_json
    from automl.space import space_schema

    show_json(space_schema())


def _data(space: Space, shape: str, classes: int) -> dict[str, Any]:
    """Inputs and heads to look at a space with: made up, with the shape and number of classes that were asked for."""
    from dataclasses import replace

    from automl.arch import Input
    from automl.errors import ConfigError
    from automl.space import made_up_data

    heads: Mapping[str, Mapping[str, Any]]
    if shape and not space.inputs:
        inputs: Mapping[str, Input] = {"image": Input(_shape(shape))}
        heads = {"label": {"units": classes, "activation": "softmax"}} if not space.outputs else made_up_data(space)[1]
    else:
        inputs, heads = made_up_data(space)
        if shape and len(inputs) > 1:
            raise ConfigError(f"--shape is for one input; the space {space.name!r} has {', '.join(inputs)}")
        if shape:
            inputs = {name: replace(given, shape=_shape(shape)) for name, given in inputs.items()}
    known = {
        name: {**args, "units": classes} if args.get("activation") == "softmax" else args
        for name, args in heads.items()
    }
    return {"inputs": inputs, "heads": known}


def _document(candidate: Candidate) -> dict[str, Any]:
    from automl.arch import summarize

    summary = summarize(candidate.architecture)
    costs = {key: getattr(summary, key) for key in ("parameters", "flops", "activations", "depth")}
    return {"decisions": candidate.params, **costs, "architecture": candidate.architecture.to_json()}


def _shown(inputs: Mapping[str, Input]) -> str:
    shapes = {name: "x".join(str(axis or "?") for axis in given.shape) for name, given in inputs.items()}
    return ", ".join(shapes.values() if len(shapes) == 1 else (f"{name} {shape}" for name, shape in shapes.items()))


def _shape(text: str) -> tuple[int, ...]:
    from automl.errors import ConfigError

    if not re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        raise ConfigError(f"cannot read {text!r} as a shape; write for example 32x32x3")
    return tuple(map(int, text.split("x")))


def _first_comment(source: str) -> str:
    first = next((line for line in source.splitlines() if line.strip()), "")
    return first.lstrip("# ").strip() if first.startswith("#") else ""
