"""A concrete network: a frozen document with one canonical form, its cost, its drawing in words, its Keras model."""

from automl.arch.architecture import Architecture
from automl.arch.build import build_model
from automl.arch.graph import Input, Node
from automl.arch.summary import LayerSummary, Summary, summarize
from automl.arch.text import describe, sketch

__all__ = ["Architecture", "Input", "LayerSummary", "Node", "Summary", "build_model", "describe", "sketch", "summarize"]
