"""How many workers, with how many threads and which GPUs: decided once, before anything starts."""

from __future__ import annotations

from dataclasses import dataclass

from automl.errors import ConfigError
from automl.execution.machine import free_memory, schedulable_cpus, usable_cpus, visible_gpus

# Two workers of one thread train 1.6 to 1.8 times as many small networks as one of two threads (2 cores, TensorFlow
# 2.21): the fewer threads a worker has, the less of them wait.
THREADS_A_WORKER = 1
# Beyond so many the sampler learns too little before it must propose the next one; `--workers` may ask for more.
MOST_WORKERS = 8
# Memory of a worker: 0.5 GB for Keras and TensorFlow, and as much for networks and data.
WORKER_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Crew:
    """Who trains.

    Attributes:
        workers: Worker processes; 0: a thread in this process.
        threads: Threads of each worker; None leaves them to the libraries, which take a processor each.
        gpus: Numbers of the GPUs, dealt out to the workers in turn; empty: none, even where there are some; None leaves
            them to the libraries.
    """

    workers: int
    threads: int | None = None
    gpus: tuple[int, ...] | None = None


def plan_crew(workers: int | None, gpus: tuple[int, ...] | None, *, repeatable: bool) -> Crew:
    """Decide what a person left open.

    Without a number of workers: one a GPU; without GPUs as many as pay on these processors and fit into the memory, or
    one where the same search must give the same answer (with several, the order in which trials end is chance).

    Args:
        workers: Worker processes wanted; 0 trains in this process.
        gpus: Numbers of the GPUs wanted, as ``nvidia-smi`` counts them, or places in ``CUDA_VISIBLE_DEVICES`` where
            that is set; empty: none; None: all there are.
        repeatable: Whether nothing else in this search is left to chance.

    Raises:
        ConfigError: A GPU is not there, or this process is to choose among GPUs.

    >>> plan_crew(2, (), repeatable=False).workers
    2
    """
    if workers == 0:
        if gpus is not None:
            raise ConfigError(
                "workers is 0, which trains in this process with the GPUs it already sees; leave out gpus, or let "
                "worker processes train"
            )
        return Crew(workers=0)
    found = tuple(range(len(visible_gpus())))
    chosen = found if gpus is None else gpus
    if missing := [number for number in chosen if number not in found]:
        raise ConfigError(f"GPU {missing[0]} is not there; {_those_there(found)}")
    if workers is None:
        workers = len(chosen) or (1 if repeatable else _paying_workers())
    share = max(1, usable_cpus() // workers)
    return Crew(
        workers=workers,
        threads=share if share < schedulable_cpus() else None,
        gpus=None if gpus is None and not found else chosen,
    )


def lack_of_memory(crew: Crew) -> str | None:
    """What to say where the workers are expected to need more memory than is free; None where they are not.

    >>> lack_of_memory(Crew(workers=1_000_000)).split(":")[0]
    '1000000 workers need about 1000000.0 GB of memory'
    """
    needed, free = max(1, crew.workers) * WORKER_BYTES, free_memory()
    if needed <= free:
        return None
    fitting = free // WORKER_BYTES
    who = "this process needs" if crew.workers == 0 else "1 worker needs" if crew.workers == 1 else None
    advice = f"--workers {fitting} fit" if fitting else "close other programs, or trials may end for lack of it"
    return (
        f"{who or f'{crew.workers} workers need'} about {needed / 1e9:.1f} GB of memory: {free / 1e9:.1f} GB are free; "
        f"{advice}"
    )


def _those_there(found: tuple[int, ...]) -> str:
    if not found:
        return "no GPU is found on this machine"
    return f"there {'is' if len(found) == 1 else 'are'} {', '.join(map(str, found))}"


def _paying_workers() -> int:
    """CPU workers that are worth their memory on this machine."""
    return max(1, min(usable_cpus() // THREADS_A_WORKER, free_memory() // WORKER_BYTES, MOST_WORKERS))
