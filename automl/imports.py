"""A person's own modules and functions, by name: what a space, a loss or a metric needs must be imported first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

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


def is_reference(name: str) -> bool:
    """Whether a name is that of a person's own function, ``module:function``.

    >>> is_reference("costs:asymmetric"), is_reference("huber")
    (True, False)
    """
    return ":" in name


def find(reference: str) -> Callable[..., Any]:
    """The function that ``module:function`` names; its module is imported.

    >>> find("math:hypot")(3, 4)
    5.0

    Raises:
        ConfigError: There is no such module or function, or it is no function.
    """
    module, _, name = reference.partition(":")
    import_modules([module])
    try:
        found = reduce(getattr, name.split("."), sys.modules[module])
    except AttributeError:
        raise ConfigError(f"the module {module!r} has no {name!r} ({reference})") from None
    if not callable(found):
        raise ConfigError(f"{reference} is of type {type(found).__name__}, and a function is needed")
    return found


def reference_to(function: Callable[..., Any]) -> str:
    """The name by which another process finds a function.

    >>> import math
    >>> reference_to(math.hypot)
    'math:hypot'

    Raises:
        ConfigError: It has none: it is a lambda, it stands inside another function, or it is none of a module's.
    """
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if not module or not name or "<" in name:
        raise ConfigError(
            f"{function!r} cannot be found by name, and workers and later runs find functions so: write it as an "
            "ordinary function of a module (no lambda, none inside another function)"
        )
    if module == "__main__":
        raise ConfigError(
            f"{name!r} stands in the program itself, which workers and later runs do not import: put it into a module "
            "of its own"
        )
    reference = f"{module}:{name}"
    if find(reference) is not function:
        raise ConfigError(f"{reference} is another function than the one given; workers would find the other one")
    return reference
