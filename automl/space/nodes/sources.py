"""``from``: which tensors a node of a graph reads; any of them may be searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from automl.errors import did_you_mean
from automl.space.assembly import Assembly
from automl.space.document import Mark, YamlList, YamlMap, YamlScalar, YamlTree, kind_of
from automl.space.domains import Categorical
from automl.space.site import Site
from automl.space.values import Literal, Searched


@dataclass(frozen=True, slots=True)
class Named:
    """Tensors one by one, each given or one of several.

    Attributes:
        items: Their names.
        listed: Whether they are written as a list, which numbers the decisions.
    """

    items: tuple[Literal | Searched, ...]
    listed: bool

    @property
    def options(self) -> tuple[str, ...]:
        """Every name that may be read."""
        return tuple(dict.fromkeys(name for item in self.items for name in _options(item)))

    @property
    def most(self) -> int:
        """How many are read at most."""
        return len(self.items)

    def answer(self, assembly: Assembly, path: str) -> tuple[str, ...]:
        """The names that are read, decided under ``path``, or ``path.0``, ``path.1``, ... in a list."""
        paths = [f"{path}.{number}" for number in range(len(self.items))] if self.listed else [path]
        return tuple(str(item.answer(assembly, name, {})) for item, name in zip(self.items, paths, strict=True))


@dataclass(frozen=True, slots=True)
class Subset:
    """Some of several tensors, in the order in which they are written.

    Every name is decided by itself, in order, as long as both answers are possible: none is asked for once ``most``
    are taken, or when all that remain are needed for ``least``. So every subset has one set of answers.

    Attributes:
        options: Names.
        least: How many are read at least.
        most: How many are read at most.
        default: Those that are read unless something else is decided.
    """

    options: tuple[str, ...]
    least: int
    most: int
    default: tuple[str, ...]
    mark: Mark | None = field(default=None, compare=False, repr=False)

    def answer(self, assembly: Assembly, path: str) -> tuple[str, ...]:
        """The names that are read, each decided under ``path/name``."""
        taken: list[str] = []
        for number, name in enumerate(self.options):
            if len(taken) == self.most:
                break
            forced = len(taken) + len(self.options) - number == self.least
            domain = Categorical((False, True), name in self.default)
            if forced or assembly.decide(f"{path}/{name}", domain, self.mark):
                taken.append(name)
        return tuple(taken)


Sources: TypeAlias = Named | Subset


def read_sources(tree: YamlTree, known: Sequence[str], site: Site) -> Sources:
    """From a name, ``{choice: [...]}``, a list of these, or ``{subset: [...], min, max}``.

    Args:
        tree: What is written.
        known: Names that can be read.
        site: The node's, for messages.
    """
    match tree:
        case YamlMap() if "subset" in tree.entries:
            return _subset(tree, known, site)
        case YamlList(items=items):
            if not items:
                raise site.error("'from' is empty; name what it reads", tree.mark)
            read = tuple(_item(item, known, site) for item in items)
            names = [item.value for item in read if isinstance(item, Literal)]
            for position, name in enumerate(names):
                if name in names[:position]:
                    raise site.error(f"'from' names {name!r} twice", tree.mark)
            return Named(read, listed=True)
        case _:
            return Named((_item(tree, known, site),), listed=False)


def _item(tree: YamlTree, known: Sequence[str], site: Site) -> Literal | Searched:
    if isinstance(tree, YamlScalar):
        return Literal(_name(tree, known, site))
    if not isinstance(tree, YamlMap) or "choice" not in tree.entries:
        message = f"'from' takes a name, {{choice: [...]}}, a list of these, or {{subset: [...]}}, got {kind_of(tree)}"
        raise site.error(message, tree.mark)
    entries = site.mapping(tree, "a choice of names", ("choice", "default"))
    names = _names(entries["choice"], "choice", known, site)
    default = site.word(entries["default"], "'default'") if "default" in entries else names[0]
    if default not in names:
        raise site.error(f"the default {default!r} is none of {', '.join(names)}", entries["default"].mark)
    return Searched(Categorical(names, default), tree.mark)


def _subset(tree: YamlMap, known: Sequence[str], site: Site) -> Subset:
    entries = site.mapping(tree, "a subset of names", ("subset", "min", "max", "default"))
    names = _names(entries["subset"], "subset", known, site)
    least, most = (_count(entries, key, otherwise, site) for key, otherwise in (("min", 1), ("max", len(names))))
    if not 1 <= least <= most <= len(names):
        message = f"'min' {least} and 'max' {most}: write 1 <= min <= max <= {len(names)}, the number of names"
        raise site.error(message, tree.mark)
    default = names[:most]
    if "default" in entries:
        default = _names(entries["default"], "default", names, site)
        if not least <= len(default) <= most:
            message = f"the default has {len(default)} names, not {least} to {most}"
            raise site.error(message, entries["default"].mark)
    return Subset(names, least, most, default, tree.mark)


def _names(tree: YamlTree, key: str, known: Sequence[str], site: Site) -> tuple[str, ...]:
    if not isinstance(tree, YamlList) or not tree.items:
        raise site.error(f"{key!r} of 'from' is a list of names, got {kind_of(tree)}", tree.mark)
    names = tuple(_name(item, known, site) for item in tree.items)
    for position, name in enumerate(names):
        if name in names[:position]:
            raise site.error(f"{key!r} of 'from' names {name!r} twice", tree.items[position].mark)
    return names


def _name(tree: YamlTree, known: Sequence[str], site: Site) -> str:
    name = site.word(tree, "a name in 'from'")
    if name not in known:
        raise site.error(f"unknown 'from' name {name!r}; {did_you_mean(name, known)}", tree.mark)
    return name


def _count(entries: Mapping[str, YamlTree], key: str, otherwise: int, site: Site) -> int:
    if key not in entries:
        return otherwise
    count = site.scalar(entries[key], f"{key!r}")
    if isinstance(count, bool) or not isinstance(count, int):
        raise site.error(f"{key!r} must be a whole number, got {count!r}", entries[key].mark)
    return count


def _options(item: Literal | Searched) -> Iterator[str]:
    if isinstance(item, Searched):
        assert isinstance(item.domain, Categorical)
        yield from map(str, item.domain.choices)
    else:
        yield str(item.value)
