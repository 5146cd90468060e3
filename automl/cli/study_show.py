"""``automl show``: a run at a glance, and one of its networks with everything that is known of it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli.options import JsonOpt, RunArg, StorageOpt
from automl.cli.study_options import CsvOpt, StudyOpt

if TYPE_CHECKING:
    from automl.study import EpochRecord, RunRecord, TrialDetail, TrialLine

_LABEL = 12  # letters before what is said


def show(
    run: RunArg,
    trial: Annotated[int | None, typer.Option("--trial", metavar="N", min=0, help="Which one. [the best]")] = None,
    space: Annotated[
        Path | None, typer.Option("--space", metavar="FILE", help="Write the network as a space of its own.")
    ] = None,
    study: StudyOpt = None,
    storage: StorageOpt = None,
    as_json: JsonOpt = False,
    as_csv: CsvOpt = False,
) -> None:
    """Show a run, and its best network or another one: layers, training, and how to train it again."""
    from automl.cli.sheet import present
    from automl.study import StudyReader

    with StudyReader.open(run, study=study, storage=storage) as reader:
        about, lines = reader.run(), reader.lines()
        detail = reader.best() if trial is None else reader.trial(trial)
        epochs = reader.epochs(detail.number) if detail else []
    if space is not None:
        _write_space(space, about, detail)
    again = _again(run, about, detail)
    record = None if detail is None else detail.to_json() | {"epochs_trained": [one.to_json() for one in epochs]}
    present(
        lambda: _lines(run, about, lines, detail, epochs, again),
        document={"run": str(run), **about.to_json(), "trials": _counts(lines), "trial": record, "again": again},
        rows=[] if detail is None else [detail.to_json() | {"again": "; ".join(again)}],
        columns=("number", "state", "value"),
        as_json=as_json,
        as_csv=as_csv,
    )


def _lines(
    run: Path,
    about: RunRecord,
    lines: Sequence[TrialLine],
    detail: TrialDetail | None,
    epochs: Sequence[EpochRecord],
    again: Sequence[str],
) -> Iterable[str]:
    yield from _about(run, about, lines)
    if detail is None:
        yield from ("", "no trial is complete yet; --trial N shows another one")
        return
    yield ""
    yield from _trial(detail, about, epochs, lines)
    if detail.architecture is not None:
        from automl.arch import Architecture
        from automl.insights.tree import tree

        yield ""
        yield from tree(Architecture.from_json(detail.architecture), columns=_columns())
    if again:
        yield from ("", "to train just this network again:", *(f"  {line}" for line in again))


def _about(run: Path, about: RunRecord, lines: Sequence[TrialLine]) -> Iterable[str]:
    from automl.progress.words import duration, facts

    budget = f" of {duration(about.budget_seconds)}" if about.budget_seconds else ""
    counts = ", ".join(f"{count} {state}" for state, count in _counts(lines).items())
    yield _said("run", f"{run} (study {about.study}, {'over' if about.ended else 'not over'})")
    yield _said("task", f"{about.task}, {about.direction} {about.objective}, space {about.space_name}")
    yield _said("data", facts(about.data_summary) or str(about.command.get("data", "")))
    yield from _asked(about)
    yield _said("trials", counts or "none")
    yield _said("time", f"{duration(about.seconds_used)}{budget}, begun {about.started.astimezone():%Y-%m-%d %H:%M}")


def _asked(about: RunRecord) -> Iterable[str]:
    """What a person set, and where: flags of the command, the environment, a file, a preset."""
    from automl.cli.sheet import wrapped

    known = {"task", "out"}  # which the other lines say
    origins = {name: said for name, said in (about.command.get("origins") or {}).items() if name not in known}
    if origins:
        told = (f"{name} {_setting(about.command, name)}({origin})" for name, origin in sorted(origins.items()))
        yield from wrapped(", ".join(told), "asked".ljust(_LABEL))


def _setting(command: Mapping[str, Any], name: str) -> str:
    """The value of an option as it was kept, with a space behind it; nothing where it goes by another name."""
    key = name.replace("-", "_")
    value = command.get({"trials": "max_trials"}.get(key, key))
    return "" if value is None or isinstance(value, dict | list) else f"{value} "


def _trial(
    detail: TrialDetail, about: RunRecord, epochs: Sequence[EpochRecord], lines: Sequence[TrialLine]
) -> Iterable[str]:
    from automl.cli.sheet import wrapped
    from automl.cli.sparkline import sparkline
    from automl.progress.words import duration, readable, score, size

    yield _said("trial", f"{detail.number}, {detail.state}, {detail.description}")
    if detail.reason:
        yield from wrapped(readable(detail.reason), "why".ljust(_LABEL))
    if detail.failure_advice:
        yield from wrapped(detail.failure_advice, "to do".ljust(_LABEL))
    yield _said("score", f"{about.objective} {score(detail.value)}" + _at(detail))
    if detail.metrics:
        told = ", ".join(f"{name} {score(value)}" for name, value in sorted(detail.metrics.items()))
        yield from wrapped(told, "metrics".ljust(_LABEL))
    curve = [one.metrics.get(about.objective) for one in epochs]
    if any(value is not None for value in curve):
        yield _said("curve", f"{sparkline(curve)}  {score(curve[0])} to {score(curve[-1])}")
    if detail.seconds:
        phases = ", ".join(f"{phase} {duration(value)}" for phase, value in detail.phase_seconds.items())
        yield from wrapped(f"{duration(detail.total_seconds)}: {phases}", "time".ljust(_LABEL))
    yield _said("size", f"{size(detail.parameters)} parameters, {size(detail.flops)} FLOPs")
    yield _said("proposed", _origin(detail, {line.number: line for line in lines}))
    for name, values in (("answers", detail.params), ("training", _flat(detail.training or {}))):
        if values:
            told = ", ".join(f"{key}={_value(value)}" for key, value in values.items())
            yield from wrapped(told, name.ljust(_LABEL))


def _at(detail: TrialDetail) -> str:
    if not detail.epochs:
        return ""
    planned = f" of {detail.planned_epochs} planned" if detail.planned_epochs else ""
    best = f"after epoch {detail.best_epoch}, " if detail.best_epoch else ""
    return f" ({best}{detail.epochs}{planned} trained)"


def _origin(detail: TrialDetail | TrialLine, known: Mapping[int, TrialLine]) -> str:
    """Whose idea it was, and the trials it was made from."""
    said, here, seen = detail.proposed_by or "unknown", detail.parent, {detail.number}
    while here is not None and here in known and here not in seen:
        seen.add(here)
        said += f", from trial {here} ({known[here].proposed_by or 'unknown'})"
        here = known[here].parent
    return said if detail.duplicate_of is None else f"{said}, a duplicate of trial {detail.duplicate_of}"


def _counts(lines: Sequence[TrialLine]) -> dict[str, int]:
    from automl.study import TRIAL_STATES

    counts = {state: sum(line.state == state for line in lines) for state in TRIAL_STATES}
    return {state: count for state, count in counts.items() if count}


def _write_space(path: Path, about: RunRecord, detail: TrialDetail | None) -> None:
    from automl.errors import ConfigError
    from automl.insights.again import only_space

    if detail is None or detail.architecture is None:
        raise ConfigError("there is no network to write as a space; name a trial that has one with --trial")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {path}: there is no folder {path.absolute().parent}")
    name = f"trial-{detail.number}"
    text = only_space(detail.architecture, detail.training, name=name, source=about.space_text)
    path.write_text(text, encoding="utf-8")
    typer.echo(f"wrote {path}", err=True)


def _again(run: Path, about: RunRecord, detail: TrialDetail | None) -> list[str]:
    """The commands that train one network again; what else was asked of the data stands in the run's configuration."""
    if detail is None or detail.architecture is None:
        return []
    file, data = f"trial-{detail.number}.yaml", str(about.command.get("data") or "DATA")
    columns = about.command.get("columns") or {}
    target = ["--target", ",".join(columns["target"])] if columns.get("target") else []
    words = ["--space", file, "--trials", "1", "--seed", str(about.seed), *target]
    source = "DATA" if data.startswith("arrays (") else data
    return [
        shlex.join(["automl", "show", str(run), "--trial", str(detail.number), "--space", file]),
        shlex.join(["automl", "search", source, "--task", about.task, *words]),
    ]


def _said(name: str, what: str) -> str:
    return f"{name:<{_LABEL}}{what}"


def _columns() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    from automl.cli.sheet import flat

    return flat(document)


def _value(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
