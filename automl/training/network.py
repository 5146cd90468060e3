"""From a job to a compiled network: optimizer, loss and metrics by Keras' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.arch import Architecture, build_model, enclose
from automl.data import ClassTarget, LabelTarget, PreparedData
from automl.failures import Failure, TrialFailure
from automl.jobs import TrainingSettings, TrialJob
from automl.ops import import_layers
from automl.training.failures import guard
from automl.training.release import make_releasable
from automl.training.scoring import loss_function
from automl.training.session import Precision, computing_in

if TYPE_CHECKING:
    import keras

_NOT_DECAYED = ["bias", "gamma", "beta"]  # decay pulls towards zero what has no reason to be there
_ACCURACY = {
    "sparse_categorical_crossentropy": "SparseCategoricalAccuracy",
    "categorical_crossentropy": "CategoricalAccuracy",
    "binary_crossentropy": "BinaryAccuracy",
}


@dataclass(frozen=True, slots=True)
class Network:
    """A model and the view of it that is trained.

    Attributes:
        model: What is saved: float32, never compiled, so the file holds neither optimizer nor loss (with AdamW's state
            it would be three times as large, and slower to write). It takes raw data and answers as people read it.
        trained: What is trained: compiled, in the job's precision, on the prepared data. It shares ``model``'s layers
            when both compute in float32, else it has its own; the weights are the same in number and order.
        one_hot: Number of classes when targets must come as one-hot rows, else None.
    """

    model: keras.Model
    trained: keras.Model
    one_hot: int | None

    @property
    def finite(self) -> bool:
        """Whether all weights are numbers."""
        return all(bool(np.isfinite(weights).all()) for weights in self.trained.get_weights())


def build_network(
    job: TrialJob, prepared: PreparedData, *, loss: str, metrics: tuple[str, ...], dtype: Precision = "float32"
) -> Network:
    """Build and compile what the job describes.

    Args:
        job: Architecture and settings.
        prepared: The prepared data, for its preprocessing.
        loss: Keras' name of the loss, or ``module:function``.
        metrics: Names of the task's scores; of the training steps only the accuracy is told.
        dtype: What the trained view computes in.

    Raises:
        TrialFailure: ``build_error``, or memory ran out.
    """
    import keras

    with guard("build_error", "build the network"):
        model, network = build_models(job, prepared, dtype)
        trained = keras.Model(network.input, network.outputs[0])
        smoothing = job.training.label_smoothing
        of_classes = all(isinstance(target, ClassTarget) for target in prepared.targets.values())
        of_labels = all(isinstance(target, LabelTarget) for target in prepared.targets.values())
        one_hot = of_classes and (smoothing > 0 or loss != "sparse_categorical_crossentropy")
        trained.compile(
            optimizer=make_optimizer(job.training),
            loss=make_loss(loss, smoothing, classes=trained.output_shape[-1] if one_hot else 2 if of_labels else None),
            metrics=[make_metric(name, loss, one_hot=one_hot) for name in metrics if name == "accuracy"],
        )
        make_releasable(trained)
    return Network(model, trained, one_hot=trained.output_shape[-1] if one_hot else None)


def build_models(job: TrialJob, prepared: PreparedData, dtype: Precision) -> tuple[keras.Model, keras.Model]:
    """The model that is handed over, and the network that is trained: of the same layers where both are float32."""
    import_layers(job.layers)
    architecture = Architecture.from_json(job.architecture)
    shapes = {name: tuple(found["shape"]) for name, found in prepared.inputs.items()}
    with computing_in("float32"):
        network = build_model(architecture, preprocessing=prepared.preprocessing, shapes=shapes)
        fronts = {name: Architecture.from_json(front) for name, front in prepared.fronts.items()}
        model = enclose(network, architecture, fronts=fronts, scales=prepared.scales)
    if dtype != "float32":
        with computing_in(dtype):
            network = build_model(architecture, preprocessing=prepared.preprocessing, shapes=shapes)
    return model, network


def make_optimizer(settings: TrainingSettings) -> keras.optimizers.Optimizer:
    """Keras' optimizer with what the settings say; biases and the scales and offsets of norms do not decay."""
    import keras

    common: dict[str, Any] = {
        "learning_rate": settings.lr,
        "weight_decay": settings.weight_decay or None,
        "global_clipnorm": settings.clip_norm,
    }
    optimizer: keras.optimizers.Optimizer
    match settings.optimizer:
        case "adamw":
            optimizer = keras.optimizers.AdamW(**common | {"weight_decay": settings.weight_decay})
        case "adam":
            optimizer = keras.optimizers.Adam(**common)
        case "sgd":
            optimizer = keras.optimizers.SGD(**common, momentum=settings.momentum, nesterov=settings.momentum > 0)
        case "rmsprop":
            optimizer = keras.optimizers.RMSprop(**common, momentum=settings.momentum)
    optimizer.exclude_from_weight_decay(var_names=_NOT_DECAYED)
    return optimizer


def make_loss(name: str, smoothing: float, *, classes: int | None = None) -> Any:
    """The loss to train with; validation uses the plain one, so that trials compare.

    Keras 3.15 smooths labels only in losses of one-hot and binary targets, not of integer codes.

    Args:
        name: Keras' name, or ``module:function``.
        smoothing: Share of a label that all classes have.
        classes: Their number, where targets come as one-hot rows; of labels, each for itself, 2.
    """
    import keras

    if not smoothing:
        return loss_function(name)
    if name in ("sparse_categorical_crossentropy", "categorical_crossentropy"):
        return keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    if name == "binary_crossentropy":
        return keras.losses.BinaryCrossentropy(label_smoothing=smoothing)
    if classes is not None:
        function = loss_function(name)
        return lambda y, answers: function(y * (1 - smoothing) + smoothing / classes, answers)
    raise TrialFailure(
        Failure(
            kind="build_error",
            message=f"label_smoothing is {smoothing}, but the loss {name!r} has no classes to smooth",
            advice="Leave label_smoothing out of the space's train section for this task.",
        )
    )


def make_metric(name: str, loss: str, *, one_hot: bool = False) -> keras.metrics.Metric:
    """Keras' metric of that name; ``accuracy`` is the one that fits the loss and the form of its targets."""
    import keras

    if one_hot and name == "accuracy":
        loss = "categorical_crossentropy"
    if name != "accuracy" or loss not in _ACCURACY:
        return keras.metrics.get(name)
    return getattr(keras.metrics, _ACCURACY[loss])(name=name)
