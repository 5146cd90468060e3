"""Writing a document's tree as YAML text that reads back as an equal tree.

What fits on a line is written in flow style, ``{int: [1, 4]}``; what does not, in block style. Numbers keep the way
they were written (``1e-3``); a text is quoted only where it must be.
"""

from __future__ import annotations

import json
import math
import re

from automl.errors import SpaceError
from automl.space.document import Mark, Scalar, YamlList, YamlMap, YamlScalar, YamlTree, resolve

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z0-9_./=+-][A-Za-z0-9_./=+*<>()%^ -]*")  # safe as a plain scalar, in flow style too
_NOWHERE = Mark(1)
_TALL = ("vars", "blocks")  # sections with a line for every entry, however short


def write_yaml(tree: YamlMap) -> str:
    r"""The text of a document.

    >>> from automl.space.yaml_text import read_yaml
    >>> write_yaml(read_yaml("{model: [relu, {dropout: {float: [0, 5e-1], default: '0'}}], name: 'on the fly'}"))
    'model: [relu, {dropout: {float: [0, 5e-1], default: "0"}}]\nname: on the fly\n'
    """
    return "\n".join(_entries(tree, 0)) + "\n"


def named(document: YamlMap, name: str) -> YamlMap:
    """The document with its version and name in front, so that it does not take the name of a file."""
    front: dict[str, YamlTree] = {"version": leaf(1), "name": leaf(name)}
    return YamlMap({**front, **document.entries, **front}, document.marks, document.mark)


def leaf(value: Scalar, mark: Mark = _NOWHERE) -> YamlScalar:
    """A scalar that no text was written for."""
    match value:
        case None | bool():
            return YamlScalar(value, {None: "null", True: "true", False: "false"}[value], mark)
        case float() if not math.isfinite(value):
            return YamlScalar(value, {math.inf: ".inf", -math.inf: "-.inf"}.get(value, ".nan"), mark)
        case _:
            return YamlScalar(value, str(value), mark)


def _entries(tree: YamlMap, indent: int) -> list[str]:
    lines = []
    for key, value in tree.entries.items():
        lead = f"{' ' * indent}{_text(key)}:"
        if key in _TALL and not indent and isinstance(value, YamlMap) and value.entries:
            lines += [lead, *_entries(value, 2)]
        else:
            lines += _after(lead, value, indent)
    return lines


def _items(tree: YamlList, indent: int) -> list[str]:
    lines = []
    for item in tree.items:
        lead = f"{' ' * indent}-"
        flat = _flow(item)
        if isinstance(item, YamlScalar) or _is_empty(item):
            lines.append(f"{lead} {flat}")
            continue
        single = isinstance(item, YamlMap) and len(item.entries) == 1
        if not single and len(lead) + 1 + len(flat) <= WIDTH:
            lines.append(f"{lead} {flat}")
            continue
        inner = _below(item, indent + 2)
        lines += [f"{lead} {inner[0].lstrip()}", *inner[1:]]
    return lines


def _after(lead: str, value: YamlTree, indent: int) -> list[str]:
    """A key with its value: on its line where that fits, else below."""
    flat = _flow(value)
    if isinstance(value, YamlScalar) or _is_empty(value) or len(lead) + 1 + len(flat) <= WIDTH:
        return [f"{lead} {flat}".rstrip()]
    return [lead, *_below(value, indent + 2)]


def _is_empty(tree: YamlList | YamlMap) -> bool:
    return not (tree.entries if isinstance(tree, YamlMap) else tree.items)


def _below(tree: YamlList | YamlMap, indent: int) -> list[str]:
    return _entries(tree, indent) if isinstance(tree, YamlMap) else _items(tree, indent)


def _flow(tree: YamlTree) -> str:
    match tree:
        case YamlScalar():
            return _scalar(tree)
        case YamlList(items=items):
            return f"[{', '.join(map(_flow, items))}]"
        case YamlMap(entries=entries):
            return f"{{{', '.join(f'{_text(key)}: {_flow(value)}' for key, value in entries.items())}}}"


def _scalar(tree: YamlScalar) -> str:
    if not isinstance(tree.value, str):
        return tree.text or "null"
    return _text(tree.value) if _reads_as(tree.value) == tree.value else _quoted(tree.value)


def _reads_as(text: str) -> Scalar:
    try:
        return resolve(text)
    except SpaceError:  # a number with too many digits
        return None


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and not text.endswith(" ") and text.count("(") == text.count(")")
    return text if plain and not text.startswith(("- ", "---", "...")) and text != "-" else _quoted(text)


def _quoted(text: str) -> str:
    inside = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in inside)
