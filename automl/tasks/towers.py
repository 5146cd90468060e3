"""The search space for data of several kinds when nobody gives one: a tower an input, fused, a trunk, a head an output.

It is written as text, with comments, so that it can be kept, read and changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import dedent

from automl.config import Port

_BLOCKS = {
    "image": """\
        conv_bn:
          args: {filters: null, kernel: 3, stride: 1}
          do: [{conv: {filters: =filters, kernel: =kernel, stride: =stride, use_bias: false}}, bn]
        see:                           # three stages of residual blocks; large pictures are reduced on the way in
          args: {reduce: null, filters: {choice: [16, 24, 32, 48]}, blocks: {int: [1, 2]}}
          do:
            - conv_bn: {filters: =filters, stride: =1 if reduce < 4 else 2}
            - relu
            - name: shrink
              repeat: {times: =0 if reduce < 8 else 1 if reduce == 8 else 2, do: {maxpool: {size: 3, stride: 2}}}
            - name: stage
              repeat:
                times: 3
                index: i
                do:
                  name: block
                  repeat:
                    times: =blocks
                    index: j
                    do:
                      - residual:
                          - conv_bn: {filters: =filters * 2**i, stride: =1 if j > 0 or (i == 0 and reduce == 1) else 2}
                          - relu
                          - conv_bn: =filters * 2**i
                      - relu
            - gap
        """,
    "text": """\
        read:                          # the strongest words and phrases, or a recurrent layer
          args: {dim: {pow2: [16, 128], default: 64}}
          do:
            - name: kind
              choice:
                bag:
                  - embed: {dim: =dim}
                  - parallel:
                      do: {word: {phrases: {filters: =dim, words: 1}}, phrase: {phrases: {filters: =dim, words: 3}}}
                rnn:
                  - embed: {dim: =dim, mask_zero: true}
                  - rnn: {cell: gru, units: =dim, bidirectional: true}
                  - gap
        phrases:
          args: {filters: null, words: null}
          do: [{conv: {filters: =filters, kernel: =words, activation: relu}}, gmp]
        """,
    "tabular": """\
        count:                         # a view of every number and a vector of every category, then dense layers
          args:
            dim: {pow2: [2, 16], default: 8}
            lines: {choice: [0, 4, 8]}
            units: {pow2: [16, 256], default: 64}
            layers: {int: [1, 3], default: 2}
          do:
            - columns: {dim: =dim, lines: =lines}
            - {name: layer, repeat: {times: =layers, do: {dense: {units: =units, activation: relu}}}}
        """,
    "series": """\
        listen:                        # three convolutions, or a recurrent layer
          args: {filters: {pow2: [16, 64], default: 32}}
          do:
            - name: kind
              choice:
                cnn:
                  - conv: {filters: =filters, kernel: 7, activation: relu}
                  - bn
                  - conv: {filters: =filters * 2, kernel: 5, activation: relu}
                  - bn
                  - conv: {filters: =filters, kernel: 3, activation: relu}
                rnn: {rnn: {cell: gru, units: =filters, bidirectional: true}}
            - gap
        """,
}
_TOWERS = {"image": "{{see: {{reduce: ={reduce}}}}}", "text": "read", "tabular": "count", "series": "listen"}
_TRAIN = """\
train:
  optimizer: {choice: [adamw, adam]}
  lr: {float: [1e-4, 1e-2], log: true, default: 2e-3}
  weight_decay: {float: [1e-5, 1e-1], log: true, default: 1e-2}
  batch_size: {pow2: [16, 128], default: 32}
  epochs: 25
  warmup_epochs: 1
  schedule: cosine
  clip_norm: 1.0
"""


def space_text(inputs: Sequence[Port], outputs: Sequence[Port], share: Iterable[Sequence[str]] = ()) -> str:
    """The space's YAML.

    Args:
        inputs: What goes in.
        outputs: What comes out.
        share: Groups of inputs of one kind that go through one and the same tower.
    """
    names = _Names([port.name for port in (*inputs, *outputs)])
    groups = {name: group for group in map(tuple, share) for name in group}
    kinds = list(dict.fromkeys(port.kind for port in inputs))
    towers = {port.name: names.free(f"{port.name}_tower") for port in inputs}
    parts = [
        "# Written for the inputs and outputs of this search: every input has a tower that makes `width` numbers of\n"
        "# it; they are fused, go through a trunk, and every output has a head.\n"
        "version: 1\nname: multi\ntask: multi\n"
        f"inputs: {{{', '.join(f'{port.name}: {port.kind}' for port in inputs)}}}\n"
        f"outputs: {{{', '.join(map(_output, outputs))}}}\n",
        _vars(inputs, groups),
        "blocks:\n" + "".join(_indented(_BLOCKS[kind], "  ") for kind in kinds),
        _model(inputs, outputs, groups, towers, names),
        _train(kinds, outputs),
        "constraints: {params: 20000000, flops: 4000000000}\n",
    ]
    return "\n".join(parts)


class _Names:
    """Names of nodes that no input or output has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def free(self, wanted: str) -> str:
        while wanted in self._taken:
            wanted += "_0"
        self._taken.add(wanted)
        return wanted


def _output(port: Port) -> str:
    if port.weight is None and port.loss is None:
        return f"{port.name}: {port.kind}"
    loss = f", loss: {port.loss}" if port.loss is not None else ""
    weight = f", loss_weight: {port.weight:g}" if port.weight is not None else ""
    return f"{port.name}: {{kind: {port.kind}{loss}{weight}}}"


def _vars(inputs: Sequence[Port], groups: dict[str, tuple[str, ...]]) -> str:
    lines = ["vars:", "  width: {pow2: [32, 256], default: 64}"]
    for port in inputs:
        if port.kind == "image" and _first(port.name, groups) == port.name:
            size = port.name if len(inputs) > 1 else "input"
            steps = "1 if {0} < 24 else 2 if {0} <= 64 else 4 if {0} <= 128 else 8 if {0} <= 256 else 16"
            lines.append(f'  {port.name}_size: "=max({size}_height, {size}_width)"')
            lines.append(f"  {port.name}_reduce: =" + steps.format(f"{port.name}_size"))
    return "\n".join(lines) + "\n"


def _model(
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    groups: dict[str, tuple[str, ...]],
    towers: dict[str, str],
    names: _Names,
) -> str:
    lines = ["model:", "  graph:"]
    for port in inputs:
        source = port.name if len(inputs) > 1 else "input"
        tower = _TOWERS[port.kind].format(reduce=f"{_first(port.name, groups)}_reduce")
        tie = f", tie: {_first(port.name, groups)}" if port.name in groups else ""
        lines.append(f"    {towers[port.name]}: {{from: {source}, do: [{tower}, {{dense: =width}}]{tie}}}")
    trunk = names.free("trunk")
    merged = len(inputs) > 1
    lines += [
        f"    {trunk}:",
        f"      from: [{', '.join(towers.values())}]" if merged else f"      from: {towers[inputs[0].name]}",
        *(["      merge: {choice: [concat, add, multiply]}"] if merged else []),
        "      do:",
        "        - relu",
        "        - name: layer",
        "          repeat: {times: {int: [0, 2], default: 1}, do: {dense: {units: =width * 2, activation: relu}}}",
        "        - dropout: {float: [0.0, 0.5], step: 0.1, default: 0.2}",
    ]
    lines += [f"    {port.name}: {{from: {trunk}, do: head}}" for port in outputs]
    return "\n".join(lines) + "\n"


def _first(name: str, groups: dict[str, tuple[str, ...]]) -> str:
    """The input that a group is called after; one without a group is its own."""
    return groups.get(name, (name,))[0]


def _train(kinds: Sequence[str], outputs: Sequence[Port]) -> str:
    smooth = any(port.kind == "classification" for port in outputs)
    return (
        _TRAIN
        + ("  label_smoothing: {choice: [0.0, 0.05, 0.1]}        # of classes\n" if smooth else "")
        + ("  augment: {flip: auto, shift: 2}\n" if "image" in kinds else "")
    )


def _indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" if line else "\n" for line in dedent(text).splitlines())
