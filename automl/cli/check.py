"""``automl check``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from automl.cli.options import (
    BadFileOpt,
    DropOpt,
    EncodingOpt,
    FoldsOpt,
    GroupOpt,
    HorizonOpt,
    IgnoreOpt,
    InputOpt,
    JsonOpt,
    KnownOpt,
    LookbackOpt,
    LossWeightOpt,
    MultiLabelOpt,
    OnBadFile,
    OutputOpt,
    PastOpt,
    PathOpt,
    SeriesOpt,
    ShareOpt,
    TargetOpt,
    TextOpt,
    TimeOpt,
    WeightOpt,
    columns_of,
    several_of,
)

_DONE = {
    "number": "brought to the scale of its quartiles; a missing cell becomes the median, and a column says so",
    "boolean": "0 or 1; a missing cell becomes the median, and a column says so",
    "category": "a learned vector for each value; missing and unknown ones have their own",
    "date": "split into numbers, then as numbers",
}


def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="What would be given to `automl search`.")],
    task: Annotated[str, typer.Option("--task", help="What to learn, such as tabular-classify.")],
    validation: Annotated[
        Path | None, typer.Option("--val", metavar="DATA", help="Rows to validate on; else some of DATA.")
    ] = None,
    space: Annotated[
        str | None, typer.Option("--space", help="A space that names inputs and outputs, for the task multi.")
    ] = None,
    folds: FoldsOpt = None,
    target: TargetOpt = "",
    weight: WeightOpt = None,
    group: GroupOpt = None,
    path: PathOpt = None,
    text: TextOpt = None,
    multi_label: MultiLabelOpt = False,
    time: TimeOpt = None,
    series: SeriesOpt = None,
    past: PastOpt = "",
    known: KnownOpt = "",
    horizon: HorizonOpt = None,
    lookback: LookbackOpt = None,
    inputs: InputOpt = None,
    outputs: OutputOpt = None,
    loss_weights: LossWeightOpt = "",
    share: ShareOpt = None,
    ignore: IgnoreOpt = "",
    encoding: EncodingOpt = None,
    drop_missing_labels: DropOpt = False,
    on_bad_file: BadFileOpt = OnBadFile.error,
    cache_dir: Annotated[
        Path | None, typer.Option("--cache-dir", metavar="DIR", help="Where read data is kept.")
    ] = None,
    as_json: JsonOpt = False,
) -> None:
    """Say what is found in DATA, what it is taken for and why, without training."""
    from tempfile import TemporaryDirectory

    from automl import tasks
    from automl.cli.output import show_json
    from automl.config import SearchConfig, parse_list
    from automl.events import Events

    warnings: list[str] = []

    class Listener(Events):
        """Keeps what should be known."""

        def warning(self, message: str) -> None:
            warnings.append(message)

    chosen = tasks.get(task, multi_label=multi_label)
    config = SearchConfig(
        task=task,
        data=data,
        validation=validation,
        folds=folds,
        space=space,
        seed=0,
        on_bad_file=on_bad_file.value,
        columns=columns_of(
            target,
            weight,
            ignore,
            encoding,
            drop_missing_labels,
            group,
            path=path,
            text=text,
            multi_label=multi_label,
            time=time,
            series=series,
            past=parse_list(past),
            known=parse_list(known),
            horizon=horizon,
            lookback=lookback,
            **several_of(inputs, outputs, loss_weights, share),
        ),
        cache_dir=cache_dir,
    )
    with TemporaryDirectory(prefix="automl-check-") as folder:
        summary = chosen.summary(chosen.prepare(config, Path(folder) / "prepared", Listener()))
    if as_json:
        show_json({**summary, "warnings": warnings})
        return
    for line in _lines(summary, warnings):
        typer.echo(line)


def _lines(summary: Mapping[str, Any], warnings: list[str]) -> list[str]:
    from automl.progress.words import facts, score

    lines = [f"data      {facts(summary)}"]
    if folds := summary.get("folds"):
        lines += [f"folds     {folds['count']}: {folds['by']}"]
    lines += [f"guessing  {name} {score(value)}" for name, value in summary.get("baseline", {}).items()]
    lines += _folds(folds) if folds else []
    lines += _found(summary)
    for what in ("input", "output"):
        for name, found in summary.get(f"{what}s", {}).items():
            said = ", ".join(part for part in (found["kind"], facts(found), *found.get("targets", ())) if part)
            lines += ["", f"{what} {name}: {said}", *_found(found)]
    lines += ["", *(f"warning: {warning}" for warning in warnings)] if warnings else []
    return lines


def _folds(folds: Mapping[str, Any]) -> list[str]:
    """How many rows train and validate in each fold."""
    from automl.cli.output import table

    pairs = zip(folds["training_rows"], folds["validation_rows"], strict=True)
    rows = [[str(fold), f"{train:,}", f"{validation:,}"] for fold, (train, validation) in enumerate(pairs, start=1)]
    return ["", *table(["fold", "rows to train", "rows to validate"], rows, right=[0, 1, 2])]


def _found(summary: Mapping[str, Any]) -> list[str]:
    """What was found of the data, or of one input or output of several."""
    from automl.cli.output import table

    lines: list[str] = []
    if counts := summary.get("class_counts"):
        shown = [[name, f"{count:,}"] for name, count in list(counts.items())[:20]]
        lines += ["", *table(["class", "rows"], shown, right=[1])]
    if columns := summary.get("columns"):
        rows = [[name, found["kind"], found["reason"]] for name, found in columns.items()]
        lines += ["", *table(["column", "taken for", "because"], rows)]
        kinds = {found["kind"] for found in columns.values()}
        lines += ["", *(f"{kind}: {_DONE[kind]}" for kind in sorted(kinds))]
    if notes := summary.get("notes"):
        lines += ["", *notes]
    if left_out := summary.get("left_out"):
        lines += ["", *table(["left out", "because"], [[name, reason] for name, reason in left_out.items()])]
    return lines
