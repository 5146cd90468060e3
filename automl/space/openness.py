"""Which nodes of a space have open questions in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from automl.space.node import Node, below
from automl.space.nodes import Block, Call, Cell, Choice, Optional, Residual
from automl.space.nodes.sources import Subset
from automl.space.values import Searched

if TYPE_CHECKING:
    from automl.space.space import Space


class Notes(dict[int, bool]):
    """What was found out about nodes, by their ``id``: so it does not hold for a copy, which begins with none."""

    def __reduce__(self) -> tuple[type[Notes], tuple[()]]:
        return Notes, ()


def is_open(node: Node, space: Space) -> bool:
    """Whether anything is asked in a node, or in the blocks that it calls; remembered in the space."""
    if id(node) not in space.notes:
        space.notes[id(node)] = _asks(node, space.blocks)
    return space.notes[id(node)]


def compares(space: Space) -> bool:
    """Whether what is asked depends on whether a body leaves its input as it is, as in a shortcut of one's own."""
    if 0 not in space.notes:
        bodies = (space.model, *(block.do for block in space.blocks.values()))
        around = (each for body in bodies for each in below(body) if isinstance(each, Residual))
        space.notes[0] = any(_asks((each.merge, each.projection), space.blocks) for each in around)
    return space.notes[0]


def _asks(part: object, blocks: Mapping[str, Block]) -> bool:
    match part:
        case Searched() | Optional() | Cell() | Subset() | Choice(by=None):
            return True
        case Call(block=name, args=args):
            return _asks(args, blocks) or _asks(blocks[name], blocks)
        case Mapping():
            return any(_asks(each, blocks) for each in part.values())
        case tuple():
            return any(_asks(each, blocks) for each in part)
    return is_dataclass(part) and any(_asks(getattr(part, each.name), blocks) for each in fields(part))
