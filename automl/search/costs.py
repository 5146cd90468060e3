"""What a network will cost before it is trained: a model of seconds against floating-point operations.

The time of a training step is roughly proportional to the floating-point operations of its rows, plus what every step
costs whatever the network: a few milliseconds, and the optimizer's pass over the weights. How many operations a second
come out differs tenfold between machines, kinds of layers and numbers of threads, and little between the candidates of
one search. So there is a first guess, and every trial that was measured corrects it: ridge regression of the
logarithm of (measured / guessed) on a constant and on the logarithm of the operations, its weights drawn towards zero.
With no trial it is the guess, with one or two mostly a factor, with many a law of its own.

>>> costs = Costs()
>>> guess = costs.step_seconds(Load(flops=10_000_000, parameters=100_000, rows=64))
>>> costs.learn(Load(flops=10_000_000, parameters=100_000, rows=64), step_seconds=2 * guess, build_seconds=3.0)
>>> 1.5 < costs.step_seconds(Load(flops=20_000_000, parameters=100_000, rows=64)) / guess < 5.0
True
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from automl.study import TrialDraft, TrialRecord

# Measured with TensorFlow on one core of a server, residual networks on 28 x 28 pictures: forward, backward, update.
OPERATIONS_A_SECOND = 2.5e10
STEP_SECONDS = 3e-3
SECONDS_A_WEIGHT = 4e-9
# A training step is a forward pass and a backward one of twice its operations.
PASSES = 3.0
BUILD_SECONDS = 2.0
# Spread of the logarithm: of the guess over machines, of the slope, and of one trial around the law.
GUESS, SLOPE, NOISE = 1.5, 0.15, 0.25


@dataclass(frozen=True, slots=True)
class Load:
    """What a network asks of a machine.

    Attributes:
        flops: Floating-point operations of one row through it.
        parameters: Its weights.
        rows: Of a training step.
    """

    flops: int
    parameters: int
    rows: int

    @property
    def guess(self) -> float:
        """Seconds of a training step, as far as can be said without having measured anything."""
        return STEP_SECONDS + SECONDS_A_WEIGHT * self.parameters + self._operations / OPERATIONS_A_SECOND

    @property
    def size(self) -> float:
        """How large a step is, on a logarithmic scale."""
        return math.log(max(self._operations, 1.0))

    @property
    def _operations(self) -> float:
        return PASSES * self.flops * self.rows


@dataclass(slots=True)
class Costs:
    """Predicts what networks cost, and learns from those that were measured."""

    _loads: list[Load] = field(default_factory=list)
    _ratios: list[float] = field(default_factory=list)
    _builds: list[float] = field(default_factory=list)
    _rows: int = 0

    @property
    def known(self) -> int:
        """How many trials it has learned from."""
        return len(self._loads)

    def learn(self, load: Load, *, step_seconds: float, build_seconds: float) -> None:
        """A trial was measured.

        Args:
            load: Its network.
            step_seconds: Of one training step, everything between two steps included.
            build_seconds: Building and tracing.
        """
        if not (math.isfinite(step_seconds) and step_seconds > 0):
            return
        self._loads.append(load)
        self._ratios.append(math.log(step_seconds / load.guess))
        self._builds.append(max(0.0, build_seconds))

    def learn_from(self, record: TrialRecord) -> None:
        """A trial of a study is over, or waits: what it took is learned, where it was measured."""
        load, step = load_of(record), _measured(record)
        if load is None or step is None or record.steps_per_epoch is None:
            return
        self._rows = record.steps_per_epoch * load.rows
        spent = record.phase_seconds
        self.learn(load, step_seconds=step, build_seconds=spent.get("build", 0.0) + spent.get("trace", 0.0))

    def seconds(self, trial: TrialDraft | TrialRecord, *, epochs: float) -> float | None:
        """Seconds of building a trial's network and of so many epochs, validation included.

        What was measured in the trial itself is believed. None where nothing was measured yet, or where its operations
        are not known.
        """
        load = load_of(trial)
        if not self.known or load is None:
            return None
        measured = _measured(trial) if isinstance(trial, TrialRecord) else None
        step = self.step_seconds(load) if measured is None else measured
        return self.build_seconds() + epochs * step * -(-self._rows // load.rows)

    def step_seconds(self, load: Load) -> float:
        """Seconds of one training step."""
        constant, slope = self._law()
        return load.guess * math.exp(constant + slope * (load.size - self._middle))

    def build_seconds(self) -> float:
        """Seconds of building and tracing a network."""
        return float(np.median(self._builds)) if self._builds else BUILD_SECONDS

    @property
    def _middle(self) -> float:
        """The size around which slopes turn: that of the networks which were measured."""
        return float(np.mean([load.size for load in self._loads])) if self._loads else 0.0

    def _law(self) -> tuple[float, float]:
        """Constant and slope of the correction: the mean of the posterior of a Bayesian linear regression."""
        if not self._loads:
            return 0.0, 0.0
        design = np.array([[1.0, load.size - self._middle] for load in self._loads])
        precision = design.T @ design / NOISE**2 + np.diag([GUESS**-2, SLOPE**-2])
        constant, slope = np.linalg.solve(precision, design.T @ np.array(self._ratios) / NOISE**2)
        return float(constant), float(slope)


def load_of(trial: TrialDraft | TrialRecord) -> Load | None:
    """What a trial's network asks of a machine; None where that was not inferred."""
    rows = (trial.training or {}).get("batch_size")
    if trial.flops is None or trial.parameters is None or not rows:
        return None
    return Load(flops=trial.flops, parameters=trial.parameters, rows=rows)


def _measured(record: TrialRecord) -> float | None:
    """Seconds from one training step to the next, making batches and validation included."""
    spent = sum(record.seconds.get(phase, 0.0) for phase in ("data", "train", "validate"))
    if not record.epochs or not record.steps_per_epoch or not spent:
        return None
    return spent / (record.epochs * record.steps_per_epoch)
