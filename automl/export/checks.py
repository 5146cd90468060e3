"""What is checked before a model is used: what it takes and gives, and the modules that only its person imports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from automl.data import InputContract, read_input
from automl.errors import ConfigError, ExportError
from automl.export.adapters import Adapter
from automl.export.bundle import Bundle
from automl.export.manifest import MANIFEST_FILE, Manifest, Output
from automl.ops import own_layers

if TYPE_CHECKING:
    import keras


def own_scores(manifest: Manifest) -> tuple[str, ...]:
    """A person's own scores of a model, whose modules only the person imports: a model is data, perhaps someone else's.

    Raises:
        ConfigError: One is not imported.
    """
    modules = dict.fromkeys(name.partition(":")[0] for name in manifest.metrics)
    missing = ",".join(name for name in modules if name not in sys.modules)
    if missing:
        raise ConfigError(
            f"the model is scored by {', '.join(manifest.metrics)}: import {missing} first (--import {missing} on the "
            "command line)"
        )
    return manifest.metrics


def check_layers(bundle: Bundle) -> None:
    """Refuse a model with layers that are not known: it is data, perhaps someone else's; only the person imports code.

    Raises:
        ExportError: There is one.
    """
    missing = sorted({*bundle.manifest.layers} - {op.origin for op in own_layers()})
    if missing:
        modules = ",".join(sorted({origin.partition(":")[0] for origin in missing}))
        raise ExportError(
            f"{bundle.directory} holds layers of someone's own, {', '.join(missing)}: import {modules} first "
            f"(--import {modules} on the command line)"
        )


def read_contract(bundle: Bundle, name: str) -> InputContract:
    """The contract of an input.

    Raises:
        ExportError: This version cannot read it.
    """
    where = bundle.directory / MANIFEST_FILE
    try:
        return read_input(bundle.manifest.inputs[name])
    except ValueError as error:
        raise ExportError(f"{where} has an input contract that this version cannot read: {error}") from None


def check_shapes(model: keras.Model, bundle: Bundle, adapter: Adapter, outputs: Sequence[Output]) -> None:
    """Refuse a network that takes or gives something else than its manifest says.

    Raises:
        ExportError: It does.
    """
    wanted: Sequence[Any] = (adapter.shapes(), {(None, output.width) for output in outputs})
    found: Sequence[Any] = ({tuple(each.shape) for each in model.inputs}, {tuple(each.shape) for each in model.outputs})
    if len(model.outputs) != len(outputs) or found != wanted:
        raise ExportError(
            f"{bundle.model_file} takes and gives {_said(found)}, where its manifest says {_said(wanted)}; "
            "export the model again"
        )


def _said(shapes: Sequence[set[tuple[int | None, ...]]]) -> str:
    return " and ".join(", ".join(map(str, sorted(each, key=str))) for each in shapes)
