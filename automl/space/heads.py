"""Where the head may stand: at the end of every way through the model, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from automl.errors import SpaceError
from automl.space.document import Mark, located
from automl.space.node import Body, below
from automl.space.nodes import Block, Call, Choice, Head


def check_heads(model: Body, blocks: Mapping[str, Block], mark: Mark) -> None:
    """Refuse a model that does not end with ``head`` whatever is decided, or has one elsewhere.

    Raises:
        SpaceError: With the place.
    """
    _Heads(blocks).ending(model, mark)


class _Heads:
    def __init__(self, blocks: Mapping[str, Block]) -> None:
        self._blocks = blocks
        self._ended: set[str] = set()
        self._without: set[str] = set()

    def ending(self, body: Body, mark: Mark | None) -> None:
        """The last node is a head, or ends with one in every branch; no other has one."""
        if not body:
            raise located(SpaceError("a head is missing; the model must end with 'head'"), mark, None)
        self.free(body[:-1])
        last = body[-1]
        match last:
            case Head():
                return
            case Choice():
                for branch in last.branches.values():
                    self.ending(branch, last.mark)
            case Call():
                if last.block not in self._ended:
                    self._ended.add(last.block)
                    self.ending(self._blocks[last.block].do, last.mark)
            case _:
                message = f"a head is missing; the model must end with 'head', not with {last.name!r}"
                raise located(SpaceError(message), last.mark, last.name)

    def free(self, body: Body) -> None:
        """There is no head in it."""
        for each in below(body):
            if isinstance(each, Head):
                raise located(SpaceError("'head' must be the last node of the model"), each.mark, each.name)
            if isinstance(each, Call) and each.block not in self._without:
                self._without.add(each.block)
                self.free(self._blocks[each.block].do)
