"""How several tensors become one: ``merge: concat``, ``merge: {choice: [add, concat]}``, ``merge: {dot: {}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from automl import ops
from automl.errors import SpaceError, did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlMap, YamlTree, located
from automl.space.node import Said
from automl.space.nodes.operation import Operation
from automl.space.reading import is_searched, read_value
from automl.space.site import Site
from automl.space.values import Literal, Value, corners

Merge: TypeAlias = Value | Operation
"""The name of a merging operation, which may be open, or one with arguments."""


def read_merge(entries: Mapping[str, YamlTree], site: Site, default: str = "add") -> Value:
    """The value of ``merge``, every one of its literals an operation that merges without arguments."""
    if "merge" not in entries:
        return Literal(default)
    tree = entries["merge"]
    value = read_value(tree, site.child("merge"))
    for word in corners(value) or ():
        if problem := _problem(word):
            raise site.error(problem, tree.mark)
    return value


def read_merging(entries: Mapping[str, YamlTree], site: Site, default: str) -> Merge:
    """The value of ``merge``, or an operation with arguments."""
    tree = entries.get("merge")
    if not isinstance(tree, YamlMap) or is_searched(tree):
        return read_merge(entries, site, default)
    known = merging(fewest=1)
    word = next(iter(tree.entries), None)
    if word not in known or len(tree.entries) != 1:
        message = f"'merge' is one merging operation, got {', '.join(tree.entries) or 'nothing'}"
        raise site.error(f"{message}; {did_you_mean(str(word), known)}", tree.mark)
    here = site.child("merge")
    said = Said(word, tree.entries[word], {}, "merge", tree.marks[word], here)
    return Operation.taking(said, here)


def merge(how: Merge, x: Flow, at: Place, assembly: Assembly, mark: Mark | None) -> Flow:
    """All of ``x`` as one tensor; ``at`` is the node that merges."""
    if isinstance(how, Operation):
        return how.apply(x, at.child(how.name), assembly)
    word = str(how.answer(assembly, f"{at.decisions}/merge", at.names))
    if problem := _problem(word):
        raise located(SpaceError(problem), mark, at.path)
    return assembly.layer(word, {}, x, here=at.child(word), mark=mark)


def merging(fewest: int = 2) -> list[str]:
    """Operations that take several tensors, and no fewer than ``fewest``."""
    return [name for name in ops.names() if (kind := ops.get(name)).max_inputs != 1 and kind.min_inputs >= fewest]


def _problem(word: object) -> str | None:
    known = merging()
    if word in known:
        return None
    return f"'merge' is {word!r}, no merging operation; {did_you_mean(str(word), known)}"
