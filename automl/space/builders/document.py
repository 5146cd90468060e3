"""From Python values to the tree that the reader of YAML reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from automl.errors import SpaceError
from automl.space.builders.expressions import Expression, Open, Variable, here
from automl.space.builders.nodes import NOTHING, Block, Call, Word
from automl.space.document import Mark, YamlList, YamlMap, YamlScalar, YamlTree, located
from automl.space.yaml_writer import leaf

_ORDER = ("version", "name", "task", "inputs", "outputs", "vars", "blocks", "model", "train", "constraints", "seeds")


def document(name: str, sections: Mapping[str, Any]) -> tuple[YamlMap, str]:
    """The tree of a space, and the script that it stands in.

    Raises:
        SpaceError: Something in it is no part of a space, or a variable or block has two meanings.
    """
    mark = here() or Mark(1)
    collected = _Collector(mark)
    given = {key: value for key, value in sections.items() if value is not None}
    for key, value in _items(given.pop("vars", {}), "vars", mark):
        collected.define(key, value)
    for key, value in _items(given.pop("blocks", {}), "blocks", mark):
        collected.block(key, value)
    trees = {key: collected.tree(value, mark) for key, value in given.items()}
    trees |= {"version": leaf(1, mark), "name": leaf(name, mark)}
    trees |= {"vars": _mapping(collected.vars, mark)} if collected.vars else {}
    trees |= {"blocks": _mapping(collected.blocks, mark)} if collected.blocks else {}
    order = [key for key in _ORDER if key in trees] + [key for key in trees if key not in _ORDER]
    return _mapping({key: trees[key] for key in order}, mark), mark.file or "<python>"


class _Collector:
    """Makes trees, and gathers the variables and blocks that are used on the way."""

    def __init__(self, mark: Mark) -> None:
        self.vars: dict[str, YamlTree] = {}
        self.blocks: dict[str, YamlTree] = {}
        self._mark = mark
        self._sources: dict[tuple[str, str], object] = {}

    def tree(self, value: Any, mark: Mark) -> YamlTree:  # noqa: PLR0911  one line a kind
        """The tree of one value."""
        match value:
            case Word() | Block():
                return self.node(replace(value(), mark=mark), mark)
            case Call():
                return self.node(value, value.mark or mark)
            case Expression():
                return self.formula(value, value.mark or mark)
            case Open():
                return self.tree(value.entries, value.mark or mark)
            case Mapping():
                entries = {_key(key): self.tree(item, mark) for key, item in value.items()}
                return _mapping(entries, mark)
            case list() | tuple():
                return YamlList(tuple(self.tree(item, mark) for item in value), mark)
            case None | bool() | int() | float() | str():
                return leaf(value, mark)
        if hasattr(value, "item"):
            return leaf(value.item(), mark)
        message = f"{value!r} cannot be part of a space; use numbers, texts, lists, mappings, values and nodes"
        raise located(SpaceError(message), mark, None)

    def node(self, call: Call, mark: Mark) -> YamlTree:
        """A node."""
        if call.block is not None:
            self.block(call.keyword, call.block)
        if call.content is NOTHING and call.name is None and not call.beside:
            return YamlScalar(call.keyword, call.keyword, mark)
        entries: dict[str, YamlTree] = {} if call.name is None else {"name": leaf(call.name, mark)}
        entries[call.keyword] = self.tree(None if call.content is NOTHING else call.content, mark)
        return _mapping(entries | {key: self.tree(each, mark) for key, each in call.beside.items()}, mark)

    def formula(self, value: Expression, mark: Mark) -> YamlScalar:
        """A formula, its variables defined before."""
        for used in (value,) if isinstance(value, Variable) else value.uses:
            assert isinstance(used, Variable)
            self.define(used.text, used)
        return YamlScalar(f"={value.text}", f"={value.text}", mark)

    def define(self, name: str, value: Any) -> None:
        """A variable, after those that it uses; an equal one may come again."""
        if self._sources.setdefault(("vars", name), value) is value and name in self.vars:
            return
        itself = isinstance(value, Variable) and value.text == name
        self._put(self.vars, "vars", name, value.value if itself else value, _mark(value) or self._mark)

    def block(self, name: str, value: Any) -> None:
        """A block; an equal one may come again, also inside itself: the reader tells of circles."""
        if self._sources.setdefault(("blocks", name), value) is value:
            if ("open", name) in self._sources:
                return
            self._sources["open", name] = value
        definition = value.definition() if isinstance(value, Block) else value
        self._put(self.blocks, "blocks", name, definition, _mark(value) or self._mark)

    def _put(self, section: dict[str, YamlTree], title: str, name: str, value: Any, mark: Mark) -> None:
        tree = self.tree(value, mark)
        if section.setdefault(name, tree) != tree:
            raise located(SpaceError(f"two of them are called {name!r}; give one another name"), mark, title)


def _mark(value: object) -> Mark | None:
    return value.mark if isinstance(value, Expression | Open | Block) else None


def _items(given: Any, section: str, mark: Mark) -> Iterable[tuple[str, Any]]:
    """Entries of a mapping, or of a list of variables or blocks under their own names."""
    if isinstance(given, Mapping):
        return given.items()
    items = list(given)
    for each in items:
        if not isinstance(each, Variable | Block):
            raise located(SpaceError(f"{section!r} lists what has no name: {each!r}; use a mapping"), mark, section)
    return [(each.text if isinstance(each, Variable) else each.keyword, each) for each in items]


def _mapping(entries: Mapping[str, YamlTree], mark: Mark) -> YamlMap:
    marks = {key: getattr(tree, "mark", mark) for key, tree in entries.items()}
    return YamlMap(dict(entries), marks, mark)


def _key(key: object) -> str:
    return "from" if key == "from_" else str(key)
