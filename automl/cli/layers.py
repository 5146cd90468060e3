"""Where the options of a search come from: flags, then the environment, then ``automl.yaml``, a preset, and defaults.

The options themselves are the parameters of one function, and everything here follows from its signature: the keys of
the file, its JSON Schema, the names in the environment. Typer's context takes what was not said by a flag from
``default_map``, which is filled here.
"""

from __future__ import annotations

import difflib
import inspect
import os
from collections.abc import Callable, Mapping
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import typer

from automl.config.file import FILE_NAME, Setting, read_settings
from automl.config.presets import get_preset
from automl.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from automl.config.schema import Key

Asks = Callable[..., Any]
"""A function whose parameters are the options of a search."""

PREFIX = "AUTOML_"
_LAYERS = "automl.layers"
_NOT_IN_FILES = ("config_file", "adopt")
_OF_THE_PROGRAM = ("AUTOML_DEBUG", "AUTOML_WORKER")  # in the environment for other reasons
_NEAR = 0.85


def options_of(asks: Asks) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: the command has the parameters of ``asks`` beside its own, and gets the answer as its first.

    A parameter that both have, such as the context, is given to both.
    """
    theirs = _signature(asks)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = dict(list(_signature(command).items())[1:])

        @wraps(command)
        def run(**given: Any) -> None:
            answer = asks(**{name: given[name] for name in theirs})
            command(answer, **{name: given[name] for name in own})

        both = {**theirs, **own}
        ordered = sorted(both.values(), key=lambda given: (given.default is not given.empty, not _early(given, own)))
        run.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
        run.__annotations__ = {name: parameter.annotation for name, parameter in both.items()}
        return run

    return decorate


@cache
def keys_of(asks: Asks) -> Mapping[str, tuple[str, Any, str]]:
    """What can be set in a file, by the parameter's name: its key, its type, and what it means."""
    found = {}
    for name, parameter in _signature(asks).items():
        annotation, *notes = get_args(parameter.annotation)[:2] or (None,)
        if name in _NOT_IN_FILES or not notes:
            continue
        [info] = notes
        words = (info.default, *(info.param_decls or ()))
        long = [word for word in words if isinstance(word, str) and word.startswith("--")]
        key = long[0].partition("/")[0].removeprefix("--") if long else name
        found[name] = (key, annotation, info.help or "")
    return found


def fill(asks: Asks) -> Callable[[typer.Context, Path | None], Path | None]:
    """The callback of ``--config``: what the file and the environment say is there for whatever no flag says."""

    def callback(ctx: typer.Context, given: Path | None) -> Path | None:
        if ctx.resilient_parsing:
            return given
        named = given or (Path(os.environ[f"{PREFIX}CONFIG"]) if os.environ.get(f"{PREFIX}CONFIG") else None)
        path = named or (Path(FILE_NAME) if Path(FILE_NAME).is_file() else None)
        layers = ctx.meta.setdefault(_LAYERS, {})
        layers["file"] = {} if path is None else read_file(asks, path)
        layers["environment"] = _of_the_environment(asks)
        _compose(ctx)
        return path

    return callback


def fill_preset(ctx: typer.Context, name: str | None) -> str | None:
    """The callback of ``--preset``: what it sets lies below everything else."""
    if name is None or ctx.resilient_parsing:
        return name
    options = get_preset(name).options
    names = {key.replace("-", "_"): value for key, value in options.items()}
    layers = ctx.meta.setdefault(_LAYERS, {})
    layers["preset"] = {key: Setting(value, f"preset {name}") for key, value in names.items()}
    _compose(ctx)
    return name


def origins(ctx: typer.Context, asks: Asks) -> dict[str, str]:
    """Where each value comes from that is not a default, by key."""
    layers = _merged(ctx)
    found = {}
    for name, (key, _, _) in keys_of(asks).items():
        source = ctx.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            found[key] = "flag"
        elif name in layers:
            found[key] = layers[name].origin
    return found


def _compose(ctx: typer.Context) -> None:
    ctx.default_map = {name: setting.value for name, setting in _merged(ctx).items()}


def _merged(ctx: typer.Context) -> dict[str, Setting]:
    layers = ctx.meta.get(_LAYERS, {})
    return {**layers.get("preset", {}), **layers.get("file", {}), **layers.get("environment", {})}


def read_file(asks: Asks, path: Path) -> dict[str, Setting]:
    """What a configuration file sets, checked, by the parameter's name.

    Raises:
        ConfigError: It cannot be read, or a setting is unknown or cannot be what it is; the message has the line.
    """
    names = {key: name for name, (key, _, _) in keys_of(asks).items()}
    settings = read_settings(path)
    for key, setting in settings.items():
        if key not in names:
            raise ConfigError(f"{setting.origin}: unknown setting {key!r}; {did_you_mean(key, names)}")
    return {names[key]: _checked(keys_of(asks)[names[key]], setting) for key, setting in settings.items()}


def _checked(key: Key, setting: Setting) -> Setting:
    """See ``checked``; its messages show values, and no value's password."""
    from automl.config.schema import checked
    from automl.study.urls import hide_passwords

    try:
        return checked(key, setting)
    except ConfigError as error:
        raise ConfigError(hide_passwords(str(error))) from None


def _of_the_environment(asks: Asks) -> dict[str, Setting]:
    known = {PREFIX + key.upper().replace("-", "_"): name for name, (key, _, _) in keys_of(asks).items()}
    found = {}
    for variable, text in sorted(os.environ.items()):
        if variable in known and text:
            name = known[variable]
            found[name] = _checked(keys_of(asks)[name], Setting(text, f"environment {variable}"))
        elif variable.startswith(PREFIX) and variable not in (*known, *_OF_THE_PROGRAM, f"{PREFIX}CONFIG"):
            near = difflib.get_close_matches(variable, known, n=1, cutoff=_NEAR)
            if near:
                typer.echo(f"warning: {variable} in the environment sets nothing; did you mean {near[0]}?", err=True)
    return found


def _early(parameter: inspect.Parameter, own: Mapping[str, inspect.Parameter]) -> bool:
    """Whether it must be understood before the others: the file may name a preset."""
    notes = get_args(parameter.annotation)[1:]
    return parameter.name in own and any(getattr(note, "is_eager", False) for note in notes)


def _signature(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True)
    return {
        name: parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(function).parameters.items()
    }
