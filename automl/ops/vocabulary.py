"""The page of the vocabulary, from the classes: ``python -m automl.ops.vocabulary > docs/vocabulary.md``."""

from __future__ import annotations

import inspect
import json
import sys

from pydantic.fields import FieldInfo

from automl import ops
from automl.ops import Op

_HEAD = """\
# Vocabulary

Every layer that a search space can say. An argument with a default may be left out; the one in bold is also what a bare
value means, so `conv: 32` is `conv: {filters: 32}`. Maps are channels last, and whether a layer is 1D, 2D or 3D follows
from its input. What each costs stands in [flops.md](flops.md); the meaning of every argument in the class's
documentation, `help(automl.ops.get("conv"))`. A `keras.Layer` of your own becomes a word by
`automl.ops.register_layer`.

This page is written by `python -m automl.ops.vocabulary > docs/vocabulary.md`.

| operation | arguments | inputs | what it does |
|---|---|---|---|
"""


def page() -> str:
    """The page, with a row for every operation of this package."""
    classes = [ops.get(name) for name in ops.names()]
    return _HEAD + "".join(_row(cls) for cls in classes if cls.origin is None)


def _row(cls: type[Op]) -> str:
    arguments = [_argument(cls, name, field) for name, field in cls.model_fields.items()]
    first = (inspect.getdoc(cls) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")
    return f"| `{cls.name}` | {', '.join(arguments)} | {_inputs(cls)} | {first} |\n"


def _argument(cls: type[Op], name: str, field: FieldInfo) -> str:
    said = f"`{name}`" if field.is_required() else f"`{name}: {_value(field.default)}`"
    return f"**{said}**" if name == cls.shorthand else said


def _value(default: object) -> str:
    """A default as YAML says it."""
    if isinstance(default, str):
        return default
    return f"{default:.6g}" if isinstance(default, float) else json.dumps(default)


def _inputs(cls: type[Op]) -> str:
    if cls.max_inputs is None:
        return f"{cls.min_inputs} or more"
    return f"{cls.min_inputs}" if cls.min_inputs == cls.max_inputs else f"{cls.min_inputs} or {cls.max_inputs}"


if __name__ == "__main__":
    sys.stdout.write(page())
