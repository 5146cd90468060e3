"""``automl trials``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automl.cli.options import JsonOpt, RunArg

if TYPE_CHECKING:
    from automl.study import RunRecord, TrialRecord


def trials(
    run: RunArg,
    study: Annotated[str | None, typer.Option("--study", metavar="NAME", help="When the database has several.")] = None,
    storage: Annotated[str | None, typer.Option("--storage", metavar="URL", help="Database of the study.")] = None,
    as_json: JsonOpt = False,
) -> None:
    """List what a search tried, and what came of it."""
    from automl.cli.output import show_json, table
    from automl.study import StudyReader

    with StudyReader.open(run, study=study, storage=storage) as reader:
        about, records, searched = reader.run(), reader.trials(), reader.searcher() is not None
    search = _search(about, searched=searched)
    if as_json:
        facts = {"run": str(run), "study": about.study, "objective": about.objective, "direction": about.direction}
        show_json({**facts, "search": search, "trials": [record.to_json() for record in records]})
        return
    header = ["#", "state", about.objective, "epochs", "time", "params", "network"]
    again = {record.parent: record.number for record in records if record.parent is not None}
    rows = [_row(record, search, again) for record in records if record.state != "queued"]
    for line in [*table(header, rows, right=[0, 2, 3, 4, 5]), *_how_to_go_on(run, storage, search, records)]:
        typer.echo(line)


def _search(about: RunRecord, *, searched: bool) -> str:
    """``running``, ``ended``, or ``gone``: it neither runs nor said that it is over."""
    if searched:
        return "running"
    return "gone" if about.ended is None else "ended"


def _row(record: TrialRecord, search: str, again: Mapping[int, int]) -> list[str]:
    from automl.progress.words import duration, score, size

    return [
        str(record.number),
        "abandoned" if record.state == "running" and search == "gone" else record.state,
        score(record.value),
        str(record.epochs) if record.epochs else "-",
        duration(record.total_seconds) if record.seconds else "-",
        size(record.parameters),
        _told(record, again),
    ]


def _told(record: TrialRecord, again: Mapping[int, int]) -> str:
    """The network, or why there is no value."""
    from automl.progress.words import readable

    if record.state in ("complete", "running", "paused") or not record.reason:
        return record.description
    if record.state == "orphaned" and record.number in again:
        return f"again as trial {again[record.number]}: {record.reason}"
    return readable(record.reason)


def _how_to_go_on(run: Path, storage: str | None, search: str, records: Sequence[TrialRecord]) -> list[str]:
    from automl.progress.words import plural

    paused = sum(record.state == "paused" for record in records)
    if search == "gone":
        why = "the search is gone: its process ended before the search was over"
    elif search == "ended" and paused:
        why = f"{plural(paused, 'trial')} {'is' if paused == 1 else 'are'} paused"
    else:
        return []
    database = " --storage URL" if storage else ""
    return ["", f"{why}; to continue:", f"  automl resume {shlex.quote(str(run))}{database}"]
