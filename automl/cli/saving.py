"""``--save-config``: what was resolved, as a file from which the same search can be asked for again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from automl.errors import ConfigError
from automl.files import write_whole

if TYPE_CHECKING:
    from automl.cli.layers import Asks
    from automl.config import SearchConfig

_HEADER = "# Written by automl search --save-config; it is repeated by: automl search --config FILE\n"
_PATHS = ("data", "val", "cache-dir")
_NOT_REPEATED = ("out", "preset")  # a folder holds one run; what the preset set is written out


def save_config(path: Path, ctx: typer.Context, asks: Asks, config: SearchConfig) -> list[str]:
    """Write the settings of a search, each with its origin as a comment.

    Files are named by their absolute paths. A seed that was drawn is written, so that the same one is used again.

    Args:
        path: Where to; a file that this did not write is left alone.
        ctx: Of the command.
        asks: Whose parameters the settings are.
        config: What came of them.

    Returns:
        What the person should know: that a password was left out.

    Raises:
        ConfigError: The file holds something else, or cannot be written.
    """
    from automl.study.urls import shown_url

    if path.is_file() and not path.read_text("utf-8", errors="replace").startswith(_HEADER[:30]):
        raise ConfigError(f"{path} holds something else; save the settings under another name")
    settings, notes = _settings(ctx, asks, config), []
    if (storage := settings.get("storage")) is not None and shown_url(storage[0]) != storage[0]:
        settings["storage"] = (shown_url(storage[0]), storage[1])
        notes.append(f"the password of the database is left out of {path}; give the whole URL with AUTOML_STORAGE")
    try:
        write_whole(path, _HEADER + _yaml(settings))
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from None
    return notes


def _settings(ctx: typer.Context, asks: Asks, config: SearchConfig) -> dict[str, tuple[Any, str]]:
    """Value and origin of everything that is not a default, by key."""
    from automl.cli.layers import keys_of

    found = {}
    for name, (key, _, _) in keys_of(asks).items():
        value, origin = ctx.params[name], config.origins.get(key, "default")
        if key == "time-budget" and value is None and config.time_budget is not None:
            value = f"{config.time_budget:g}s"
        elif key == "seed" and value is None and not _continues(config):
            value, origin = config.seed, "drawn"
        elif origin == "default":
            continue
        if key not in _NOT_REPEATED:
            found[key] = (_absolute(key, value), origin)
    return found


def _continues(config: SearchConfig) -> bool:
    """Whether the run has a seed already, which is not the one that was drawn."""
    from automl.run import holds_run

    return holds_run(config.out)


def _absolute(key: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    is_file = key in _PATHS or (key == "space" and Path(value).suffix)
    return str(Path(value).absolute()) if is_file else value


def _yaml(settings: Mapping[str, tuple[Any, str]]) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    document = CommentedMap()
    for key, (value, origin) in settings.items():
        document[key] = int(value) if str(value).isdecimal() else value
        if not isinstance(value, list):
            document.yaml_add_eol_comment(origin, key)
    page, yaml = io.StringIO(), YAML()
    yaml.width = 10_000  # a setting a line
    yaml.dump(document, page)
    return page.getvalue()
