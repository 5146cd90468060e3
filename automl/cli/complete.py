"""What the shell offers for a half typed word; quick, and silent about whatever goes wrong."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import typer

_RUN = "run.json"  # what makes a folder a run; automl.study says the same, and takes longer to import


def runs(incomplete: str) -> list[str]:
    """Runs in the current folder, in ``automl-runs`` and below what is typed, and folders on the way to more."""
    typed = Path(incomplete)
    base = typed if incomplete.endswith("/") else typed.parent
    places = [base, Path("automl-runs")] if "/" not in incomplete else [base]
    found: set[str] = set()
    for place in places:
        with suppress(OSError):
            for folder in place.iterdir():
                if (folder / _RUN).is_file():
                    found.add(str(folder))
                elif any(folder.glob(f"*/{_RUN}")):
                    found.add(f"{folder}/")
    return sorted(name for name in found if name.startswith(incomplete))


def studies(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:
    """Names of the studies in the database of the run, or of ``--storage``, that are on the line already."""
    from automl.errors import AutoMLError
    from automl.study import RunFolder, study_names

    words = [*args, *ctx.args]  # a line that ends with an option is not understood as far as its parameters
    run = next((word for word in words if (Path(word) / _RUN).is_file()), None)
    with suppress(AutoMLError, OSError):
        if run is not None:
            url = RunFolder.open(Path(run), storage=_after("--storage", words)).storage_url
            return [name for name in study_names(url) if name.startswith(incomplete)]
    return []


def _after(option: str, words: list[str]) -> str | None:
    return next((word for name, word in pairwise(words) if name == option), None)


def tasks(incomplete: str) -> list[str]:
    """Names of tasks."""
    from automl import tasks

    return [name for name in tasks.names() if name.startswith(incomplete)]


def states(incomplete: str) -> list[str]:
    """States of trials, the last of a list by commas."""
    from automl.study import TRIAL_STATES

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{state}" for state in TRIAL_STATES if state.startswith(last)]


def sorts(incomplete: str) -> list[str]:
    """Orders of trials."""
    from automl.study.reader import SORTS

    return [name for name in SORTS if name.startswith(incomplete)]
