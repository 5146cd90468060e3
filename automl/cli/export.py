"""``automl export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automl.cli.options import ImportOpt, JsonOpt, ModelArg, import_named, open_model


def export(
    model: ModelArg,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder to write into.")],
    formats: Annotated[str, typer.Option("--format", metavar="F,...", help="keras, savedmodel, or both.")] = "keras",
    name: Annotated[str | None, typer.Option("--name", help="Name of the exported model.")] = None,
    imports: ImportOpt = "",
    as_json: JsonOpt = False,
) -> None:
    """Write a model in other formats, each checked against the original."""
    from automl.cli.output import show_json, table
    from automl.config import parse_list
    from automl.errors import ConfigError
    from automl.export import export_model

    wanted = parse_list(formats)
    if not wanted:
        raise ConfigError("--format names no format; write for example --format keras,savedmodel")
    import_named(imports)
    trained = open_model(model)
    written = export_model(trained, wanted, out, name=name)
    if as_json:
        keys = ("format", "path", "size", "parity")
        show_json({"exports": [{key: getattr(one, key) for key in keys} for one in written]})
        return
    rows = [[one.format, f"{one.size / 1e6:.1f} MB", f"{one.parity:.1e}", str(one.path)] for one in written]
    for line in table(["format", "size", "parity", "path"], rows, right=[1, 2]):
        typer.echo(line)
