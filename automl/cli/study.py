"""``automl studies`` and ``automl trials``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli import complete
from automl.cli.options import JsonOpt, RunArg, StorageOpt
from automl.cli.study_columns import DEFAULT, cell, column, unknown
from automl.cli.study_options import CsvOpt, StudyOpt, TopOpt

if TYPE_CHECKING:
    from automl.study import RunRecord, RunSummary, TrialLine, TrialRecord


def studies(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER|FILE", help="Where runs are, or a database.", show_default=False)
    ] = Path(),
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """List the runs below a folder, or the studies of one database."""
    from automl.cli.sheet import present
    from automl.study.listing import database_of, list_runs, list_studies

    database = database_of(folder, storage)
    found = list_runs(folder) if database is None else list_studies(database)
    records = [run.to_json() for run in found]
    present(
        lambda: _runs_table(found, folder),
        document={"studies": records},
        rows=records,
        columns=("path", "study", "task", "state", "objective", "best", "trained"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _runs_table(found: Sequence[RunSummary], folder: Path) -> list[str]:
    from automl.cli.sheet import fitting
    from automl.progress.words import duration, score

    if not found:
        return [f"no run in {folder} or two levels below it; automl search makes one"]
    rows = [
        [
            run.path or run.study,
            run.task,
            run.state,
            str(run.trained),
            score(run.best),
            run.objective or "-",
            duration(run.seconds),
            f"{run.started.astimezone():%Y-%m-%d %H:%M}" if run.started else "",
        ]
        for run in found
    ]
    header = ["run", "task", "state", "trials", "best", "objective", "time", "started"]
    unreadable = [f"{run.path}: {run.problem}" for run in found if run.problem]
    return [*fitting(header, rows, right=[3, 4, 6], spare=("started", "time", "task", "objective")), *unreadable]


def trials(
    run: RunArg,
    state: Annotated[
        str, typer.Option("--state", metavar="S,...", help="Only these: failed,pruned.", autocompletion=complete.states)
    ] = "",
    sort: Annotated[
        str,
        typer.Option("--sort", metavar="COLUMN", help="value: the best first.", autocompletion=complete.sorts),
    ] = "number",
    top: TopOpt = None,
    columns: Annotated[
        str, typer.Option("--columns", metavar="C,...", help="Such as number,value,params.width,metrics.loss.")
    ] = "",
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """List what a search tried, and what came of it."""
    from automl.cli.sheet import present
    from automl.config import parse_list
    from automl.errors import ConfigError
    from automl.study import StudyReader

    chosen: dict[str, Any] = {"sort": sort, "state": list(parse_list(state)) or None, "top": top}
    names = parse_list(columns)
    whole = as_json or as_csv or bool(names)
    with StudyReader.open(run, study=study, storage=storage) as reader:
        about, searched = reader.run(), reader.searcher() is not None
        search = _search(about, searched=searched)
        whole = whole or bool(about.command.get("folds"))  # whose spread is among the metrics
        found = reader.trials(**chosen) if whole else reader.lines(**chosen)
        paused = len(reader.lines(state="paused")) if search == "ended" else 0
    views = [_view(record) for record in found]
    for problem in unknown(names, views):
        raise ConfigError(problem)
    kept = [
        {name: cell(view, name) for name in names} if names else record.to_json()
        for view, record in zip(views, found, strict=True)
    ]
    facts = {"run": str(run), "study": about.study, "objective": about.objective, "direction": about.direction}
    present(
        lambda: [
            *_trials_table(views, names or DEFAULT, about.objective, search, every=bool(state)),
            *_how_to_go_on(run, storage, search, paused),
        ],
        document={**facts, "search": search, "trials": kept},
        rows=kept,
        columns=tuple(names) or ("number", "state", "value", "epochs"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _search(about: RunRecord, *, searched: bool) -> str:
    """``running``, ``ended``, or ``gone``: it neither runs nor said that it is over."""
    if searched:
        return "running"
    return "gone" if about.ended is None else "ended"


def _view(record: TrialLine | TrialRecord) -> dict[str, Any]:
    """A trial with what is worked out of its fields: the columns ``time`` and ``network``."""
    seconds = record.total_seconds if record.seconds else None
    return record.to_json() | {"time": seconds, "network": record.description}


def _trials_table(
    views: Sequence[Mapping[str, Any]], names: Sequence[str], objective: str, search: str, *, every: bool
) -> list[str]:
    from automl.cli.output import table

    again = {view["parent"]: view["number"] for view in views if view["parent"] is not None}
    shown = [dict(view) for view in views if every or view["state"] != "queued"]
    for view in shown:
        view["network"] = _told(view, again)
        if view["state"] == "running" and search == "gone":
            view["state"] = "abandoned"
    columns = [column(name, objective) for name in names]
    rows = [[each.shown(view) for each in columns] for view in shown]
    right = [place for place, each in enumerate(columns) if each.right]
    return table([each.title for each in columns], rows, right=right)


def _told(view: Mapping[str, Any], again: Mapping[int, int]) -> str:
    """The network, or why there is no value."""
    from automl.progress.words import readable

    if view["state"] in ("complete", "running", "paused", "queued") or not view["reason"]:
        return str(view["description"])
    if view["state"] == "orphaned" and view["number"] in again:
        return f"again as trial {again[view['number']]}: {view['reason']}"
    return readable(view["reason"])


def _how_to_go_on(run: Path, storage: str | None, search: str, paused: int) -> list[str]:
    from automl.progress.words import plural

    if search == "gone":
        why = "the search is gone: its process ended before the search was over"
    elif paused:
        why = f"{plural(paused, 'trial')} {'is' if paused == 1 else 'are'} paused"
    else:
        return []
    database = " --storage URL" if storage else ""
    return ["", f"{why}; to continue:", f"  automl resume {shlex.quote(str(run))}{database}"]
