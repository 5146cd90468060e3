"""What stands around a trained network in a model that is handed over: raw data in, answers people can read out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl.arch.architecture import Architecture
from automl.arch.build import build_model
from automl.errors import SpaceError

if TYPE_CHECKING:
    import keras


def enclose(
    network: keras.Model,
    architecture: Architecture,
    *,
    fronts: Mapping[str, Architecture],
    scales: Mapping[str, Mapping[str, Sequence[float]]],
) -> keras.Model:
    """A model around a network, with the network's own layers and weights in it.

    Args:
        network: From ``build_model``.
        architecture: What it was built from.
        fronts: For an input of the network what makes it of raw inputs, which take its place; their names must be
            different everywhere.
        scales: For an output ``{"mean": [...], "scale": [...]}``: the model answers output * scale + mean.

    Returns:
        The network itself where there is nothing to put around it.

    Raises:
        SpaceError: Two inputs of one name.
    """
    if not fronts and not scales:
        return network
    import keras

    raw: dict[str, Any] = {}
    ready: dict[str, Any] = {}
    own = network.input if isinstance(network.input, Mapping) else {next(iter(architecture.inputs)): network.input}
    for name in architecture.inputs:
        if name in fronts:
            given = {key: keras.Input(x.shape, dtype=x.dtype, name=key) for key, x in fronts[name].inputs.items()}
            front = build_model(fronts[name], name=f"{name}_front")
            ready[name] = front(given if len(given) > 1 else next(iter(given.values())))
        else:
            given = {name: keras.Input(own[name].shape[1:], dtype=own[name].dtype, name=name)}
            ready[name] = given[name]
        if twice := given.keys() & raw.keys():
            raise SpaceError(f"two inputs of the model are called {min(twice)!r}; rename one")
        raw |= given
    answer = network(ready if len(ready) > 1 else next(iter(ready.values())))
    answers = answer if isinstance(answer, Mapping) else {next(iter(architecture.outputs)): answer}
    scaled = {name: _scaled(tensor, name, scales.get(name)) for name, tensor in answers.items()}
    return keras.Model(_alone(raw), _alone(scaled), name="model_with_preprocessing")


def _scaled(tensor: Any, name: str, scale: Mapping[str, Sequence[float]] | None) -> Any:
    import keras

    if scale is None:
        return tensor
    layer = keras.layers.Rescaling(
        list(scale["scale"]), offset=list(scale["mean"]), dtype="float32", name=f"{name}_scale"
    )
    return layer(tensor)


def _alone(tensors: dict[str, Any]) -> Any:
    return next(iter(tensors.values())) if len(tensors) == 1 else tensors
