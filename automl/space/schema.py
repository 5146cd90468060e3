"""A JSON Schema of the language, for editors: completion, hints, and a red line under what cannot be.

It is made from the arguments of the operations, the training settings and the kinds of nodes. It cannot see what hangs
on other parts of a file: whether a block or variable exists, whether shapes fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from automl import ops
from automl.jobs import Augment, TrainingSettings
from automl.space.node import kinds
from automl.space.nodes.merge import merging
from automl.space.ports import HEADS, SAMPLES, TENSOR

Schema = dict[str, Any]

_FORMULA: Schema = {"type": "string", "pattern": "^="}
_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_SEGMENT = "^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$"
_NAME: Schema = {"type": ["string", "number", "boolean"], "pattern": _SEGMENT}
_VARIABLE: Schema = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,63}$"}
_BODY: Schema = {"$ref": "#/$defs/body"}
_SIZE: Schema = {"type": "integer", "minimum": 1}
_BESIDE = ("name", "tie", "default", "by")


def space_schema() -> Schema:
    """The schema of a space file, JSON Schema draft 2020-12.

    >>> space_schema()["required"]
    ['model']
    """
    sections: Schema = {
        "version": {"const": 1},
        "name": _NAME,
        "task": _NAME,
        "inputs": _table({"anyOf": [{"enum": list(SAMPLES)}, {"type": "object"}]}),
        "outputs": _table({"anyOf": [{"enum": [*HEADS, TENSOR]}, {"type": "object"}]}),
        "vars": _table(_value(_SCALAR), names=_VARIABLE),
        "blocks": _table(_block()),
        "model": _BODY,
        "train": _train(),
        "constraints": _constraints(),
        "seeds": {"type": ["array", "null"], "items": {"type": "object", "additionalProperties": _SCALAR}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A search space of automl",
        **_object(sections, needs=("model",)),
        "$defs": _definitions(),
    }


def _definitions() -> Schema:
    words = {name: ops.get(name) for name in ops.names() if name not in kinds}
    nodes = {name: _arguments(cls) for name, cls in words.items() if cls.min_inputs == 1}
    nodes |= {name: _KINDS[name]() if name in _KINDS else {} for name in kinds if not name.startswith("<")}
    alone = {"not": {"enum": [name for name, cls in words.items() if name not in nodes or _needs(cls)]}}
    return {
        **{f"node {name}": schema for name, schema in nodes.items()},
        "node": _node(nodes, [name for name in words if name not in nodes]),
        "word": {"type": "string", "pattern": _SEGMENT, **alone},
        "body": {"anyOf": [{"$ref": "#/$defs/word"}, {"$ref": "#/$defs/node"}, {"type": "array", "items": _BODY}]},
    }


def _node(nodes: Mapping[str, Schema], merges: Sequence[str]) -> Schema:
    """One keyword with what belongs beside it; a word that is not known may be a block."""
    has = {name: {"required": [name]} for name in nodes}
    return {
        "type": "object",
        "properties": {
            "name": _NAME,
            "tie": _NAME,
            "default": _SCALAR,
            "by": _FORMULA,
            **{name: {"$ref": f"#/$defs/node {name}"} for name in nodes},
            **dict.fromkeys(merges, False),
        },
        "additionalProperties": {"$comment": "a call of a block", **_value(_SCALAR, calls=True)},
        "minProperties": 1,
        "oneOf": [*has.values(), {"not": {"anyOf": list(has.values())}}],
        "if": {"anyOf": list(has.values())},
        "then": {"propertyNames": {"enum": [*nodes, *_BESIDE]}},
        "dependentSchemas": {
            "by": {"required": ["choice"], "not": {"required": ["default"]}},
            "default": {"anyOf": [{"required": ["choice"]}, {"required": ["optional"]}]},
        },
    }


def _arguments(cls: type[ops.Op]) -> Schema:
    """What may stand behind an operation: its arguments, the value of its main one, or nothing."""
    if cls.name == "head":
        return {"anyOf": [{"type": "null"}, _object({})]}
    described = cls.model_json_schema()
    fields = {name: _value(_plain(field)) for name, field in described.get("properties", {}).items()}
    needs = _required(cls)
    forms = [_object(fields, needs=needs)]
    if cls.shorthand is not None and set(needs) <= {cls.shorthand}:
        forms.append(fields[cls.shorthand])
    if not needs:
        forms.append({"type": "null"})
    return {"description": (cls.__doc__ or "").strip().splitlines()[0], "anyOf": forms}


def _plain(field: Schema) -> Schema:
    """The type of an argument without what pydantic says of the class; anything where that refers elsewhere."""
    if "$ref" in str(field):
        return {}
    return {key: value for key, value in field.items() if key not in ("title", "default", "description")}


def _value(literal: Schema, *, calls: bool = False) -> Schema:
    """A value of a type: given, open, or a formula; for a call of a block also its arguments."""
    alternatives = literal.get("anyOf", [literal]) if literal else []
    if not alternatives:
        return {}
    lists = [each for each in alternatives if each.get("type") == "array"]
    scalars = [each for each in alternatives if each.get("type") != "array"]
    forms = [*scalars, _FORMULA, *(_list(each) for each in lists), *_open(scalars)]
    if calls:
        forms.append({"type": "object"})
        forms.append({"type": "array"})
    return {"anyOf": forms}


def _list(array: Schema) -> Schema:
    items = array.get("items") or {}
    return {**array, "items": _value(items)} if items else array


def _open(scalars: Sequence[Schema]) -> list[Schema]:
    """The open values whose answers are of these types."""
    if not scalars:
        return []
    any_of: Schema = {"anyOf": list(scalars)} if len(scalars) > 1 else dict(scalars[0])
    forms = [
        _object({"choice": {"type": "array", "items": any_of, "minItems": 1}, "default": any_of}, needs=("choice",))
    ]
    found = [kind for each in scalars for kind in _types(each)]
    whole = next((each for each in scalars if {"integer", "number"} & {*_types(each)}), None)
    if whole is not None:
        limits = {key: value for key, value in whole.items() if key in ("minimum", "maximum")}
        integer, number = {**limits, "type": "integer"}, {**limits, "type": "number"}
        forms.append(_range("int", integer))
        forms.append(_object({"pow2": _pair({**integer, "minimum": 1}), "default": integer}, needs=("pow2",)))
        if "number" in found:
            forms.append(_range("float", number))
    if "boolean" in found:
        forms.append(_object({"bool": {"type": ["boolean", "null"]}}, needs=("bool",)))
    return forms


def _types(scalar: Schema) -> Sequence[str]:
    kind = scalar.get("type", [])
    return [kind] if isinstance(kind, str) else kind


def _range(kind: str, number: Schema) -> Schema:
    step = {"type": number["type"], "exclusiveMinimum": 0}
    fields = {kind: _pair(number), "default": number, "step": step, "log": {"type": "boolean"}}
    return {
        **_object(fields, needs=(kind,)),
        "not": {"required": ["step", "log"], "properties": {"log": {"const": True}}},
    }


def _pair(number: Schema) -> Schema:
    return {"type": "array", "items": number, "minItems": 2, "maxItems": 2}


def _choice() -> Schema:
    return {**_table(_BODY), "minProperties": 1}


def _repeat() -> Schema:
    fields = {
        "times": _value({"type": "integer", "minimum": 0, "maximum": 1000}),
        "index": _VARIABLE,
        "share": {"enum": ["none", "choices", "weights"]},
        "do": _BODY,
    }
    return _object(fields, needs=("times", "do"))


def _parallel() -> Schema:
    return _object({"merge": _merge(), "do": {**_table(_BODY), "minProperties": 2}}, needs=("do",))


def _residual() -> Schema:
    shortcut = {"anyOf": [_value({"enum": ["auto", "identity", "none"]}), _BODY]}
    full = _object({"do": _BODY, "shortcut": shortcut, "merge": _value({"enum": merging()})}, needs=("do",))
    return {"if": {"type": "object", "required": ["do"]}, "then": full, "else": _BODY}


def _graph() -> Schema:
    source = {
        "anyOf": [_NAME, _object({"choice": {"type": "array", "items": _NAME}, "default": _NAME}, needs=("choice",))]
    }
    names = {"type": "array", "items": _NAME, "minItems": 1}
    subset = _object({"subset": names, "min": _SIZE, "max": _SIZE, "default": names}, needs=("subset",))
    sources = {"anyOf": [source, {"type": "array", "items": source, "minItems": 1}, subset]}
    vertex = _object({"from": sources, "merge": _merge(), "do": _BODY, "tie": _NAME}, needs=("from",))
    return {**_table(vertex), "minProperties": 1}


def _cell() -> Schema:
    fields = {
        "nodes": _value({**_SIZE, "maximum": 20}),
        "inputs": _value({**_SIZE, "maximum": 5}),
        "filters": _value(_SIZE),
        "stride": _value({**_SIZE, "maximum": 16}),
        "out": _value({"enum": ["concat", "loose_ends"]}),
        "merge": _value({"enum": merging()}),
        "ops": _choice(),
    }
    return _object(fields, needs=("nodes", "ops"))


def _body() -> Schema:
    return _BODY


_KINDS: Mapping[str, Callable[[], Schema]] = {
    "choice": _choice,
    "optional": _body,
    "repeat": _repeat,
    "parallel": _parallel,
    "residual": _residual,
    "graph": _graph,
    "cell": _cell,
    "each": _body,
    "head": lambda: _arguments(ops.get("head")),
}
"""What stands behind the word of each kind of node; one that is not here takes anything."""


def _merge() -> Schema:
    merges = {name: _arguments(ops.get(name)) for name in merging(fewest=1)}
    by_arguments = {**_object(merges), "minProperties": 1, "maxProperties": 1}
    return {"anyOf": [*_value({"enum": merging()})["anyOf"], by_arguments]}


def _block() -> Schema:
    full = _object({"args": _table(_value(_SCALAR, calls=True), names=_VARIABLE), "do": _BODY}, needs=("do",))
    return {"anyOf": [full, {"type": "array", "items": _BODY}]}


def _train() -> Schema:
    settings = TrainingSettings.model_json_schema()["properties"]
    fields = {name: _value(_plain(field)) for name, field in settings.items() if name != "augment"}
    changes = Augment.model_json_schema()["properties"]
    fields["augment"] = _object({name: _value(_plain(field)) for name, field in changes.items()}, none=True)
    return _object(fields, none=True)


def _constraints() -> Schema:
    limits = {"type": "object", "additionalProperties": {"type": "number"}}
    return {"anyOf": [{"type": "null"}, limits, {"type": "array", "items": {"anyOf": [{"type": "string"}, limits]}}]}


def _needs(cls: type[ops.Op]) -> bool:
    return bool(_required(cls)) and cls.name != "head"


def _required(cls: type[ops.Op]) -> list[str]:
    """Arguments that must be given: those without a default, which the data does not complete either."""
    completed = cls.completed({}, (2,))
    return [name for name, field in cls.model_fields.items() if field.is_required() and name not in completed]


def _object(fields: Mapping[str, Schema], *, needs: Sequence[str] = (), none: bool = False) -> Schema:
    kind: Any = ["object", "null"] if none else "object"
    return {"type": kind, "properties": dict(fields), "required": list(needs), "additionalProperties": False}


def _table(values: Schema, *, names: Schema | None = None) -> Schema:
    keys = {"pattern": _SEGMENT} if names is None else {"pattern": names["pattern"]}
    return {"type": ["object", "null"], "propertyNames": keys, "additionalProperties": values}
