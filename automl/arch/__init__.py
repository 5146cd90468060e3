"""A concrete network: a frozen document with one canonical form, its cost, its drawings, its Keras model."""

from automl.arch.architecture import Architecture
from automl.arch.build import build_model
from automl.arch.diff import Diff, diff, distance
from automl.arch.draw import draw
from automl.arch.enclose import enclose, join
from automl.arch.graph import Input, Node
from automl.arch.summary import LayerSummary, Summary, summarize
from automl.arch.text import describe, sketch

__all__ = [
    "Architecture",
    "Diff",
    "Input",
    "LayerSummary",
    "Node",
    "Summary",
    "build_model",
    "describe",
    "diff",
    "distance",
    "draw",
    "enclose",
    "join",
    "sketch",
    "summarize",
]
