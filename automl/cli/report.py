"""``automl report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automl.cli.options import ImportOpt, RunArg, StorageOpt, import_named


def report(
    run: RunArg,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="An .html file; else report.html in RUN.")
    ] = None,
    predict: Annotated[
        bool,
        typer.Option("--predict/--no-predict", help="Ask the best network again where its answers were not kept."),
    ] = True,
    imports: ImportOpt = "",
    storage: StorageOpt = None,
) -> None:
    """Write one HTML file about a search, to read and to send on."""
    from automl.errors import ConfigError
    from automl.report import write_report

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"cannot write a report to {out}: the file's name must end in .html")
    import_named(imports)
    typer.echo(write_report(run, out, storage=storage, detail="full" if predict else "kept"))
