from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.jobs import TrainingSettings
from automl.training.schedule import learning_rate

SETTINGS = st.builds(
    TrainingSettings,
    lr=st.floats(1e-6, 1.0),
    epochs=st.integers(1, 50),
    warmup_epochs=st.floats(0, 60),
    schedule=st.sampled_from(["cosine", "constant"]),
)
PROGRESS = st.floats(0, 1)


@given(settings=SETTINGS, progress=PROGRESS)
def test_the_rate_lies_between_zero_and_its_peak(settings, progress):
    assert 0 <= learning_rate(progress, settings) <= settings.lr


@given(settings=SETTINGS, one=PROGRESS, other=PROGRESS)
def test_the_rate_rises_in_the_warm_up_and_never_after(settings, one, other):
    warm_up = min(settings.warmup_epochs / settings.epochs, 0.5)
    early, late = sorted((one, other))
    rates = learning_rate(early, settings), learning_rate(late, settings)
    if late <= warm_up:
        assert rates[0] <= rates[1] * (1 + 1e-12)
    if early >= warm_up:
        assert rates[0] >= rates[1]


@given(settings=SETTINGS)
def test_a_cosine_ends_at_zero_and_a_constant_at_its_peak(settings):
    end = learning_rate(1.0, settings)
    assert end == pytest.approx(0 if settings.schedule == "cosine" else settings.lr)


@given(settings=SETTINGS)
def test_a_warm_up_reaches_the_peak_no_later_than_half_way(settings):
    warm_up = min(settings.warmup_epochs / settings.epochs, 0.5)
    assert learning_rate(warm_up, settings) == pytest.approx(settings.lr)


def test_progress_beyond_the_end_is_the_end():
    settings = TrainingSettings(lr=0.1)
    assert learning_rate(1.5, settings) == learning_rate(1.0, settings)
