"""When a worker has done enough, and a fresh one should take its place."""

from __future__ import annotations

from automl.execution.handle import WorkerHandle
from automl.failures import FailureKind
from automl.jobs import TrialResult

# Bytes that a worker may grow by from where it stood after importing Keras. One that trains net after net keeps the
# kernels made for shapes it has met (oneDNN; 1 to 3 MB a net of the space `cnn`), and the pool from which its largest
# net took memory, which the next net uses again: 200 MB for 28x28, 2.5 GB after one net with 3.3 million activations
# and batches of 128. A fresh one costs 3.6 CPU seconds, as much as one or two small trials.
GROWTH = 1_000_000_000
# No more than so much of what it may hold at all, so that the next trial has room.
MOST = 0.5
# From this share of its growth on, the next one is started, so that it is warm when it is needed.
NEARLY = 0.75

# Failures that leave a process as good as before: nothing of the trial is left but garbage.
_HARMLESS: frozenset[FailureKind] = frozenset({"nan_loss", "data_error", "disk_full", "too_large"})


def worn_by_failure(result: TrialResult) -> bool:
    """Whether a trial failed in a way that may have left the process unsound."""
    return result.failure is not None and result.failure.kind not in _HARMLESS


def wear(worker: WorkerHandle, *, limit: int | None, memory: int) -> float:
    """How much of what a worker may grow by is used up; from 1 on it should be replaced.

    Args:
        worker: One that has imported Keras and has no job.
        limit: Bytes it may hold between two trials; None leaves it to :func:`allowed_growth`.
        memory: Bytes it may hold at all.
    """
    return (worker.tree.resident() - worker.fresh) / allowed_growth(worker.fresh, limit=limit, memory=memory)


def allowed_growth(fresh: int, *, limit: int | None, memory: int) -> int:
    """Bytes that a worker may grow by.

    >>> allowed_growth(300_000_000, limit=None, memory=9_600_000_000)  # of a machine with 24 GB, two workers
    1000000000
    >>> allowed_growth(300_000_000, limit=None, memory=1_000_000_000)
    350000000
    >>> allowed_growth(300_000_000, limit=800_000_000, memory=1_000_000_000)
    500000000
    """
    most = min(GROWTH, int(MOST * (memory - fresh))) if limit is None else limit - fresh
    return max(1, most)
