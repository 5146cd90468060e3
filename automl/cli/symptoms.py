"""What ``automl doctor`` looks at."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from automl.errors import AutoMLError

if TYPE_CHECKING:
    from automl.jobs import TrialJob, TrialResult

_PACKAGES = ("automl", "tensorflow", "keras", "optuna", "sqlalchemy", "numpy", "scikit-learn", "pandas")
_LITTLE_DISK, _LITTLE_MEMORY = 2_000_000_000, 1_500_000_000
_TRAINING_SECONDS = 5.0
_PATIENCE = 180.0
_RUNS = Path("automl-runs")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: What it is, in a word.
        state: ``ok``, ``note`` (searches run, and this should be known) or ``fault`` (they do not).
        said: What was found.
        advice: What to do about it; empty where nothing is to be done.
    """

    what: str
    state: Literal["ok", "note", "fault"]
    said: str
    advice: str = ""


def examine(cache_dir: str | None = None, *, train: bool = True) -> Iterator[Finding]:
    """Look at one thing after the other; the last one trains for five seconds.

    Args:
        cache_dir: The cache that searches will be given; None for the user's.
        train: Whether to train.
    """
    from automl.data import cache_root

    yield _versions()
    yield _processors()
    yield _memory()
    yield _gpus()
    yield _folder("cache", cache_root(Path(cache_dir) if cache_dir else None))
    yield _folder("runs", _RUNS.absolute())
    yield _folder("temporary", Path(tempfile.gettempdir()))
    if train:
        yield _training()


def _versions() -> Finding:
    found, missing = [f"python {platform.python_version()}"], []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("versions", "fault", f"not installed: {', '.join(missing)}", "pip install --upgrade automl")
    return Finding("versions", "ok", ", ".join(found))


def _processors() -> Finding:
    from automl.execution.machine import schedulable_cpus, usable_cpus

    usable, there = usable_cpus(), schedulable_cpus()
    limited = f" of {there}, by the container's quota" if usable < there else ""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return Finding("cpus", "ok", f"{usable} usable{limited}{load}")


def _memory() -> Finding:
    from automl.execution.machine import free_memory, total_memory

    free, total = free_memory(), total_memory()
    said = f"{_gigabytes(free)} free of {_gigabytes(total)}"
    if free < _LITTLE_MEMORY:
        return Finding("memory", "note", said, "a worker needs about 1 GB: close other programs, or use --workers 1")
    return Finding("memory", "ok", said)


def _gpus() -> Finding:
    """What the driver sees, and whether TensorFlow sees it too; the latter is only asked where there is something."""
    from automl.execution.machine import installed_gpus, visible_gpus

    installed, visible, chosen = installed_gpus(), visible_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")
    if not installed:
        return Finding("gpus", "ok", "none: no NVIDIA driver, or none behind it; the processors train")
    if not visible:
        return Finding(
            "gpus",
            "note",
            f"{installed} there, none visible: CUDA_VISIBLE_DEVICES is {chosen!r}",
            "unset it to use them",
        )
    from automl.execution.probe import ask

    answer = ask("gpus")
    if answer is None:
        return Finding("gpus", "note", f"{len(visible)} visible; TensorFlow did not start to say whether it uses them")
    if len(answer["gpus"]) < len(visible):
        why = "it lacks CUDA's libraries" if answer["built_with_cuda"] else "it is built without CUDA"
        said = f"{len(visible)} visible to the driver, {len(answer['gpus'])} to TensorFlow: {why}"
        return Finding("gpus", "note", said, "pip install 'automl[gpu]'")
    return Finding("gpus", "ok", f"{len(visible)} visible, TensorFlow uses {'it' if len(visible) == 1 else 'them'}")


def _folder(what: str, path: Path) -> Finding:
    """Whether something can be written into a folder, or where it would be made, and how much."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".automl-doctor-") as file:
            file.write(b"automl")
            file.flush()
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(what, "fault", f"cannot write into {place}: {error.strerror}", _elsewhere(what))
    said = f"{path}: {_gigabytes(free)} free"
    if free < _LITTLE_DISK:
        return Finding(what, "note", said, f"little for data and models; {_elsewhere(what)}")
    return Finding(what, "ok", said)


def _elsewhere(what: str) -> str:
    advice = {"cache": "choose another one with --cache-dir", "runs": "choose another one with --out"}
    return advice.get(what, "set TMPDIR to another one")


def _training() -> Finding:
    """Train the default network on made-up pictures in a worker process."""
    try:
        with tempfile.TemporaryDirectory(prefix="automl-doctor-") as folder:
            result = _trained(Path(folder))
    except (AutoMLError, OSError, RuntimeError) as error:
        return Finding("training", "fault", f"the worker did not train: {error}", "AUTOML_DEBUG=1 shows more")
    if result is None:
        return Finding("training", "fault", f"no answer from the worker after {_PATIENCE:.0f} s")
    if result.failure is not None:
        return Finding("training", "fault", f"{result.failure.kind}: {result.failure.message}", result.failure.advice)
    step = f", {result.step_seconds * 1000:.0f} ms a step of 64 rows" if result.step_seconds else ""
    spent = sum(result.seconds.values())
    return Finding("training", "ok", f"a worker trained {result.epochs} epochs in {spent:.1f} s{step}")


def _trained(folder: Path) -> TrialResult | None:
    """What came of a short training, or None where nothing came in time."""
    import time

    from automl.config import Limits
    from automl.execution import make_executor, plan_crew
    from automl.jobs import EpochReport, Reply

    job, until = _job(folder), time.monotonic() + _PATIENCE
    with make_executor(plan_crew(1, None, repeatable=False), log_dir=folder, limits=Limits()) as executor:
        executor.submit(job)
        while time.monotonic() < until:
            for event in executor.poll(1.0):
                if not isinstance(event, EpochReport):
                    return event
                executor.reply(event.job_id, Reply())
    return None


def _job(folder: Path) -> TrialJob:
    import numpy as np

    from automl import tasks
    from automl.config import Arrays, SearchConfig
    from automl.events import Events
    from automl.jobs import DataRef, TrialJob
    from automl.space import DefaultDecider, Space

    rng = np.random.default_rng(0)
    labels = np.arange(512) % 2
    pictures = rng.integers(0, 128, (512, 16, 16, 1)) + 96 * labels[:, None, None, None]  # the second class is lighter
    task = tasks.get("image-classify")
    data = Arrays(pictures.astype(np.uint8), labels)
    config = SearchConfig(task=task.name, data=data, seed=0, cache_dir=folder / "cache")
    prepared = task.prepare(config, folder / "prepared", Events())
    space = Space.load(task.default_space)
    found = space.interpret(DefaultDecider(), inputs=task.inputs(prepared), heads=task.heads(prepared))
    return TrialJob(
        job_id="doctor",
        task=task.name,
        architecture=found.architecture.to_json(),
        training=found.training.model_copy(
            update={"augment": found.training.augment.model_copy(update={"flip": False})}
        ),
        data=DataRef(directory=str(folder / "prepared")),
        objective=task.objective(None),
        seed=0,
        seconds=_TRAINING_SECONDS,
        timeout=_PATIENCE,
        model_file=str(folder / "model.keras"),
    )


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
