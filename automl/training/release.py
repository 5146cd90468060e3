"""What TensorFlow would keep for ever of every network it trains, and how it is brought to let go.

TensorFlow's registry of gradients holds the closure of every ``tf.custom_gradient`` that was ever traced, and by it
the whole graph of the step (tensorflow issues 27492 and 97697); ``clear_session`` and the garbage collector change
nothing about that. Keras' optimizers trace one when they sum gradients over replicas, and so does TensorFlow's
``silu``. Measured on random points of the space ``cnn``: a process grew by 47 MB and 66,000 Python objects a network,
and no longer grows by a single object without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def make_releasable(model: keras.Model) -> None:
    """Change a compiled model, before its first step, so that nothing of it stays when it is no longer used.

    What it computes stays the same, up to rounding in the gradient of ``silu``, and so does what is saved. The
    optimizer's variables are made here: inside the first step each of them would be traced with its own condition,
    which takes a third of the time of training a small network for two epochs.
    """
    import keras

    model.optimizer.build(model.trainable_variables)
    if keras.backend.backend() == "tensorflow":
        _sum_over_no_replicas(getattr(model.optimizer, "inner_optimizer", model.optimizer))
        _replace_silu(model.layers)


def silu(x: Any) -> Any:
    """``x * sigmoid(x)``, with the gradient that follows from it.

    Keras saves a function of this name as its own ``silu``, which is what the loaded model gets.
    """
    import keras

    return x * keras.ops.sigmoid(x)


def _sum_over_no_replicas(optimizer: keras.optimizers.Optimizer) -> None:
    """Apply gradients as if the replicas' ones were summed already; there is only one replica."""
    import tensorflow as tf

    apply = optimizer.apply

    def apply_once(grads: Any, trainable_variables: Any = None) -> None:
        replica = tf.distribute.get_replica_context()
        if replica is None:
            apply(grads, trainable_variables)
        else:
            replica.merge_call(lambda _: apply(grads, trainable_variables))

    optimizer.apply = apply_once


def _replace_silu(layers: Iterable[keras.Layer]) -> None:
    """In layers and in those of the models among them."""
    import keras

    for layer in layers:
        if getattr(layer, "activation", None) is keras.activations.silu:
            layer.activation = silu
        _replace_silu(getattr(layer, "layers", ()))
