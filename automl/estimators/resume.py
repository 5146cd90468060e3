"""Going on with a search from Python."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from automl.config import Limits, parse_budget, parse_gpus, parse_list, parse_trials

if TYPE_CHECKING:
    from automl.run import SearchResult


def resume_search(
    run: str | Path,
    *,
    trials: str | int | None = None,
    time_budget: str | float | None = None,
    workers: int | None = None,
    ensemble: int | None = None,
    refit: bool | Literal["auto"] = "auto",
    gpus: str | Iterable[int] | None = None,
    trial_timeout: str | float | None = None,
    memory_limit: str | int | None = None,
    worker_memory: str | int | None = None,
    disk_limit: str | int | None = None,
    max_params: str | float | None = None,
    max_flops: str | float | None = None,
    adopt: bool = False,
    storage: str | None = None,
    imports: str | Sequence[str] = (),
    verbose: int = 1,
) -> SearchResult:
    """Continue a search after Ctrl-C, a crash or its own end, as ``automl resume`` does; what is not said stays.

    A search that is over gives its result again, unless more is asked for:

    >>> from automl import resume_search
    >>> result = resume_search("my-run", trials="+20")  # doctest: +SKIP
    >>> result.value  # doctest: +SKIP
    0.983

    Args:
        run: The run's folder.
        trials: Networks to train in all, or with a ``+`` so many more than there are.
        time_budget: Seconds or a text such as ``"20m"``, over all sessions; with a ``+`` so much more than was used.
        workers: Worker processes; 0 trains in this process.
        ensemble: Networks that answer together in the model, at the most.
        refit: Whether the model is trained again on all rows; ``"auto"`` leaves that as it was.
        gpus: Numbers of the GPUs to use.
        trial_timeout: Longest trial, in seconds or as a text.
        memory_limit: Most memory of a worker, in bytes or as a text such as ``"4GB"``.
        worker_memory: Memory from which on a fresh worker takes over.
        disk_limit: Largest run folder.
        max_params: Weights of the largest network.
        max_flops: FLOPs of the most expensive network.
        adopt: Whether a changed space begins a new study, with the old trials that are still valid.
        storage: The database's URL, where it has a password, which is never kept.
        imports: Modules that register your own layers; those of before are imported by themselves.
        verbose: 0 shows nothing at all.

    Raises:
        ConfigError: An argument cannot be read, or the run was searched otherwise.
        StudyError: It is no run, or another search holds it.
        DataError: The cache does not hold its data any more, and it cannot be read again.
        SearchError: No trial succeeded.
    """
    started = time.monotonic()
    from automl.progress import make_progress

    (max_trials, more_trials), (seconds, more_time) = parse_trials(trials), parse_budget(time_budget)
    limits = Limits.parse(
        trial_timeout=trial_timeout,
        memory_limit=memory_limit,
        worker_memory=worker_memory,
        disk_limit=disk_limit,
        max_params=max_params,
        max_flops=max_flops,
    )
    with warnings.catch_warnings():  # in a notebook Optuna's import asks for widgets that nothing here needs
        warnings.simplefilter("ignore")
        from automl.run import resume_run

    return resume_run(
        Path(run),
        make_progress(quiet=not verbose),
        max_trials=max_trials,
        more_trials=more_trials,
        time_budget=seconds,
        more_time=more_time,
        workers=workers,
        ensemble=ensemble,
        refit=None if refit == "auto" else refit,
        gpus=parse_gpus(gpus),
        limits=limits,
        adopt=adopt,
        storage=storage,
        imports=parse_list(imports) if isinstance(imports, str) else tuple(imports),
        started=started,
    )
