"""``automl trials``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from automl.cli.options import JsonOpt, RunArg

if TYPE_CHECKING:
    from automl.study import TrialRecord


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
        about, records = reader.run(), reader.trials()
    if as_json:
        facts = {"run": str(run), "study": about.study, "objective": about.objective, "direction": about.direction}
        show_json({**facts, "trials": [record.to_json() for record in records]})
        return
    header = ["#", "state", about.objective, "epochs", "time", "params", "network"]
    rows = [_row(record) for record in records if record.state != "queued"]
    for line in table(header, rows, right=[0, 2, 3, 4, 5]):
        typer.echo(line)


def _row(record: TrialRecord) -> list[str]:
    from automl.progress.words import duration, score, size

    told = record.description if record.state == "complete" else record.reason or record.description
    return [
        str(record.number),
        record.state,
        score(record.value),
        str(record.epochs) if record.epochs else "-",
        duration(record.total_seconds) if record.seconds else "-",
        size(record.parameters),
        told,
    ]
