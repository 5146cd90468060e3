"""What a machine has: containers as their files describe them, and a driver that counts GPUs."""

from __future__ import annotations

import os

import psutil
import pytest

from automl.execution import machine

GB = 10**9


@pytest.fixture
def container(tmp_path, monkeypatch):
    """``container(own, files)``: a machine whose control groups are these; ``own`` is ``/proc/self/cgroup``."""
    monkeypatch.setattr(machine, "_CGROUPS", tmp_path)
    monkeypatch.setattr(machine, "_OWN_CGROUP", tmp_path / "own")
    monkeypatch.setattr(machine, "schedulable_cpus", lambda: 16)

    def make(own, files):
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    return make


def test_without_a_container_the_machine_itself_counts(container):
    container("", {})
    assert machine.usable_cpus() == 16
    assert machine.total_memory() == psutil.virtual_memory().total
    assert 0 < machine.free_memory() <= machine.total_memory()


@pytest.mark.parametrize(
    ("own", "files"),
    [
        ("0::/job\n", {"job/cpu.max": "200000 100000\n", "job/memory.max": f"{GB}\n"}),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "250000 100000\n", "memory.max": f"{GB}\n"}),
        ("0::/as/seen/from/outside\n", {"cpu.max": "200000 100000", "memory.max": str(GB)}),
        (
            "5:cpu,cpuacct:/job\n4:memory:/job\n",
            {
                "cpu,cpuacct/job/cpu.cfs_quota_us": "200000",
                "cpu,cpuacct/job/cpu.cfs_period_us": "100000",
                "cpu,cpuacct/cpu.cfs_quota_us": "-1",
                "cpu,cpuacct/cpu.cfs_period_us": "100000",
                "memory/job/memory.limit_in_bytes": str(GB),
                "memory/memory.limit_in_bytes": "9223372036854771712",
            },
        ),
    ],
)
def test_the_least_that_the_groups_around_this_process_allow_counts(container, own, files):
    container(own, files)
    assert machine.usable_cpus() == 2
    assert machine.total_memory() == GB


def test_less_than_one_processor_is_one(container):
    container("0::/\n", {"cpu.max": "50000 100000"})
    assert machine.usable_cpus() == 1


@pytest.mark.parametrize(
    ("own", "files"),
    [
        (
            "0::/\n",
            {"memory.max": str(GB), "memory.current": str(GB - 1000), "memory.stat": "anon 1\ninactive_file 200"},
        ),
        (
            "4:memory:/\n",
            {
                "memory/memory.limit_in_bytes": str(GB),
                "memory/memory.usage_in_bytes": str(GB - 1000),
                "memory/memory.stat": "inactive_file 7\ntotal_inactive_file 200",
            },
        ),
    ],
)
def test_files_that_the_system_only_keeps_at_hand_are_free_memory(container, own, files):
    container(own, files)
    assert machine.free_memory() == 1200


def test_oom_kills_are_what_the_kernel_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_VMSTAT", tmp_path / "vmstat")
    assert machine.oom_kills() == 0
    (tmp_path / "vmstat").write_text("pgfault 12\noom_kill 3\n")
    assert machine.oom_kills() == 3


def test_schedulable_cpus_follow_the_affinity():
    assert 1 <= machine.schedulable_cpus() <= (os.cpu_count() or 1)


class Driver:
    """NVML, as far as it is asked."""

    def __init__(self, count, status=0):
        self._count, self._status = count, status

    def nvmlInit_v2(self):
        return self._status

    def nvmlDeviceGetCount_v2(self, reference):
        reference._obj.value = self._count
        return 0

    def nvmlShutdown(self):
        return 0


@pytest.mark.parametrize(
    ("driver", "chosen", "seen"),
    [
        (Driver(3), None, ("0", "1", "2")),
        (Driver(3), "2,0", ("2", "0")),
        (Driver(3), "1,7,0", ("1",)),
        (Driver(3), "GPU-1f, MIG-2a", ("GPU-1f", "MIG-2a")),
        (Driver(3), "", ()),
        (Driver(3), "-1", ()),
        (Driver(0), None, ()),
        (Driver(0), "0", ()),
        (Driver(3, status=9), None, ()),
        (None, None, ()),
    ],
)
def test_gpus_are_those_of_the_driver_that_the_environment_shows(monkeypatch, driver, chosen, seen):
    def load(name):
        if driver is None:
            raise OSError(f"{name}: cannot open shared object file")
        return driver

    monkeypatch.setattr(machine.ctypes, "CDLL", load)
    if chosen is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", chosen)
    assert machine.visible_gpus() == seen
