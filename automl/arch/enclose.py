"""What stands around trained networks in a model that is handed over: raw data in, answers people can read out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from automl.arch.architecture import Architecture
from automl.arch.build import build_model
from automl.errors import SpaceError

if TYPE_CHECKING:
    import keras

Scales = Mapping[str, Mapping[str, Sequence[float]]]


def enclose(
    network: keras.Model,
    architecture: Architecture,
    *,
    fronts: Mapping[str, Architecture],
    scales: Scales,
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
    return join([network], architecture, weights=[1], fronts=fronts, scales=scales)


def join(
    networks: Sequence[keras.Model],
    architecture: Architecture,
    *,
    weights: Sequence[int],
    fronts: Mapping[str, Architecture],
    scales: Scales,
) -> keras.Model:
    """One model of several networks: all of them read the same, and it answers with the weighted mean of what they say.

    It is made of Keras' own layers only: each network is a nested model, and what makes raw data ready stands before
    all of them once.

    Args:
        networks: From ``build_model``, each of another name, with inputs and outputs alike.
        architecture: What one of them was built from.
        weights: How much each network's answer counts, from 1.
        fronts: See ``enclose``.
        scales: See ``enclose``.

    Raises:
        SpaceError: Two inputs of one name.
    """
    import keras

    raw, ready = _inputs(networks[0], architecture, fronts)
    said = [network(_alone(ready)) for network in networks]
    answers = [each if isinstance(each, Mapping) else {next(iter(architecture.outputs)): each} for each in said]
    means = {name: _mean([each[name] for each in answers], weights, name) for name in answers[0]}
    scaled = {name: _scaled(tensor, name, scales.get(name)) for name, tensor in means.items()}
    return keras.Model(_alone(raw), _alone(scaled), name="model_with_preprocessing")


def _inputs(
    network: keras.Model, architecture: Architecture, fronts: Mapping[str, Architecture]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Raw inputs, and what networks read."""
    import keras

    raw: dict[str, Any] = {}
    ready: dict[str, Any] = {}
    own = network.input if isinstance(network.input, Mapping) else {next(iter(architecture.inputs)): network.input}
    for name in architecture.inputs:
        if name in fronts:
            given = {key: keras.Input(x.shape, dtype=x.dtype, name=key) for key, x in fronts[name].inputs.items()}
            front = build_model(fronts[name], name=f"{name}_front")
            ready[name] = front(_alone(given))
        else:
            given = {name: keras.Input(own[name].shape[1:], dtype=own[name].dtype, name=name)}
            ready[name] = given[name]
        if twice := given.keys() & raw.keys():
            raise SpaceError(f"two inputs of the model are called {min(twice)!r}; rename one")
        raw |= given
    return raw, ready


def _mean(tensors: Sequence[Any], weights: Sequence[int], name: str) -> Any:
    import keras

    if len(tensors) == 1:
        return tensors[0]
    if len(set(weights)) == 1:
        return keras.layers.Average(dtype="float32", name=f"{name}_mean")(list(tensors))
    parts = [
        keras.layers.Rescaling(weight / sum(weights), dtype="float32", name=f"{name}_part_{place}")(tensor)
        for place, (tensor, weight) in enumerate(zip(tensors, weights, strict=True), start=1)
    ]
    return keras.layers.Add(dtype="float32", name=f"{name}_mean")(parts)


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
