"""Where reading is: the path for messages, and the names that can be used there."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from automl.errors import SpaceError, did_you_mean
from automl.space.document import Mark, Scalar, YamlMap, YamlScalar, YamlTree, kind_of, located

INPUT_NAMES = ("input_height", "input_width", "input_channels", "input_length")
EDGE_NAMES = ("edge_filters", "edge_stride")  # what formulas see on an edge of a cell
_FUNCTIONS = ("min", "max", "round", "int")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Site:
    """The place of a reader.

    Attributes:
        path: Static path, without the numbers of copies.
        names: Variables that formulas can see.
        blocks: Arguments of every block by its name; True for one that must be given.
        inputs: Inputs of the space that graphs can read here.
        outputs: Outputs of the space that nodes of graphs can complete here.
    """

    path: str
    names: frozenset[str]
    blocks: Mapping[str, Mapping[str, bool]]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    def child(self, segment: str) -> Site:
        """One level deeper."""
        return replace(self, path=f"{self.path}/{segment}" if self.path else segment)

    def branch(self, suffix: str) -> Site:
        """Inside one branch of the node here."""
        return replace(self, path=self.path + suffix)

    def knowing(self, *names: str) -> Site:
        """With more variables."""
        return replace(self, names=self.names.union(names))

    def closed(self) -> Site:
        """Where the inputs and outputs of the space are out of reach."""
        return replace(self, inputs=(), outputs=())

    def error(self, message: str, mark: Mark | None) -> SpaceError:
        """An error here."""
        return self.locate(SpaceError(message), mark)

    def locate(self, error: SpaceError, mark: Mark | None) -> SpaceError:
        """The error with this place, where it says none yet."""
        return located(error, mark, self.path or None)

    def mapping(
        self,
        tree: YamlTree | None,
        what: str,
        known: Sequence[str],
        *,
        needs: Sequence[str] = (),
        mark: Mark | None = None,
    ) -> Mapping[str, YamlTree]:
        """The entries of a mapping whose keys are all known and that has the needed ones."""
        if not isinstance(tree, YamlMap):
            said = "nothing" if tree is None else kind_of(tree)
            raise self.error(
                f"{what} must be a mapping with {', '.join(known)}, got {said}", tree.mark if tree else mark
            )
        for key in tree.entries:
            if key not in known:
                raise self.error(f"unknown key {key!r} of {what}; {did_you_mean(key, known)}", tree.marks[key])
        for key in needs:
            if key not in tree.entries:
                raise self.error(f"{what} needs the key {key!r}", tree.mark)
        return tree.entries

    def scalar(self, tree: YamlTree, what: str) -> Scalar:
        """The value of a leaf."""
        if not isinstance(tree, YamlScalar):
            raise self.error(f"{what} must be a single value, got {kind_of(tree)}", tree.mark)
        return tree.value

    def word(self, tree: YamlTree, what: str) -> str:
        """A leaf as the text it was written as, so that a name may be ``on`` or ``3``."""
        if not isinstance(tree, YamlScalar) or tree.value is None:
            raise self.error(f"{what} must be a name, got {kind_of(tree)}", tree.mark)
        return tree.text

    def segment(self, text: str, what: str, mark: Mark | None) -> str:
        """A name that can be part of a path."""
        if not _SEGMENT.fullmatch(text):
            raise self.error(f"{what} {text!r}: use 1 to 64 letters, digits, '_' or '-'", mark)
        return text

    def variable(self, text: str, what: str, mark: Mark | None) -> str:
        """A name that formulas can use."""
        if not text.isidentifier() or not text.isascii() or keyword.iskeyword(text) or len(text) > 64:
            raise self.error(
                f"{what} {text!r}: use letters, digits and '_', not a digit first, no Python keyword", mark
            )
        if text in (*_FUNCTIONS, *INPUT_NAMES, *EDGE_NAMES):
            raise self.error(f"{what} {text!r}: the language has given this name a meaning; use another", mark)
        return text
