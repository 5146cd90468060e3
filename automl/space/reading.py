"""From the YAML tree to values and nodes, with every check that needs no shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from automl import ops
from automl.errors import SpaceError, did_you_mean
from automl.space.document import Mark, Scalar, YamlList, YamlMap, YamlScalar, YamlTree, kind_of, plain
from automl.space.domains import Categorical, Domain, FloatRange, IntRange, PowerOfTwo
from automl.space.formula import Formula, unknown_variable
from automl.space.node import BLOCK, OPERATION, TIE, Body, Node, Said, kinds
from automl.space.site import Site
from automl.space.values import Computed, Listed, Literal, Searched, Value

VALUE_KEYS: Mapping[str, tuple[str, ...]] = {
    "choice": ("default",),
    "int": ("default", "step", "log"),
    "float": ("default", "step", "log"),
    "pow2": ("default",),
    "bool": (),
}


def is_searched(tree: YamlTree | None) -> bool:
    """Whether a tree is written as an open value, ``{int: [1, 4]}``."""
    return isinstance(tree, YamlMap) and any(key in VALUE_KEYS for key in tree.entries)


def read_value(tree: YamlTree, site: Site) -> Value:
    """A literal, an open value, a formula or a list of them.

    Raises:
        SpaceError: It is none of these, its bounds are wrong, or its formula uses unknown variables.
    """
    match tree:
        case YamlScalar(value=str(text)) if text.startswith("="):
            return _read_formula(text[1:], site, tree.mark)
        case YamlScalar(value=float(value)) if not math.isfinite(value):
            raise site.error(f"{value!r} is no finite number", tree.mark)
        case YamlScalar(value=value):
            return Literal(value)
        case YamlList(items=items):
            return Listed(tuple(read_value(item, site) for item in items))
        case YamlMap():
            try:
                return Searched(_read_domain(tree, site), tree.mark)
            except SpaceError as error:
                raise site.locate(error, tree.mark) from None


def _read_formula(text: str, site: Site, mark: Mark) -> Computed:
    try:
        formula = Formula.parse(text)
        for name in sorted(formula.names - site.names):
            raise unknown_variable(name, site.names)
    except SpaceError as error:
        raise site.locate(error, mark) from None
    return Computed(formula, mark)


def _read_domain(tree: YamlMap, site: Site) -> Domain:
    kind = next((key for key in tree.entries if key in VALUE_KEYS), None)
    if kind is None:
        key = next(iter(tree.entries), "")
        raise site.error(f"unknown kind of value {key!r}; {did_you_mean(key, VALUE_KEYS)}", tree.marks.get(key))
    allowed = VALUE_KEYS[kind]
    for key, mark in tree.marks.items():
        if key != kind and key not in allowed:
            hint = f"a value of kind {kind!r} knows {', '.join(allowed) or 'no other key'}"
            raise site.error(f"unknown key {key!r} beside {kind!r}; {hint}", mark)
    rest = {key: _constant(each, site, f"{key!r}") for key, each in tree.entries.items() if key != kind}
    return _domain(kind, tree.entries[kind], rest, site)


def _domain(kind: str, body: YamlTree, rest: Mapping[str, Scalar], site: Site) -> Domain:
    if kind == "bool":
        value = _constant(body, site, "the default of 'bool'")
        if not isinstance(value, bool | None):
            raise site.error(f"'bool' takes its default, true or false, got {value!r}", body.mark)
        return Categorical((False, True), bool(value))
    if kind == "choice":
        return _categorical(body, rest, site)
    low, high = _bounds(kind, body, site)
    log = rest.get("log", False)
    if not isinstance(log, bool):
        raise site.error(f"'log' is true or false, got {log!r}", body.mark)
    default: Any = _number(rest.get("default"), "'default'", kind, body, site)
    if kind == "pow2":
        return PowerOfTwo(cast("int", low), cast("int", high), default)
    step: Any = _number(rest.get("step"), "'step'", kind, body, site)
    if kind == "int":
        return IntRange(cast("int", low), cast("int", high), 1 if step is None else step, log, default)
    return FloatRange(low, high, step, log, default)


def _categorical(body: YamlTree, rest: Mapping[str, Scalar], site: Site) -> Categorical:
    if isinstance(body, YamlMap):
        message = "a value is needed here, not a choice of nodes; a choice of values is a list: {choice: [3, 5]}"
        raise site.error(message, body.mark)
    if not isinstance(body, YamlList):
        raise site.error(f"'choice' takes a list of values, got {kind_of(body)}", body.mark)
    if not body.items:
        raise site.error("an empty choice; give at least one value", body.mark)
    choices = tuple(_constant(item, site, "a choice") for item in body.items)
    return Categorical(choices, rest.get("default", choices[0]))


def _bounds(kind: str, body: YamlTree, site: Site) -> tuple[float, float]:
    if not isinstance(body, YamlList) or len(body.items) != 2:
        raise site.error(f"{kind!r} takes its bounds, [low, high], got {plain(body)!r}", body.mark)
    low, high = (_number(_constant(item, site, "a bound"), "a bound", kind, item, site) for item in body.items)
    if low is None or high is None:
        raise site.error(f"{kind!r} takes its bounds, [low, high], got {plain(body)!r}", body.mark)
    return low, high


def _number(value: Scalar, what: str, kind: str, tree: YamlTree, site: Site) -> float | None:
    if value is None:
        return None
    fits = isinstance(value, int | float if kind == "float" else int) and not isinstance(value, bool)
    if not fits:
        number = "a number" if kind == "float" else "a whole number"
        raise site.error(f"{what} of {kind!r} must be {number}, got {value!r}", tree.mark)
    return cast("float", value)


def _constant(tree: YamlTree, site: Site, what: str) -> Scalar:
    value = site.scalar(tree, what)
    if isinstance(value, str) and value.startswith("="):
        message = f"{what} must be a constant, got the formula {value!r}; search a number and use a formula on it"
        raise site.error(message, tree.mark)
    return value


def read_body(tree: YamlTree | None, site: Site, *, mark: Mark | None = None, reserved: Iterable[str] = ()) -> Body:
    """A node or a list of nodes, nested lists spliced, every node with a name of its own.

    Args:
        tree: What is written; None where nothing is.
        site: Where the sequence stands.
        mark: Where to point when nothing is written.
        reserved: Names of decisions that already stand at this path.
    """
    if tree is None or (isinstance(tree, YamlScalar) and tree.value is None):
        raise site.error("a node is missing here; write [] for nothing", tree.mark if tree else mark)
    parts = [_split(item, site) for item in _flat(tree)]
    names = _names([(name, keyword, place) for keyword, _, name, place in parts], site)
    body: list[Node] = []
    for (keyword, whole, given, place), name in zip(parts, names, strict=True):
        here = site.child(name)
        node = _read_node(keyword, whole, name, place, here, around=here if given else site)
        if node.asks and name in reserved:
            raise site.error(f"the name {name!r} is taken by a value here; use another 'name:'", place)
        body.append(node)
    return tuple(body)


def _flat(tree: YamlTree) -> list[YamlTree]:
    if not isinstance(tree, YamlList):
        return [tree]
    return [each for item in tree.items for each in _flat(item)]


def _split(item: YamlTree, site: Site) -> tuple[str, YamlTree, str | None, Mark]:
    """Keyword, the whole, the given name, the keyword's place."""
    if isinstance(item, YamlScalar):
        if item.value is None:
            raise site.error("a node is missing here; write [] for nothing", item.mark)
        keyword = item.text
        _check_keyword(keyword, site, item.mark)
        return keyword, item, None, item.mark
    assert isinstance(item, YamlMap)
    known = known_words(site)
    words = [key for key in item.entries if key in known]
    if len(words) > 1:
        message = f"{words[0]!r} and {words[1]!r} in one node; write each as an item of a list"
        raise site.error(message, item.marks[words[1]])
    if not words:
        key = next((key for key in item.entries if key != "name"), None)
        if key is None:
            raise site.error("a node is missing here; write [] for nothing", item.mark)
        _check_keyword(key, site, item.marks[key])
    keyword = words[0]
    name = None
    if "name" in item.entries:
        name = site.segment(site.word(item.entries["name"], "'name'"), "the name", item.entries["name"].mark)
        if name == "tie":
            raise site.error("no node may be named 'tie', which begins the names of what is tied", item.marks["name"])
    return keyword, item, name, item.marks[keyword]


def known_words(site: Site) -> set[str]:
    """Every word that a node may begin with."""
    return {*kinds, *ops.names(), *site.blocks} - {OPERATION, BLOCK, TIE}


def _check_keyword(word: str, site: Site, mark: Mark) -> None:
    known = known_words(site)
    if word not in known:
        raise site.error(f"unknown node {word!r}; {did_you_mean(word, known)}", mark)


def _names(parts: Sequence[tuple[str | None, str, Mark]], site: Site) -> list[str]:
    """Given names as they are; the others are the keyword, or ``keyword#2``, ``#3`` ... where that is taken."""
    taken: set[str] = set()
    for name, _, mark in parts:
        if name in taken:
            raise site.error(f"a second node is named {name!r} in this sequence; names must differ", mark)
        if name is not None:
            taken.add(name)
    names = []
    for name, keyword, _ in parts:
        final = name if name is not None else _free(keyword, taken)
        taken.add(final)
        names.append(final)
    return names


def _free(keyword: str, taken: set[str]) -> str:
    name, number = keyword, 1
    while name in taken:
        number += 1
        name = f"{keyword}#{number}"
    return name


def _read_node(keyword: str, whole: YamlTree, name: str, mark: Mark, here: Site, *, around: Site) -> Node:
    kind = kinds.get(keyword) or kinds[BLOCK if keyword in here.blocks else OPERATION]
    if isinstance(whole, YamlMap) and "tie" in whole.entries:
        rest = {key: tree for key, tree in whole.entries.items() if key not in ("name", "tie")}
        node = YamlMap(rest, whole.marks, whole.mark)
        return kinds[TIE].read(Said(keyword, node, {"tie": whole.entries["tie"]}, name, mark, around), here)
    content, options = None, {}
    if isinstance(whole, YamlMap):
        content = whole.entries[keyword]
        options = {key: tree for key, tree in whole.entries.items() if key not in (keyword, "name")}
        for key in options:
            if key not in kind.options:
                hint = did_you_mean(key, ("name", "tie", *kind.options))
                raise around.error(f"unknown key {key!r} beside {keyword!r}; {hint}", whole.marks[key])
    return kind.read(Said(keyword, content, options, name, mark, around), here)
