"""What may stand in ``automl.yaml``: each value checked, and the JSON Schema of the file for editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from automl.config.file import Setting
from automl.config.parsing import parse_budget, parse_count, parse_duration, parse_gpus, parse_size, parse_trials
from automl.errors import ConfigError

Key = tuple[str, Any, str]
"""A key, its type (with None where it may be left out), and what it means."""

_READ: Mapping[str, Callable[[Any], Any]] = {
    "time-budget": parse_budget,
    "trials": parse_trials,
    "gpus": parse_gpus,
    "trial-timeout": parse_duration,
    "memory-limit": parse_size,
    "worker-memory": parse_size,
    "disk-limit": parse_size,
    "max-params": parse_count,
    "max-flops": parse_count,
}
_BETWEEN = ";"  # items in the environment of what can be given several times


def checked(key: Key, setting: Setting) -> Setting:
    """The setting with its value as the command line would have it: texts, whole numbers, yes and no, lists of texts.

    >>> checked(("workers", int | None, ""), Setting("2", "environment AUTOML_WORKERS")).value
    2
    >>> checked(("target", str, ""), Setting(["a", "b"], "automl.yaml:3")).value
    'a,b'

    Raises:
        ConfigError: It cannot be that; the message has the place.
    """
    from pydantic import TypeAdapter, ValidationError

    name, annotation, _ = key
    kind = _kind(annotation)
    try:
        value = TypeAdapter(_accepted(kind)).validate_python(_split(kind, setting))
        if name in _READ:
            _READ[name](value)
    except ValidationError:
        raise ConfigError(f"{setting.origin}: {name} is {setting.value!r}; it must be {_said(kind)}") from None
    except ConfigError as error:
        raise ConfigError(f"{setting.origin}: {name}: {error}") from None
    return Setting(_as_typed(kind, value), setting.origin)


def file_schema(keys: Mapping[str, Key]) -> dict[str, Any]:
    """JSON Schema (2020-12) of the file.

    Args:
        keys: What can be set, by any name.
    """
    from pydantic import ConfigDict, Field, create_model

    fields: dict[str, Any] = {
        name: (_accepted(_kind(annotation)) | None, Field(default=None, alias=key, description=meaning))
        for name, (key, annotation, meaning) in keys.items()
    }
    model = create_model("automl", __config__=ConfigDict(extra="forbid"), **fields)
    schema = model.model_json_schema(by_alias=True)
    for found in schema["properties"].values():
        found.pop("default", None)
        found.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "automl.yaml",
        "description": "Options of automl search, by their names without dashes.",
    }


def _kind(annotation: Any) -> Any:
    """The type of what is given, without None."""
    if get_origin(annotation) is list:
        return annotation
    given = [part for part in get_args(annotation) if part is not NoneType]
    return given[0] if given else annotation


def _accepted(kind: Any) -> Any:
    """What a file may hold where the command line takes ``kind``."""
    if kind in (bool, int) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind
    if kind is Path:
        return str
    text = str | int | float
    return text | list[text]  # of a list by commas its items


def _split(kind: Any, setting: Setting) -> Any:
    several = get_origin(kind) is list and isinstance(setting.value, str)
    if several and setting.origin.startswith("environment"):
        return [item.strip() for item in setting.value.split(_BETWEEN) if item.strip()]
    return setting.value


def _as_typed(kind: Any, value: Any) -> Any:
    """The value as it would be typed."""
    if isinstance(value, Enum):
        return value.value
    if get_origin(kind) is list:
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if kind in (bool, int):
        return value
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _said(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(repr(item.value) for item in kind)
    words = {bool: "true or false", int: "a whole number", Path: "a path"}
    return words.get(kind, "a text, a number or a list of them")
