"""Who trains, when the person says it and when the machine must."""

from __future__ import annotations

import pytest

from automl.errors import ConfigError
from automl.execution import Crew, crew, plan_crew

GB = 10**9


@pytest.fixture
def machine(monkeypatch):
    """``machine(cpus=..., memory=..., gpus=...)``: what is found."""

    def make(cpus=2, schedulable=None, memory=64 * GB, gpus=0):
        monkeypatch.setattr(crew, "usable_cpus", lambda: cpus)
        monkeypatch.setattr(crew, "schedulable_cpus", lambda: schedulable or cpus)
        monkeypatch.setattr(crew, "free_memory", lambda: memory)
        monkeypatch.setattr(crew, "visible_gpus", lambda: tuple(map(str, range(gpus))))

    return make


@pytest.mark.parametrize(
    ("found", "planned"),
    [
        ({"cpus": 1}, Crew(1)),
        ({"cpus": 2}, Crew(2, threads=1)),
        ({"cpus": 2, "memory": 3 * GB // 2}, Crew(1)),
        ({"cpus": 2, "memory": 0}, Crew(1)),
        ({"cpus": 64}, Crew(crew.MOST_WORKERS, threads=64 // crew.MOST_WORKERS)),
        ({"cpus": 1, "schedulable": 64}, Crew(1, threads=1)),
        ({"cpus": 16, "gpus": 1}, Crew(1, gpus=(0,))),
        ({"cpus": 16, "gpus": 4}, Crew(4, threads=4, gpus=(0, 1, 2, 3))),
        ({"cpus": 2, "gpus": 4}, Crew(4, threads=1, gpus=(0, 1, 2, 3))),
    ],
)
def test_left_to_the_machine_there_is_one_worker_a_gpu_or_as_many_as_pay(machine, found, planned):
    machine(**found)
    assert plan_crew(None, None, repeatable=False) == planned


def test_a_repeatable_search_has_one_cpu_worker_unless_the_person_says_otherwise(machine):
    machine(cpus=4)
    assert plan_crew(None, None, repeatable=True) == Crew(1)
    assert plan_crew(3, None, repeatable=True) == Crew(3, threads=1)


def test_the_persons_numbers_stand(machine):
    machine(cpus=4, memory=0, gpus=2)
    assert plan_crew(6, None, repeatable=False) == Crew(6, threads=1, gpus=(0, 1))
    assert plan_crew(None, (1,), repeatable=False) == Crew(1, gpus=(1,))
    assert plan_crew(1, (), repeatable=False) == Crew(1, gpus=())
    assert plan_crew(0, None, repeatable=False) == Crew(0)


def test_no_gpu_at_all_can_be_asked_for(machine):
    machine(cpus=2, gpus=4)
    assert plan_crew(None, (), repeatable=False) == Crew(2, threads=1, gpus=())


@pytest.mark.parametrize(
    ("gpus", "chosen", "message"),
    [
        (2, (0, 5), "GPU 5 is not there; there are 0, 1"),
        (1, (-1,), "GPU -1 is not there; there is 0"),
        (0, (0,), "GPU 0 is not there; no GPU is found on this machine"),
    ],
)
def test_a_gpu_that_is_not_there_is_refused_with_those_that_are(machine, gpus, chosen, message):
    machine(gpus=gpus)
    with pytest.raises(ConfigError, match=message):
        plan_crew(None, chosen, repeatable=False)


def test_this_process_does_not_choose_among_gpus(machine):
    machine(gpus=2)
    with pytest.raises(ConfigError, match="workers is 0"):
        plan_crew(0, (1,), repeatable=False)


@pytest.mark.parametrize(
    ("workers", "memory", "said"),
    [
        (2, 2 * GB, None),
        (3, 2 * GB, "3 workers need about 3.0 GB of memory: 2.0 GB are free; --workers 2 fit"),
        (1, GB // 2, "1 worker needs about 1.0 GB of memory: 0.5 GB are free; close other programs"),
        (0, GB // 2, "this process needs about 1.0 GB of memory: 0.5 GB are free; close other programs"),
    ],
)
def test_a_lack_of_memory_is_told_with_its_numbers(machine, workers, memory, said):
    machine(memory=memory)
    found = crew.lack_of_memory(Crew(workers))
    assert found is None if said is None else found.startswith(said)
