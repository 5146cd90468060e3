"""``automl leaderboard``, ``failures``, ``curves`` and ``importance``: one question each, answered as a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli.options import JsonOpt, RunArg, StorageOpt
from automl.cli.study_options import CsvOpt, RunsArg, StudyOpt, TopOpt

if TYPE_CHECKING:
    from automl.study import EpochRecord, TrialRecord

_BAR = 20


def leaderboard(
    runs: RunsArg,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="At most so many.")] = 10,
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """Rank the best networks of one run, or of several with the same objective."""
    from automl.cli.sheet import present

    objective, direction, ranked = _ranked(runs, study, storage)
    rows = [
        {"rank": place, "run": str(run)} | trial.to_json() for place, (run, trial) in enumerate(ranked[:top], start=1)
    ]
    present(
        lambda: _board(ranked[:top], objective, several=len(runs) > 1),
        document={"objective": objective, "direction": direction, "leaderboard": rows},
        rows=rows,
        columns=("rank", "run", "number", "value"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _ranked(
    runs: Sequence[Path], study: str | None, storage: str | None
) -> tuple[str, str, list[tuple[Path, TrialRecord]]]:
    from automl.errors import ConfigError
    from automl.study import StudyReader

    found, goals = [], {}
    for run in dict.fromkeys(runs):
        with StudyReader.open(run, study=study, storage=storage) as reader:
            about = reader.run()
            goals[about.objective, about.direction] = run
            found += [(run, trial) for trial in reader.leaderboard()]
    if len(goals) > 1:
        said = ", ".join(f"{run}: {objective}" for (objective, _), run in goals.items())
        raise ConfigError(f"these runs improve different metrics and cannot be ranked together: {said}")
    objective, direction = next(iter(goals))
    sign = -1.0 if direction == "maximize" else 1.0
    return objective, direction, sorted(found, key=lambda each: sign * (each[1].value or 0.0))


def _board(ranked: Sequence[tuple[Path, TrialRecord]], objective: str, *, several: bool) -> Iterable[str]:
    from automl.cli.sheet import fitting
    from automl.progress.words import duration, score, size

    if not ranked:
        return ["no trial is complete yet"]
    rows = [
        [
            str(place),
            *([str(run)] if several else []),
            str(trial.number),
            score(trial.value),
            size(trial.parameters),
            size(trial.flops),
            str(trial.epochs),
            duration(trial.total_seconds),
            trial.description,
        ]
        for place, (run, trial) in enumerate(ranked, start=1)
    ]
    header = ["", *(["run"] if several else []), "trial", objective, "params", "FLOPs", "epochs", "time", "network"]
    numbers = [place for place, name in enumerate(header) if name not in ("run", "network")]
    spare = ("FLOPs", "epochs") if not several else ("FLOPs", "epochs", "time", "params", "network")
    return fitting(header, rows, right=numbers, spare=spare)


def failures(
    run: RunArg,
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """Say what went wrong, by kind, and what can be done about it."""
    from automl.cli.sheet import present
    from automl.study import StudyReader

    with StudyReader.open(run, study=study, storage=storage) as reader:
        name = reader.name
        kinds = _by_kind(reader.trials(state=("failed", "orphaned", "infeasible")))
    present(
        lambda: _told(kinds),
        document={"run": str(run), "study": name, "failures": kinds},
        rows=kinds,
        columns=("kind", "count", "trials", "message", "advice"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _by_kind(trials: Sequence[TrialRecord]) -> list[dict[str, Any]]:
    """Kinds of failure, the most frequent first, each with its latest message."""
    from automl.failures import POLICIES

    advice = {str(kind): policy.advice for kind, policy in POLICIES.items()}
    found: dict[str, list[TrialRecord]] = {}
    for trial in trials:
        kind = trial.failure_kind or ("orphaned" if trial.state == "orphaned" else "build_error")
        found.setdefault(kind, []).append(trial)
    return [
        {
            "kind": kind,
            "count": len(some),
            "trials": [trial.number for trial in some],
            "message": some[-1].failure_message or some[-1].reason,
            "advice": next((trial.failure_advice for trial in reversed(some) if trial.failure_advice), "")
            or advice.get(kind, ""),
        }
        for kind, some in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _told(kinds: Sequence[dict[str, Any]]) -> Iterable[str]:
    from automl.cli.sheet import wrapped
    from automl.progress.words import KINDS, plural

    if not kinds:
        yield "nothing failed"
    words = {str(kind): told for kind, told in KINDS.items()}
    for place, each in enumerate(kinds):
        numbers = [str(number) for number in each["trials"]]
        more = f" and {len(numbers) - 12} more" if len(numbers) > 12 else ""
        if place:
            yield ""
        count = plural(each["count"], "trial")
        yield f"{words.get(each['kind'], each['kind'])}: {count} ({', '.join(numbers[:12])}{more})"
        yield from wrapped(each["message"], "  ")
        yield from wrapped(each["advice"], "  to do: ")


def curves(
    run: RunArg,
    trial: Annotated[str, typer.Option("--trial", metavar="N,...", help="Only these.")] = "",
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help="Such as val_loss. [objective]")
    ] = None,
    top: TopOpt = None,
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """Show how each network learned, epoch by epoch."""
    from automl.cli.sheet import present
    from automl.config import parse_list
    from automl.errors import ConfigError, did_you_mean
    from automl.study import StudyReader

    with StudyReader.open(run, study=study, storage=storage) as reader:
        about, order = reader.run(), [line.number for line in reader.lines(sort="value") if line.trained]
        wanted = [_number(text) for text in parse_list(trial)]
        for number in wanted:
            reader.trial(number)
        epochs = reader.epochs(wanted[0] if len(wanted) == 1 else None)
    shown = [number for number in order if not wanted or number in wanted][:top]
    epochs = [epoch for epoch in epochs if epoch.trial in set(shown)]
    name = metric or about.objective
    known = {key for epoch in epochs for key in epoch.metrics}
    if epochs and name not in known:
        raise ConfigError(f"no epoch has a metric {name!r}; {did_you_mean(name, known)}")
    records = [epoch.to_json() for epoch in epochs]
    present(
        lambda: _curves_table(epochs, shown, name),
        document={"run": str(run), "study": about.study, "metric": name, "epochs": records},
        rows=records,
        columns=("trial", "epoch"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _number(text: str) -> int:
    from automl.errors import ConfigError

    if not text.isdecimal():
        raise ConfigError(f"--trial takes numbers of trials by commas, not {text!r}")
    return int(text)


def _curves_table(epochs: Sequence[EpochRecord], shown: Sequence[int], metric: str) -> list[str]:
    from automl.cli.output import table
    from automl.cli.sparkline import sparkline
    from automl.progress.words import score

    if not epochs:
        return ["no epoch is over yet"]
    values: dict[int, list[float | None]] = {number: [] for number in shown}
    for epoch in epochs:
        values[epoch.trial].append(epoch.metrics.get(metric))
    there = [value for curve in values.values() for value in curve if value is not None]
    low, high = (min(there), max(there)) if there else (0.0, 1.0)
    rows = [
        [
            str(number),
            str(len(curve)),
            score(curve[0]),
            score(curve[-1]),
            sparkline(curve, low=low, high=high, width=40),
        ]
        for number, curve in values.items()
        if curve
    ]
    return table(
        ["trial", "epochs", "first", "last", f"{metric}, {score(low)} to {score(high)}"], rows, right=[0, 1, 2, 3]
    )


def importance(
    run: RunArg,
    by: Annotated[
        str, typer.Option("--by", metavar="METHOD", help="ped-anova, fanova or forest (which the picture shows).")
    ] = "ped-anova",
    top: TopOpt = None,
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """Say which parameters of the space the score depends on."""
    from automl.cli.sheet import present
    from automl.insights.importance import importance as found_by

    found = found_by(run, by=by, study=study, storage=storage)
    rows = [each.to_json() for each in found[:top]]
    present(
        lambda: _importance_table(rows),
        document={"run": str(run), "by": by, "importance": rows},
        rows=rows,
        columns=("parameter", "importance", "best_values"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _importance_table(rows: Sequence[dict[str, Any]]) -> list[str]:
    from automl.arch.text import short_path
    from automl.cli.output import table

    if not rows:
        return ["too few complete trials, or no parameter differs among them: nothing can be said yet"]
    most = max(row["importance"] for row in rows)
    cells = [
        [
            short_path(row["parameter"], 36),
            f"{row['importance']:.1%}",
            "#" * max(1, round(_BAR * row["importance"] / most)),
            row["best_values"],
        ]
        for row in rows
    ]
    return table(["parameter", "share", "", "among the best"], cells, right=[1])
