"""``repeat: {times, index, share, do}``: copies one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, cast

from automl.errors import SpaceError, did_you_mean
from automl.space.assembly import Assembly, Flow, Place
from automl.space.document import located
from automl.space.node import Body, Node, Said, emit_body, node
from automl.space.reading import read_body, read_value
from automl.space.site import Site
from automl.space.values import Value, corners

Share = Literal["none", "choices", "weights"]
_SHARES = ("none", "choices", "weights")
_MOST = 1000


@node("repeat")
@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Node):
    """Copies of a sequence.

    Attributes:
        times: How many; 0 is the input as it is.
        do: The sequence.
        index: Name under which formulas inside see the number of the copy, 0 for the first.
        share: ``none``: every copy decides for itself; ``choices``: the copies have the same decisions and weights
            of their own; ``weights``: they are one and the same.
    """

    scopes: ClassVar[bool] = True

    times: Value
    do: Body
    index: str | None = None
    share: Share = "none"

    @classmethod
    def read(cls, said: Said, site: Site) -> Self:
        """From ``{times, do, index, share}``."""
        known = ("times", "do", "index", "share")
        entries = site.mapping(said.content, "'repeat'", known, needs=("times", "do"), mark=said.mark)
        times = read_value(entries["times"], site.child("times"))
        for count in corners(times) or ():
            _check_times(count, site, entries["times"].mark)
        index, inside = None, site
        if "index" in entries:
            mark = entries["index"].mark
            index = site.variable(site.word(entries["index"], "'index'"), "the index", mark)
            if index in site.names:
                raise site.error(f"the index {index!r} hides another variable of this name; use another", mark)
            inside = site.knowing(index)
        share = site.word(entries["share"], "'share'") if "share" in entries else "none"
        if share not in _SHARES:
            raise site.error(f"unknown 'share' {share!r}; {did_you_mean(share, _SHARES)}", entries["share"].mark)
        do = read_body(entries["do"], inside)
        return cls(name=said.name, mark=said.mark, times=times, do=do, index=index, share=cast("Share", share))

    def emit(self, x: Flow, at: Place, assembly: Assembly) -> Flow:
        """Decide how many, then apply the copies."""
        here = at.child(self.name)
        times = self.times.answer(assembly, f"{here.decisions}/times", at.names)
        if problem := _bad_times(times):
            raise located(SpaceError(problem), self.mark, here.path)
        for number in range(times):
            copy = self._copy(here, number)
            assembly.step(copy, self.mark)
            x = emit_body(self.do, x, copy, assembly)
        return x

    def _copy(self, here: Place, number: int) -> Place:
        copy = here.branch(f".{number}")
        if self.index is not None:
            copy = copy._replace(names={**here.names, self.index: number})
        if self.share == "none":
            return copy.scoped()
        copy = copy._replace(decisions=f"{here.decisions}.*")
        if self.share == "weights":
            copy = copy._replace(weights=f"{here.weights or here.path}.*")
        return copy.scoped()

    def bodies(self) -> Iterator[Body]:
        """The sequence."""
        yield self.do


def _bad_times(times: object) -> str | None:
    if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= _MOST:
        return f"'times' is {times!r}; it must be a whole number from 0 to {_MOST}"
    return None


def _check_times(times: object, site: Site, mark: object) -> None:
    if problem := _bad_times(times):
        raise site.error(problem, mark)  # type: ignore[arg-type]
