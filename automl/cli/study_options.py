"""Arguments and options of the commands that look into studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automl.cli import complete

RunsArg = Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.", autocompletion=complete.runs)]
CsvOpt = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
StudyOpt = Annotated[
    str | None,
    typer.Option("--study", metavar="NAME", help="When the database has several.", autocompletion=complete.studies),
]
TopOpt = Annotated[int | None, typer.Option("--top", metavar="N", min=1, help="At most so many.")]
