"""When a worker has done enough, and a fresh one should take its place."""

from __future__ import annotations

from automl.execution.handle import WorkerHandle
from automl.failures import FailureKind
from automl.jobs import TrialResult

# Bytes that a worker may grow by from where it stood after importing Keras: building network after network leaves some
# megabytes each time, whatever is collected.
GROWTH = 1_000_000_000
# From this share of its growth on, the next one is started, so that it is warm when it is needed.
NEARLY = 0.75

# Failures that leave a process as good as before: nothing of the trial is left but garbage.
_HARMLESS: frozenset[FailureKind] = frozenset({"nan_loss", "data_error", "disk_full", "too_large"})


def worn_by_failure(result: TrialResult) -> bool:
    """Whether a trial failed in a way that may have left the process unsound."""
    return result.failure is not None and result.failure.kind not in _HARMLESS


def wear(worker: WorkerHandle, limit: int | None) -> float:
    """How much of what a worker may grow by is used up; from 1 on it should be replaced.

    Args:
        worker: One that has imported Keras and has no job.
        limit: Bytes of memory it may hold; None: :data:`GROWTH` more than after its start.
    """
    allowed = GROWTH if limit is None else max(1, limit - worker.fresh)
    return (worker.tree.resident() - worker.fresh) / allowed
