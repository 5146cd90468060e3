"""The shipped space for pictures."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pytest

from automl.arch import Summary, build_model, summarize
from automl.errors import ShapeError
from automl.space import Candidate, DefaultDecider, Domain, RandomDecider, ReplayDecider, Space, shipped_spaces

SAMPLES = 200 if os.environ.get("TEST_FULL") else 30


def sample(space: Space, interpret: Any, seed: int, **options: Any) -> Candidate:
    found: Candidate = interpret(space, RandomDecider(np.random.default_rng(seed)), **options)
    return found


def test_the_shipped_spaces_load() -> None:
    assert "cnn" in shipped_spaces()
    for name in shipped_spaces():
        assert Space.load(name).name == name


def test_the_default_is_a_small_residual_network(cnn: Space, interpret: Any) -> None:
    found = interpret(cnn, shape=(28, 28, 1))
    assert found.architecture.nodes[0].args["filters"] == 24
    assert [node.op for node in found.architecture.nodes].count("add") == 3
    assert 170_000 < summarize(found.architecture).parameters < 180_000
    assert found.training.optimizer == "adamw"
    assert (found.training.lr, found.training.weight_decay, found.training.warmup_epochs) == (0.004, 0.02, 2)
    assert (found.training.augment.flip, found.training.augment.shift) == ("auto", 2)


@pytest.mark.parametrize("side", [1, 8, 28, 32, 64, 96, 128, 224, 512])
def test_the_default_is_feasible_and_affordable_for_small_digits_and_for_photos(
    cnn: Space, interpret: Any, side: int
) -> None:
    found = summarize(interpret(cnn, shape=(side, side, 3)).architecture)
    assert not cnn.violations(found)
    assert found.flops < 100e6 * max(1, side / 224) ** 2


def test_every_seed_is_a_network_of_its_own(cnn: Space, interpret: Any) -> None:
    found = [interpret(cnn, ReplayDecider(seed)) for seed in ({}, *cnn.seeds)]
    assert len({each.architecture.fingerprint for each in found}) == len(found) >= 4
    assert not any(cnn.violations(summarize(each.architecture)) for each in found)


def test_replaying_a_point_gives_an_equal_candidate(cnn: Space, interpret: Any) -> None:
    for seed in range(200):
        found = sample(cnn, interpret, seed)
        again = interpret(cnn, ReplayDecider(found.params))
        assert again == found
        assert list(again.params) == list(found.params)


def test_every_parameter_matters(cnn: Space, interpret: Any) -> None:
    """Some answer changes the network or its training, whatever the place of the parameter."""
    domains: dict[str, Domain] = {}

    class Recorder:
        def decide(self, name: str, domain: Domain) -> Any:
            domains[name] = domain
            return 4 if name == "stage/times" else domain.default

    base = interpret(cnn, Recorder(), shape=(64, 64, 3))
    assert len(domains) >= 24
    for name, domain in domains.items():
        others = [value for value in domain.corners() if value != base.params[name]]
        changed = [interpret(cnn, ReplayDecider(base.params | {name: value}), shape=(64, 64, 3)) for value in others]
        assert changed, name
        for each in changed:
            assert (each.architecture, each.training) != (base.architecture, base.training), name


def test_most_random_points_meet_the_constraints(cnn: Space, interpret: Any) -> None:
    found = [summarize(sample(cnn, interpret, seed).architecture) for seed in range(100)]
    assert sum(not cnn.violations(summary) for summary in found) > 60


@pytest.mark.parametrize("shape", [(8, 8, 1), (33, 17, 3), (96, 96, 3)])
def test_random_points_fit_every_picture(cnn: Space, interpret: Any, shape: tuple[int, int, int]) -> None:
    for seed in range(20):
        try:
            sample(cnn, interpret, seed, shape=shape)
        except ShapeError as error:  # pragma: no cover
            pytest.fail(str(error))


def test_interpreting_takes_milliseconds(cnn: Space, interpret: Any) -> None:
    seconds = []
    for _ in range(20):
        started = time.perf_counter()
        interpret(cnn, DefaultDecider())
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.01


def test_inferred_shapes_and_parameters_equal_keras(cnn: Space, interpret: Any) -> None:
    import keras

    checked = 0
    for seed in range(10 * SAMPLES):
        found = sample(cnn, interpret, seed, shape=(20, 13, 3))
        summary = summarize(found.architecture)
        if cnn.violations(summary):
            continue
        keras.utils.clear_session()
        _assert_equal(build_model(found.architecture), summary)
        checked += 1
        if checked == SAMPLES:
            return
    pytest.fail(f"only {checked} points met the constraints")


def _assert_equal(model: Any, summary: Summary) -> None:
    assert model.count_params() == summary.parameters
    assert model.output_shape in ((None, 3), {"label": (None, 3)}, [(None, 3)])
    inferred = sorted(layer.output_shape for layer in summary.layers if layer.op in ("conv", "dwconv", "dense"))
    built = [layer for layer in model.layers if type(layer).__name__ in ("Conv2D", "DepthwiseConv2D")]
    assert inferred == sorted(tuple(layer.output.shape[1:]) for layer in built)
