"""What this machine has for workers: processors, memory and GPUs, as far as this process may use them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import psutil

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")
_VMSTAT = Path("/proc/vmstat")


def usable_cpus() -> int:
    """Processors this process may keep busy: its affinity, and the quota of the container it runs in."""
    return max(1, min([schedulable_cpus(), *_cpu_quotas()]))


def schedulable_cpus() -> int:
    """Processors this process may run on: what libraries start threads for, quota or not."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def total_memory() -> int:
    """Bytes of memory this process and its children may use: the machine's, or its container's where that is less."""
    return min([psutil.virtual_memory().total, *_memory_limits()])


def free_memory() -> int:
    """Bytes that can still be used before something must go; files that the system only keeps at hand count as free."""
    return min([psutil.virtual_memory().available, *_memory_left()])


def oom_kills() -> int:
    """How often the system has killed a process for want of memory since it started; 0 where it does not say."""
    return next((int(value) for name, value in _pairs(_VMSTAT) if name == "oom_kill"), 0)


def visible_gpus() -> tuple[str, ...]:
    """The GPUs this process may use, by the name that ``CUDA_VISIBLE_DEVICES`` has for each.

    Asks the driver (NVML), which takes milliseconds, and not TensorFlow, which takes seconds and the GPU's memory.
    """
    installed = installed_gpus()
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None or installed == 0:
        return tuple(str(number) for number in range(installed))
    names: list[str] = []
    for name in (part.strip() for part in chosen.split(",")):
        if not name or (name.lstrip("-").isdigit() and not 0 <= int(name) < installed):
            break  # as CUDA does: whatever follows a number that is none is not seen
        names.append(name)
    return tuple(names)


def installed_gpus() -> int:
    """GPUs that the driver knows of, whether this process may use them or not."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:  # no driver, no GPU
        return 0
    count = ctypes.c_uint(0)
    if nvml.nvmlInit_v2() != 0:
        return 0
    try:
        return count.value if nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)) == 0 else 0
    finally:
        nvml.nvmlShutdown()


def _cpu_quotas() -> Iterator[int]:
    for folder in _cgroup_folders("cpu"):
        quota, _, period = _text(folder / "cpu.max").partition(" ")  # version 2: "200000 100000" or "max 100000"
        if not quota:
            quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit():
            yield int(quota) // int(period)


def _memory_limits() -> Iterator[int]:
    for folder in _cgroup_folders("memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = _text(folder / name)
            if limit.isdigit():
                yield int(limit)


def _memory_left() -> Iterator[int]:
    for folder in _cgroup_folders("memory"):
        limit = _text(folder / "memory.max") or _text(folder / "memory.limit_in_bytes")
        used = _text(folder / "memory.current") or _text(folder / "memory.usage_in_bytes")
        if limit.isdigit() and used.isdigit():
            kept = dict(_pairs(folder / "memory.stat"))
            files = kept.get("total_inactive_file") or kept.get("inactive_file") or "0"
            yield int(limit) - int(used) + int(files)


def _cgroup_folders(controller: str) -> Iterator[Path]:
    """Folders of the group this process is in and of those around it, in both versions' layouts.

    A container often sees its own group as the root, under a path that does not exist in it: the root is always looked
    at.
    """
    for line in _text(_OWN_CGROUP).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root = _CGROUPS
        elif controller in controllers.split(","):
            root = _CGROUPS / controllers
        else:
            continue
        own = Path(path.lstrip("/"))
        yield from (root / folder for folder in (own, *own.parents) if (root / folder).is_dir())


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    for line in _text(file).splitlines():
        name, _, value = line.partition(" ")
        yield name, value


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:  # another system, or another version of it
        return ""
