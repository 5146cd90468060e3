"""The kinds of nodes, one file each. A new kind is one more file here, imported below, which registers it."""

from automl.space.nodes.block import Block, Call
from automl.space.nodes.cell import Cell
from automl.space.nodes.choice import Choice, Optional
from automl.space.nodes.each import Each
from automl.space.nodes.graph import Graph, Vertex
from automl.space.nodes.operation import Head, Operation
from automl.space.nodes.parallel import Parallel
from automl.space.nodes.repeat import Repeat
from automl.space.nodes.residual import Residual
from automl.space.nodes.tie import Tied

__all__ = [
    "Block",
    "Call",
    "Cell",
    "Choice",
    "Each",
    "Graph",
    "Head",
    "Operation",
    "Optional",
    "Parallel",
    "Repeat",
    "Residual",
    "Tied",
    "Vertex",
]
