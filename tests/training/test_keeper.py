from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.failures import TrialFailure
from automl.training.clock import Clock
from automl.training.keeper import Keeper
from automl.training.network import Network


@pytest.fixture
def network():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    return Network(model=model, trained=model, one_hot=None)


def set_to(network, value):
    network.trained.set_weights([np.full((2, 1), value)])


def kept(file):
    return keras.saving.load_model(file).get_weights()[0][0, 0]


def test_nothing_kept_is_no_file(network, tmp_path):
    assert Keeper(network, tmp_path / "model.keras", Clock(None)).finish() is None


def test_the_first_weights_are_written_at_once(network, tmp_path):
    set_to(network, 1.0)
    Keeper(network, tmp_path / "deep" / "model.keras", Clock(None)).keep(1)
    assert kept(tmp_path / "deep" / "model.keras") == 1.0


def test_later_ones_are_written_when_it_is_time_or_at_the_end(network, tmp_path, monkeypatch):
    file = tmp_path / "model.keras"
    keeper = Keeper(network, file, Clock(None))
    for epoch, value in ((1, 1.0), (2, 2.0)):
        set_to(network, value)
        keeper.keep(epoch)
    assert (kept(file), keeper.written, keeper.kept.epoch) == (1.0, 1, 2)
    monkeypatch.setattr("automl.training.keeper._SHARE_OF_TIME", 1e9)
    set_to(network, 3.0)
    keeper.keep(3)
    assert (kept(file), keeper.written) == (3.0, 3)
    monkeypatch.undo()
    set_to(network, 4.0)
    keeper.keep(4)
    set_to(network, 5.0)  # not kept
    assert keeper.finish() == file
    assert (kept(file), keeper.written) == (4.0, 4)


def test_a_file_that_cannot_be_written_is_a_failure(network, tmp_path):
    (tmp_path / "folder").write_text("no folder")
    with pytest.raises(TrialFailure, match="could not save the model"):
        Keeper(network, tmp_path / "folder" / "model.keras", Clock(None)).keep(1)
