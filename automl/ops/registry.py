"""Operations by name, and arguments checked with messages a person can act on."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from automl.errors import SpaceError, did_you_mean
from automl.ops.base import Op

_registry: dict[str, type[Op]] = {}
_OpClass = TypeVar("_OpClass", bound=type[Op])

_WANTED = {
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "literal_error": "one of {expected}",
    "greater_than_equal": "at least {ge}",
    "greater_than": "above {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "below {lt}",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
}


def op(name: str) -> Callable[[_OpClass], _OpClass]:
    """Register an operation under its name in the language.

    A class of the same origin takes the place of its older self: a module loaded again, a notebook's cell run again.

    Raises:
        ValueError: The name is taken.
    """

    def register(cls: _OpClass) -> _OpClass:
        if name in _registry and (cls.origin is None or cls.origin != _registry[name].origin):
            raise ValueError(f"there is an operation {name!r} already: {_registry[name].__qualname__}")
        cls.name = name
        _registry[name] = cls
        return cls

    return register


def names() -> list[str]:
    """All operations, sorted."""
    return sorted(_registry)


def get(name: str) -> type[Op]:
    """The class of an operation.

    Raises:
        SpaceError: There is none of that name.
    """
    if name not in _registry:
        raise SpaceError(f"unknown operation {name!r}; {did_you_mean(str(name), _registry)}")
    return _registry[name]


def create(name: str, args: Mapping[str, Any]) -> Op:
    """An operation with checked arguments.

    >>> create("conv", {"filters": 8}).infer((28, 28, 1))
    (28, 28, 8)

    Raises:
        SpaceError: Unknown operation or argument (with the nearest known one), a missing argument, or a value of
            the wrong type or out of its range.
    """
    return validated(get(name), args)


def validated(cls: type[Op], args: Mapping[str, Any]) -> Op:
    """An operation of a class with checked arguments; see ``create``."""
    try:
        return cls.model_validate(dict(args))
    except ValidationError as error:
        raise SpaceError(_explain(cls, args, error.errors(include_url=False))) from None


def _explain(cls: type[Op], args: Mapping[str, Any], errors: Sequence[ErrorDetails]) -> str:
    # A misspelt argument is unknown and leaves the right one missing; the first of the two helps.
    first = min(errors, key=lambda error: error["type"] not in ("extra_forbidden", "invalid_key"))
    argument = first["loc"][0]
    if first["type"] in ("extra_forbidden", "invalid_key"):
        hint = did_you_mean(str(argument), cls.model_fields)
        return f"unknown argument {argument!r} of {cls.name!r}; {hint}"
    if first["type"] == "missing":
        return f"{cls.name!r} needs the argument {argument!r}"
    if first["type"] == "unknown_name":
        return f"argument {argument!r} of {cls.name!r}: {first['msg']}"
    value = args[str(argument)]
    wanted = _wanted(value, [error for error in errors if error["loc"][0] == argument])
    return f"argument {argument!r} of {cls.name!r} is {reprlib.repr(value)}; {wanted}"


def _wanted(value: object, errors: Sequence[ErrorDetails]) -> str:
    """What an argument must be. One that takes a number or a list of them has errors for both readings."""
    lists = [error for error in errors if error["type"] == "tuple_type"]
    if isinstance(value, list | tuple):
        error = max(errors, key=lambda error: (len(error["loc"]), error["type"] != "int_type"))
        inside = isinstance(error["loc"][-1], int)
        return f"{'every item' if inside else 'it'} must be {_describe(error)}"
    error = errors[0]
    if len(errors) > len(lists) > 0 and error["type"] in ("int_type", "int_from_float"):
        return "it must be an integer or a list of integers, one for each spatial axis"
    return f"it must be {_describe(error)}"


def _describe(error: ErrorDetails) -> str:
    if error["type"] in _WANTED:
        return _WANTED[error["type"]].format_map(error.get("ctx", {}))
    return f"valid: {error['msg']}"
