"""A Keras model as a flat graph of its layers, in an order that only the graph decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COMMUTATIVE = ("Add", "Average", "Maximum", "Multiply")
# What of a layer's configuration says which layer it is; the sizes are in the shapes of its weights.
SETTINGS = "activation strides padding pool_size dilation_rate groups rate epsilon size dims n use_causal_mask"


@dataclass(frozen=True)
class Use:
    """One use of one layer.

    Attributes:
        label: What layer it is, and of what size.
        layer: The layer itself, where it has weights.
        reads: Keys of the uses that it reads.
    """

    label: str
    layer: Any
    reads: tuple[str, ...]


@dataclass
class Wiring:
    """A Keras model as a flat graph: models inside models opened, identities left out.

    What Keras and this package say in different layers is brought to one: a recurrent layer that returns its last step
    is one that returns all and then ``Last``; a ``TimeDistributed`` is its layer between two ``Regroup``.
    """

    uses: dict[str, Use] = field(default_factory=dict)

    def read(self, model: Any, feeds: list[str], prefix: str = "") -> list[str]:
        """Add a model's layers behind ``feeds``; keys of its outputs."""
        if type(model).__name__ == "Sequential":
            for layer in model.layers:
                feeds = [self.use(layer, feeds, f"{prefix}{layer.name}@{len(self.uses)}")]
            return feeds
        config = model.get_config()
        names = [name for name, *_ in _histories(config["input_layers"])]
        known = {(name, 0): feed for name, feed in zip(names, feeds, strict=True)}
        waiting = [
            (layer, number, node)
            for layer in config["layers"]
            for number, node in enumerate(layer["inbound_nodes"])
            if layer["class_name"] != "InputLayer"
        ]
        while waiting:
            layer, number, node = waiting.pop(0)
            sources = [(name, index) for name, index, _ in _histories([node["args"], node["kwargs"]])]
            if not all(source in known for source in sources):
                waiting.append((layer, number, node))
                continue
            key = f"{prefix}{layer['name']}@{number}"
            made = next((each for each in model.layers if each.name == layer["name"]), layer["class_name"])
            known[layer["name"], number] = self.use(made, [known[source] for source in sources], key)
        return [known[name, number] for name, number, _ in _histories(config["output_layers"])]

    def use(self, layer: Any, reads: list[str], key: str) -> str:
        """Add one use of a layer; the key of what comes out."""
        kind = layer if isinstance(layer, str) else type(layer).__name__
        if kind in ("Functional", "Sequential"):
            return self.read(layer, reads, f"{key}/")[0]
        if kind == "TimeDistributed":
            inside = self.use(layer.layer, [self.add(f"{key}/fold", "Regroup", None, reads)], f"{key}/step")
            return self.add(key, "Regroup", None, [inside])
        if isinstance(layer, str):  # a function of keras.ops
            return self.add(key, {"Reshape": "Regroup"}.get(kind, kind), None, reads)
        config = layer.get_config()
        if kind == "Identity" or (kind == "Activation" and config["activation"] == "linear"):
            return reads[0]
        label = _label(kind, layer, config)
        if kind == "Flatten" and self.uses[reads[0]].label.startswith("Cropping1D"):
            return self.add(key, "Last", None, list(self.uses[reads[0]].reads))
        if kind == "Subtract" and self.uses[reads[1]].label.startswith("PReLU"):
            table = self.uses[reads[1]].layer
            return self.add(key, f"PositionEmbedding {_shapes(table)}", table, reads[:1])
        if config.get("return_sequences") is False:
            return self.add(key, "Last", None, [self.add(f"{key}/all", label, layer, reads)])
        return self.add(key, label, layer if layer.weights else None, reads)

    def add(self, key: str, label: str, layer: Any, reads: list[str]) -> str:
        """Add a use as it is."""
        self.uses[key] = Use(label, layer, tuple(reads))
        return key

    def canonical(self, outputs: list[str]) -> tuple[list[str], list[Any]]:
        """Every use as a line of text, and the layers with weights, in an order that only the graph decides."""
        deep: dict[str, str] = {}
        for key, use in self.uses.items():  # what a use reads was added before it
            below = [deep[name] for name in use.reads]
            deep[key] = str(hash((use.label, *(sorted(below) if use.label in COMMUTATIVE else below))))
        number: dict[str, int] = {}
        layers: list[Any] = []
        lines: list[str] = []
        path = outputs[::-1]
        while path:
            key = path[-1]
            use = self.uses[key]
            reads = sorted(use.reads, key=deep.__getitem__) if use.label in COMMUTATIVE else list(use.reads)
            missing = [name for name in reads if name not in number]
            if key in number or not missing:
                path.pop()
                if key not in number:
                    number[key] = len(number)
                    lines.append(f"{number[key]}: {use.label}{_place(use.layer, layers)} of {_numbers(reads, number)}")
                continue
            path.append(missing[0])
        return [*lines, f"out: {_numbers(outputs, number)}"], layers


def _histories(config: Any) -> list[tuple[Any, ...]]:
    """Every tensor in a part of a configuration: its layer, the number of the use, the number of the output."""
    if isinstance(config, dict) and "keras_history" in config.get("config", {}):
        return [tuple(config["config"]["keras_history"])]
    if isinstance(config, dict):
        return [each for _, value in sorted(config.items()) for each in _histories(value)]
    if isinstance(config, list | tuple):
        if len(config) == 3 and isinstance(config[0], str):
            return [tuple(config)]
        return [each for value in config for each in _histories(value)]
    return []


def _label(kind: str, layer: Any, config: Mapping[str, Any]) -> str:
    if kind == "ReLU":
        return f"Activation activation=relu{int(config['max_value']) if config['max_value'] else ''}"
    shown = {name: config[name] for name in SETTINGS.split() if name in config}
    if set(config.get("kernel_size", ())) == {1}:
        shown["padding"] = "none"  # a window of one has nothing to pad, whatever it is told
    said = " ".join(f"{name}={value}" for name, value in shown.items())
    return " ".join(part for part in (kind, said, _shapes(layer)) if part)


def _shapes(layer: Any) -> str:
    return " ".join("x".join(map(str, weight.shape)) for weight in layer.weights)


def _place(layer: Any, layers: list[Any]) -> str:
    """The number of a layer with weights among those before it."""
    if layer is None:
        return ""
    if not any(layer is each for each in layers):
        layers.append(layer)
    return f" #{next(index for index, each in enumerate(layers) if each is layer)}"


def _numbers(keys: list[str], number: Mapping[str, int]) -> str:
    return ", ".join(str(number[key]) for key in keys)


def wired(model: Any, names: list[str]) -> tuple[list[str], list[Any]]:
    """A model's layers, in the order of its inputs' names."""
    wiring = Wiring()
    feeds = [wiring.add(name, f"input {name}", None, []) for name in names]
    order = [tensor.name for tensor in model.inputs]
    return wiring.canonical(wiring.read(model, [feeds[names.index(name)] for name in order]))
