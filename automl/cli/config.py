"""``automl config``, and the file that ``--save-config`` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automl.cli.layers import keys_of, read_file
from automl.cli.options import JsonOpt
from automl.cli.search import asked
from automl.config.file import FILE_NAME

app = typer.Typer(no_args_is_help=True, help=f"Look at settings in {FILE_NAME}.")


@app.command()
def schema() -> None:
    """Print a JSON Schema of configuration files, for editors."""
    from automl.cli.output import show_json
    from automl.config.schema import file_schema

    show_json(file_schema(keys_of(asked)))


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A configuration file.")] = Path(FILE_NAME),
    as_json: JsonOpt = False,
) -> None:
    """Read a configuration file and say what it sets."""
    from automl.cli.output import show_json, table
    from automl.study.urls import without_passwords

    settings = read_file(asked, file)
    keys = {name: key for name, (key, _, _) in keys_of(asked).items()}
    shown = {keys[name]: without_passwords(setting.value) for name, setting in settings.items()}
    if as_json:
        show_json(shown)
        return
    places = [setting.origin for setting in settings.values()]
    rows = [[key, place, str(value)] for (key, value), place in zip(shown.items(), places, strict=True)]
    for line in table(["setting", "where", "value"], rows):
        typer.echo(line)
