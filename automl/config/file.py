"""``automl.yaml``: a flat mapping of settings, each with the line it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.errors import ConfigError

# Read where it stands in the current folder and no other file is named.
FILE_NAME = "automl.yaml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, and where it comes from.

    Attributes:
        value: As it was written.
        origin: ``flag``, ``environment NAME``, ``FILE:LINE``, ``preset NAME`` or ``default``.
    """

    value: Any
    origin: str


def read_settings(path: Path) -> dict[str, Setting]:
    """What a configuration file says, by its keys; nothing is checked but that it is a mapping of texts.

    Args:
        path: A YAML file.

    Raises:
        ConfigError: It cannot be read, or is no mapping; the message has the line.
    """
    document = _parsed(path)
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise ConfigError(f"{path} holds {type(document).__name__}; write one setting a line, such as: task: NAME")
    lines = document.lc.data  # type: ignore[attr-defined]  # of ruamel.yaml
    settings = {}
    for key, value in document.items():
        line = lines[key][0] + 1
        if not isinstance(key, str):
            raise ConfigError(f"{path}:{line}: {key!r} is no name of a setting")
        settings[key] = Setting(_plain(value), f"{path}:{line}")
    return settings


def _parsed(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigError(f"{place}: {' '.join(str(error.problem or error.context).split())}") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no YAML in UTF-8: {str(error).splitlines()[0]}") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None


def _plain(value: Any) -> Any:
    """A value without what ruamel.yaml keeps of its layout."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
