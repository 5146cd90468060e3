"""Export: the finished model as a bundle, in use, and in other formats.

Nothing heavy is imported here: Keras when a model is loaded, TensorFlow when a SavedModel is written, scikit-learn
when answers are scored.
"""

from __future__ import annotations

from automl.export.bundle import ARCHITECTURE_FILE, Bundle, load_bundle, write_bundle
from automl.export.evaluation import ClassScore, Evaluation
from automl.export.formats import FORMATS, Exported, export_model
from automl.export.loading import load_model
from automl.export.manifest import FileSum, Manifest, Member, Output
from automl.export.predictions import Predictions, write_predictions
from automl.export.predictor import TrainedModel

__all__ = [
    "ARCHITECTURE_FILE",
    "FORMATS",
    "Bundle",
    "ClassScore",
    "Evaluation",
    "Exported",
    "FileSum",
    "Manifest",
    "Member",
    "Output",
    "Predictions",
    "TrainedModel",
    "export_model",
    "load_bundle",
    "load_model",
    "write_bundle",
    "write_predictions",
]
