"""Reading YAML text.

The tree is built from ruamel.yaml's parse events instead of its constructor: plain scalars are resolved by the rules of
the YAML 1.2 core schema (``1e-3`` is a number, ``on`` is text), and what a space never needs is refused before it can
cost anything: tags, anchors, aliases, several documents, deep nesting, huge files.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from automl.errors import SpaceError
from automl.space.document import Mark, YamlList, YamlMap, YamlScalar, YamlTree, resolve

MAX_BYTES = 1_000_000
MAX_LINES = 20_000
MAX_COLUMNS = 10_000  # ruamel scans a tag of n characters in n² steps
MAX_ENTRIES = 20_000
MAX_DEPTH = 100
_TOO_DEEP = f"more than {MAX_DEPTH} levels of nesting; use blocks"


def read_yaml(text: str) -> YamlTree:
    """The tree of a YAML text.

    >>> read_yaml("lr: 1e-3").entries["lr"].value
    0.001
    >>> read_yaml("a: [1, {b: on}]").entries["a"].items[1].entries["b"].value
    'on'

    Raises:
        SpaceError: It is no YAML 1.2, is empty, or uses what is refused; with line and column.
    """
    _check_size(text)
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        raise _bad_yaml(error) from None
    except (YAMLError, ValueError) as error:
        raise SpaceError(f"this is no YAML text: {str(error).splitlines()[0]}") from None
    if builder.root is None:
        raise SpaceError("the file is empty; a space needs at least 'model:'")
    return builder.root


def _check_size(text: str) -> None:
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise SpaceError(f"the file has {size:,} bytes; a space has at most {MAX_BYTES:,}")
    if text.count("\n") > MAX_LINES:
        raise SpaceError(f"the file has {text.count(chr(10)):,} lines; a space has at most {MAX_LINES:,}")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_COLUMNS:
            message = f"the line has {len(line):,} characters; at most {MAX_COLUMNS:,} are understood"
            raise SpaceError(message, line=number, column=1)
        _check_brackets(line, number)


def _check_brackets(line: str, number: int) -> None:
    """The scanner reads a line of n open brackets ahead in n² steps, before it gives the first event."""
    depth = 0
    for column, character in enumerate(line, start=1):
        depth += (character in "[{") - (character in "]}")
        if depth > MAX_DEPTH:
            raise SpaceError(_TOO_DEEP, line=number, column=column)


def _bad_yaml(error: MarkedYAMLError) -> SpaceError:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
    return SpaceError(f"this is no valid YAML: {said}", **place)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    mark: Mark
    is_map: bool
    items: list[YamlTree] = field(default_factory=list)
    entries: dict[str, YamlTree] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    key: str | None = None

    def closed(self) -> YamlTree:
        if self.is_map:
            return YamlMap(self.entries, self.marks, self.mark)
        return YamlList(tuple(self.items), self.mark)


class _Builder:
    """Puts events together with a stack of its own, so that deep nesting costs no recursion."""

    def __init__(self) -> None:
        self.root: YamlTree | None = None
        self._open: list[_Open] = []
        self._entries = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        try:
            self._take(event, mark)
        except SpaceError as error:
            raise error.at(line=mark.line, column=mark.column) from None

    def _take(self, event: Event, mark: Mark) -> None:
        self._refuse(event)
        match event:
            case DocumentStartEvent():
                self._start_document(event)
            case ScalarEvent():
                self._add_scalar(event, mark)
            case SequenceStartEvent() | MappingStartEvent():
                self._start(_Open(mark, isinstance(event, MappingStartEvent)))
            case SequenceEndEvent() | MappingEndEvent():
                self._add(self._open.pop().closed())

    def _refuse(self, event: Event) -> None:
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise SpaceError(f"the file has more than {MAX_ENTRIES:,} entries; split the space or use blocks")
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if isinstance(event, AliasEvent):
            raise SpaceError(f"the alias '*{str(anchor)[:40]}' is not allowed; say it once in 'blocks:' or 'vars:'")
        if anchor:
            raise SpaceError(f"the anchor '&{anchor[:40]}' is not allowed; say it once in 'blocks:' or 'vars:'")
        if tag:
            raise SpaceError(f"the tag '{str(tag)[:60]}' is not allowed; a space is plain YAML")

    def _start_document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise SpaceError("a second YAML document begins here; a space is one document")
        if event.version not in (None, (1, 2)):
            raise SpaceError(f"%YAML {'.'.join(map(str, event.version))} is not understood; a space is YAML 1.2")

    def _start(self, container: _Open) -> None:
        if self._awaits_key():
            raise SpaceError("a key must be a word, not a list or a mapping")
        if len(self._open) >= MAX_DEPTH:
            raise SpaceError(_TOO_DEEP)
        self._open.append(container)

    def _add_scalar(self, event: ScalarEvent, mark: Mark) -> None:
        is_plain = event.style is None
        if is_plain and event.value.startswith("=") and event.value.count("(") > event.value.count(")"):
            message = (
                f"the formula {event.value!r} has an open bracket; inside {{...}} and [...] quote one with a comma"
            )
            raise SpaceError(message)
        if self._awaits_key():
            self._start_entry(str(event.value), mark)
        else:
            self._add(YamlScalar(resolve(event.value) if is_plain else event.value, event.value, mark))

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._open[-1].is_map and self._open[-1].key is None

    def _start_entry(self, key: str, mark: Mark) -> None:
        table = self._open[-1]
        if key in table.marks:
            before = table.marks[key]
            raise SpaceError(f"the key {key!r} stands here a second time; the first is in line {before.line}")
        table.key = key
        table.marks[key] = mark

    def _add(self, tree: YamlTree) -> None:
        if not self._open:
            self.root = tree
            return
        container = self._open[-1]
        if not container.is_map:
            container.items.append(tree)
            return
        assert container.key is not None
        container.entries[container.key] = tree
        container.key = None
