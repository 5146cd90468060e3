"""A person's own modules, imported by name before a space or a model needs what they register."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from automl.errors import AutoMLError, ConfigError


def import_modules(names: Iterable[str]) -> None:
    """Import modules; those of the current folder are found too, after all others, so that they hide none.

    Raises:
        ConfigError: A module cannot be imported.
        SpaceError: A layer that it registers cannot be one.
    """
    for name in names:
        here = str(Path.cwd())
        if here not in sys.path:
            sys.path.append(here)
        try:
            import_module(name)
        except AutoMLError:
            raise
        except Exception as error:  # a person's module may raise anything
            raise ConfigError(f"--import {name}: {type(error).__name__}: {error}") from error
