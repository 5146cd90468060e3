"""Opening the model of a run or a bundle."""

from __future__ import annotations

from pathlib import Path

from automl.errors import ExportError
from automl.export.adapters import make_adapter
from automl.export.bundle import load_bundle
from automl.export.checks import check_layers, check_shapes, read_contract
from automl.export.keras_model import read_model
from automl.export.manifest import MANIFEST_FILE
from automl.export.predictor import TrainedModel
from automl.export.several import SeveralModel


def load_model(path: Path | str) -> TrainedModel:
    """Open the model of a run or a bundle.

    The files are compared with their checksums, and Keras loads the network in safe mode: no code in it is run.

    Args:
        path: A run's folder or a bundle's.

    Raises:
        ExportError: There is none, it is torn, altered or newer, or Keras cannot load it.
    """
    bundle = load_bundle(path)
    check_layers(bundle)
    contracts = {name: read_contract(bundle, name) for name in bundle.manifest.inputs}
    first = next(iter(contracts.values()))
    if bundle.manifest.task == "multi":
        several = SeveralModel(bundle, first, read_model(bundle.model_file))
        several.check()
        return several
    if len(contracts) != 1 or len(bundle.manifest.outputs) != 1:
        where = bundle.directory / MANIFEST_FILE
        raise ExportError(f"{where} describes several inputs or outputs, which this version does not serve")
    model = read_model(bundle.model_file)
    check_shapes(model, bundle, make_adapter(first), tuple(bundle.manifest.outputs.values()))
    return TrainedModel(bundle, first, model)
