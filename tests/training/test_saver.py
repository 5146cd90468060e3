from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.failures import TrialFailure
from automl.jobs import EpochReport
from automl.training.clock import Clock
from automl.training.keeper import Keeper
from automl.training.network import Network
from automl.training.record import Record
from automl.training.saver import Saver


def report(epoch):
    return EpochReport(job_id="a", epoch=epoch, planned_epochs=9, metrics={"loss": 0.5}, learning_rate=0.1, seconds=1.0)


def make(tmp_path, file="state.npz", *, units=2, identity="this"):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units), keras.layers.Dropout(0.5)])
    model.compile("adamw", "mse")
    model.optimizer.build(model.trainable_variables)
    network, clock = Network(model=model, trained=model, one_hot=None), Clock(None)
    keeper = Keeper(network, tmp_path / "model.keras", clock)
    return Saver(None if file is None else tmp_path / file, identity, network, keeper, clock), network, keeper


def empty():
    return Record(planned=9, parameters=8, steps_per_epoch=1)


def everything(network):
    variables = [*network.trained.variables, *network.trained.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable).tolist() for variable in variables]


def test_the_first_state_is_due_and_then_when_writing_costs_little(tmp_path, monkeypatch):
    saver, _, _ = make(tmp_path)
    assert saver.due
    saver.save([report(1)])
    assert (saver.saved, saver.due) == (1, False)
    monkeypatch.setattr("automl.training.saver._SHARE_OF_TIME", 1e9)
    assert saver.due
    saver.save([report(1), report(2)])
    assert saver.saved == 2


def test_without_a_file_nothing_is_ever_written(tmp_path):
    saver, network, _ = make(tmp_path, None)
    before = everything(network)
    assert not saver.due
    saver.save([report(1)])
    saver.restore(empty())
    assert (saver.saved, everything(network), list(tmp_path.iterdir())) == (0, before, [])


def test_another_network_gets_everything_back(tmp_path):
    saver, network, keeper = make(tmp_path)
    network.trained.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))
    keeper.keep(1)
    best = [weights.tolist() for weights in network.trained.get_weights()]
    network.trained.train_on_batch(np.ones((4, 3)), np.zeros((4, 2)))
    saver.save([report(1), report(2)])
    later, other, its_keeper = make(tmp_path)
    assert everything(other) != everything(network)
    later.restore(record := empty())
    assert everything(other) == everything(network)
    assert (record.epochs, record.best_epoch, later.saved) == (2, 1, 2)
    assert (its_keeper.kept.epoch, [weights.tolist() for weights in its_keeper.kept.weights]) == (1, best)


@pytest.mark.parametrize("other", [{"units": 4}, {"identity": "that"}])
def test_what_does_not_fit_leaves_the_network_alone(tmp_path, caplog, other):
    make(tmp_path)[0].save([report(1)])
    saver, network, keeper = make(tmp_path, **other)
    before = everything(network)
    saver.restore(record := empty())
    assert (everything(network), record.epochs, keeper.kept, saver.saved) == (before, 0, None, 0)
    assert "begins anew" in caplog.text


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path):
    (tmp_path / "folder").write_text("no folder")
    saver, _, _ = make(tmp_path, "folder/state.npz")
    with pytest.raises(TrialFailure, match="could not write the state of the training") as caught:
        saver.save([report(1)])
    assert caught.value.failure.kind == "train_error"


def test_what_is_kept_is_no_longer_what_is_trained(tmp_path, monkeypatch):
    saver, network, keeper = make(tmp_path)
    keeper.keep(1)
    saver.save([report(1)])
    later, other, its_keeper = make(tmp_path)
    shared = [np.array(weights) for weights in network.trained.get_weights()]  # as PyTorch's are
    before = [weights.tolist() for weights in shared]
    monkeypatch.setattr(other.trained, "get_weights", lambda: shared)
    later.restore(empty())
    for weights in shared:
        weights.fill(9)
    assert [weights.tolist() for weights in its_keeper.kept.weights] == before
