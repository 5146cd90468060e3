"""``residual``: a body and a shortcut around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from automl.errors import SpaceError
from automl.ops import Shape
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import Mark, YamlList, YamlMap, YamlScalar, YamlTree, located
from automl.space.fitting import project
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.nodes.merge import merge, read_merge
from automl.space.reading import is_searched, known_words, read_body, read_value
from automl.space.site import Site
from automl.space.values import Literal, Value, corners

_MODES = ("auto", "identity", "none")
_AUTO, _ADD = Literal("auto"), Literal("add")


@node("residual")
@dataclass(frozen=True, slots=True, kw_only=True)
class Residual(Node):
    """The output of a body merged with its input (He et al., 2016); ``concat`` makes it DenseNet (Huang et al., 2017).

    Attributes:
        do: The body.
        shortcut: ``auto``: the input as it is where the shapes agree, else brought to the body's shape by a 1x1
            convolution and normalisation (``dense`` for vectors); ``identity``: as it is; ``none``: the body alone.
        projection: Nodes of one's own for the shortcut, instead.
        merge: The operation that merges both.
    """

    do: Body
    shortcut: Value = _AUTO
    projection: Body | None = None
    merge: Value = _ADD

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From a body, or from ``{do, shortcut, merge}``."""
        content = said.content
        if not isinstance(content, YamlMap) or "do" not in content.entries:
            return cls(name=said.name, mark=said.mark, do=read_body(content, site, mark=said.mark))
        entries = site.mapping(content, "'residual'", ("do", "shortcut", "merge"))
        shortcut, projection = _read_shortcut(entries, site)
        return cls(
            name=said.name,
            mark=said.mark,
            do=read_body(entries["do"], site, reserved=("shortcut", "merge")),
            shortcut=shortcut,
            projection=projection,
            merge=read_merge(entries, site),
        )

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """The body, the shortcut, the merge."""
        here = at.child(self.name)
        assembly.step(here, self.mark)
        x = assembly.one(x, here=here, mark=self.mark)
        y = assembly.one(emit_body(self.do, x, here, assembly), here=here, mark=self.mark)
        mode = self._mode(here, assembly)
        if mode == "none" or y == x:
            return y
        how = str(self.merge.answer(assembly, f"{here.decisions}/merge", at.names))
        side = here.child("shortcut")
        if self.projection is not None:
            short = emit_body(self.projection, x, side.branch("=own"), assembly)[-1:]
        elif mode == "identity" or _agree(assembly.shape(x), assembly.shape(y), how):
            short = x
        else:
            short = project(x, assembly.shape(y), side, assembly, self.mark)
        return merge(self.merge, short + y, here, assembly, self.mark)

    def _mode(self, here: Place, assembly: Assembly) -> str:
        mode = str(self.shortcut.answer(assembly, f"{here.decisions}/shortcut", here.names))
        if mode not in _MODES:
            message = f"'shortcut' is {mode!r}; it must be one of {', '.join(_MODES)}"
            raise located(SpaceError(message), self.mark, here.path)
        return mode

    def bodies(self) -> Iterator[Body]:
        """The body and the shortcut's own nodes."""
        yield self.do
        if self.projection is not None:
            yield self.projection


def _read_shortcut(entries: Mapping[str, YamlTree], site: Site) -> tuple[Value, Body | None]:
    tree = entries.get("shortcut")
    if tree is None:
        return _AUTO, None
    if _is_mode(tree, site):
        value = read_value(tree, site.child("shortcut"))
        for mode in corners(value) or ():
            _check_mode(mode, site, tree.mark)
        return value, None
    return _AUTO, read_body(tree, site.child("shortcut").branch("=own"))


def _is_mode(tree: YamlTree, site: Site) -> bool:
    match tree:
        case YamlScalar(text=text):
            return text not in known_words(site)
        case YamlMap(entries=entries):
            return is_searched(tree) and not isinstance(entries.get("choice"), YamlMap)
        case YamlList():
            return False


def _check_mode(mode: object, site: Site, mark: Mark) -> None:
    if mode not in _MODES:
        message = f"'shortcut' is {mode!r}; it must be one of {', '.join(_MODES)}, or nodes of its own"
        raise site.error(message, mark)


def _agree(x: Shape, y: Shape, merge: str) -> bool:
    """Whether the input can be merged as it is; ``concat`` leaves the channels free."""
    return x[:-1] == y[:-1] if merge == "concat" else x == y
