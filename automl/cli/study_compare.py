"""``automl compare``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from automl.cli.options import JsonOpt, StorageOpt
from automl.cli.study_options import CsvOpt, RunsArg

if TYPE_CHECKING:
    from automl.insights.comparison import Comparison, Progress


def compare(runs: RunsArg, storage: StorageOpt = None, as_json: JsonOpt = False, as_csv: CsvOpt = False) -> None:
    """Compare runs: the best, the best at equal time and equal trials, and how their best networks differ."""
    from automl.cli.sheet import present
    from automl.insights.comparison import compare as compared
    from automl.study import StudyReader

    with ExitStack() as stack:
        studies = [(str(run), stack.enter_context(StudyReader.open(run, storage=storage))) for run in runs]
        found = compared(studies)
    document = found.to_json()
    present(
        lambda: _lines(found),
        document=document,
        rows=document["runs"],
        columns=("run", "study", "task", "space", "trained", "seconds", "best"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _lines(found: Comparison) -> Iterable[str]:
    from automl.cli.sheet import fitting
    from automl.progress.words import duration, plural, score

    header = ["run", found.objective, "trial", "trials", "time", "params", "network"]
    yield from fitting(header, [_row(run) for run in found.runs], right=[1, 2, 3, 4, 5], spare=("trial", "params"))
    names = [run.name for run in found.runs]
    for title, points in (
        ("best after", [(duration(at), [run.after_seconds(at) for run in found.runs]) for at in found.at_seconds]),
        ("best after", [(plural(at, "trial"), [run.after_trials(at) for run in found.runs]) for at in found.at_trials]),
    ):
        if points:
            yield ""
            rows = [[point, *map(score, values)] for point, values in points]
            yield from fitting([title, *names], rows, right=range(len(names) + 1))
    for run, difference in zip(found.runs[1:], found.networks, strict=True):
        if difference is not None:
            yield ""
            yield f"from the best network of {names[0]} to that of {run.name}:"
            yield from _cut([f"  {line}" for line in str(difference).split("\n")])


def _row(run: Progress) -> list[str]:
    from automl.progress.words import duration, score, size

    best = run.best
    return [
        run.name,
        score(best.value if best else None),
        str(best.number) if best else "-",
        str(run.trained),
        duration(run.seconds),
        size(best.parameters if best else None),
        best.description if best else "-",
    ]


def _cut(lines: Sequence[str], most: int = 30) -> Iterable[str]:
    """The first lines and the last three, which are the sums."""
    if len(lines) <= most:
        yield from lines
        return
    yield from lines[: most - 3]
    yield f"  ... {len(lines) - most} more; --json has all"
    yield from lines[-3:]
