"""``automl check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from automl.cli.layers import options_of
from automl.cli.options import (
    BadFileOpt,
    ClassWeightOpt,
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
    LossOpt,
    LossWeightOpt,
    MetricsOpt,
    MultiLabelOpt,
    OnBadFile,
    OutputOpt,
    PastOpt,
    PathOpt,
    SeriesOpt,
    ShareOpt,
    TargetOpt,
    TaskOpt,
    TextOpt,
    TimeOpt,
    WeightOpt,
    columns_of,
    several_of,
)
from automl.config import SearchConfig


def asked(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="What would be given to `automl search`.")],
    task: TaskOpt,
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
    class_weight: ClassWeightOpt = None,
    loss: LossOpt = None,
    metrics: MetricsOpt = "",
) -> SearchConfig:
    """The search whose data is to be looked at."""
    from automl.config import parse_class_weights, parse_list

    return SearchConfig(
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
        class_weight=None if class_weight is None else parse_class_weights(class_weight),
        loss=loss,
        metrics=parse_list(metrics),
        cache_dir=cache_dir,
    )


@options_of(asked)
def check(config: SearchConfig, as_json: JsonOpt = False) -> None:
    """Say what is found in DATA, what it is taken for and why, without training."""
    from automl.cli.checking import findings, told
    from automl.cli.output import show_json

    summary, warnings = findings(config)
    if as_json:
        show_json({**summary, "warnings": warnings})
        return
    for line in told(summary, warnings):
        typer.echo(line)
