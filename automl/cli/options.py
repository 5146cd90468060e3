"""Arguments and options that several commands share, and the small readers behind them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from automl.export import TrainedModel


class OnBadFile(StrEnum):
    """What to do about a file that is no picture."""

    error = "error"
    skip = "skip"


ModelArg = Annotated[Path, typer.Argument(metavar="RUN|MODEL", help="The folder of a run, or of a model.")]
RunArg = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BadFileOpt = Annotated[OnBadFile, typer.Option("--on-bad-file", help="A file that is no picture: stop, or skip it.")]


ImportOpt = Annotated[str, typer.Option("--import", metavar="M,...", help="Modules that register your own layers.")]


def import_modules(names: str) -> None:
    """Import what registers a person's own layers, before a space or a model names them.

    Modules of the current folder are found too, after all others, so that they hide none.

    Raises:
        ConfigError: A module cannot be imported.
    """
    from importlib import import_module

    from automl.config import parse_list
    from automl.errors import AutoMLError, ConfigError

    modules = parse_list(names)
    if modules:
        sys.path.append(str(Path.cwd()))
    for name in modules:
        try:
            import_module(name)
        except AutoMLError:
            raise
        except Exception as error:  # a person's module may raise anything
            raise ConfigError(f"--import {name}: {type(error).__name__}: {error}") from error


def open_model(path: Path) -> TrainedModel:
    """The trained model of a run or bundle, without TensorFlow's start-up noise.

    Raises:
        ConfigError: ``path`` holds no model that this version can read.
    """
    from automl.errors import ConfigError, ExportError
    from automl.export import load_model

    try:
        return load_model(path)
    except ExportError as error:
        raise ConfigError(str(error)) from error
