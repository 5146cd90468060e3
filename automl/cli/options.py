"""Arguments and options that several commands share, and the small readers behind them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl.cli import complete
from automl.cli.layers import fill_preset
from automl.config.presets import PresetName

if TYPE_CHECKING:
    from automl.config import Columns
    from automl.export import TrainedModel


class OnBadFile(StrEnum):
    """What to do about a file that is no picture."""

    error = "error"
    skip = "skip"


ModelArg = Annotated[Path, typer.Argument(metavar="RUN|MODEL", help="The folder of a run, or of a model.")]
RunArg = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", autocompletion=complete.runs)]
TaskOpt = Annotated[
    str,
    typer.Option("--task", metavar="TASK", help="What to learn: image-classify, ...", autocompletion=complete.tasks),
]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
EarlyDiscardOpt = Annotated[
    bool, typer.Option("--early-discard/--no-early-discard", help="Pause networks that are behind, most for ever.")
]
BadFileOpt = Annotated[OnBadFile, typer.Option("--on-bad-file", help="A file that is no picture: stop, or skip it.")]


TargetOpt = Annotated[str, typer.Option("--target", metavar="NAME,...", help="Of a table: what to predict.")]
WeightOpt = Annotated[
    str | None, typer.Option("--weight", metavar="NAME", help="Of a table: how much each row counts.")
]
GroupOpt = Annotated[
    str | None, typer.Option("--group", metavar="NAME", help="Of a table: rows of a group train or validate together.")
]
FoldsOpt = Annotated[
    int | None, typer.Option("--folds", metavar="K", help="Validate on each of K parts in turn, and tell the mean.")
]
EnsembleOpt = Annotated[
    int | None, typer.Option("--ensemble", metavar="K", help="Networks that answer together in the model; 1: one.")
]
RefitOpt = Annotated[
    bool | None, typer.Option("--refit/--no-refit", help="Train the model again on all rows, or not.  [time allowing]")
]
PathOpt = Annotated[
    str | None, typer.Option("--path", metavar="NAME", help="Of a table: the paths of pictures; else found.")
]
TextOpt = Annotated[
    str | None, typer.Option("--text", metavar="NAME", help="Of a table: the column of text; else found.")
]
MultiLabelOpt = Annotated[
    bool, typer.Option("--multi-label", help="A row has any number of labels: a|b, or a column of 0 and 1 for each.")
]
IgnoreOpt = Annotated[str, typer.Option("--ignore", metavar="NAME,...", help="Of a table: columns to leave out.")]
EncodingOpt = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Of a text file, such as latin-1; else UTF-8.")
]
DropOpt = Annotated[bool, typer.Option("--drop-missing-labels", help="Leave out rows of a table without an answer.")]
TimeOpt = Annotated[str | None, typer.Option("--time", metavar="NAME", help="Of series: the time stamps; else found.")]
SeriesOpt = Annotated[
    str | None, typer.Option("--series", metavar="NAME", help="Of several series: which one a row is of.")
]
PastOpt = Annotated[str, typer.Option("--past", metavar="NAME,...", help="Of series: also read, known up to now.")]
KnownOpt = Annotated[str, typer.Option("--known", metavar="NAME,...", help="Of series: known of the future, too.")]
HorizonOpt = Annotated[int | None, typer.Option("--horizon", metavar="N", help="Of series: steps to forecast.")]
LookbackOpt = Annotated[int | None, typer.Option("--lookback", metavar="N", help="Of series: steps to look back on.")]
InputOpt = Annotated[
    list[str] | None,
    typer.Option("--input", metavar="NAME=KIND[:COLUMN,...]", help="Of several inputs one, such as photo=image:FILE."),
]
OutputOpt = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="NAME=KIND[:COLUMN,...]", help="Of several outputs one: price=regression:PRICE."),
]
LossWeightOpt = Annotated[
    str, typer.Option("--loss-weight", metavar="OUTPUT=N,...", help="How much the loss of an output counts. [1]")
]
ShareOpt = Annotated[
    list[str] | None,
    typer.Option("--share", metavar="INPUT,...", help="Inputs that go through one and the same tower."),
]
ClassWeightOpt = Annotated[
    str | None,
    typer.Option(
        "--class-weight", metavar="balanced|CLASS=N,...", help="What rows of a class count; of several OUTPUT=balanced."
    ),
]
LossOpt = Annotated[
    str | None,
    typer.Option(
        "--loss", metavar="NAME|M:F", help="What to learn by, yours as module:name; of several OUTPUT=NAME,..."
    ),
]
MetricsOpt = Annotated[
    str,
    typer.Option(
        "--metric", metavar="NAME|M:F,...", help="Further scores, yours as module:name; of several OUTPUT=NAME."
    ),
]
PresetOpt = Annotated[
    PresetName | None,
    typer.Option("--preset", is_eager=True, callback=fill_preset, help="How much time to take, and what for."),
]
ImportOpt = Annotated[str, typer.Option("--import", metavar="M,...", help="Modules that register your own layers.")]
StorageOpt = Annotated[str | None, typer.Option("--storage", metavar="URL", help="Database of the study.")]
EventsOpt = Annotated[
    Path | None, typer.Option("--events", metavar="FILE", help="Append every event as a line of JSON.")
]
TensorBoardOpt = Annotated[
    Path | None, typer.Option("--tensorboard", metavar="DIR", help="Write logs for TensorBoard.")
]
ReportOpt = Annotated[
    bool, typer.Option("--report/--no-report", help="Write report.html into the run at the end, if there is time.")
]
QuietOpt = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
WorkersOpt = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Worker processes; 0 trains in this one.")
]
GpusOpt = Annotated[str | None, typer.Option("--gpus", metavar="N,...", help="GPUs to use: 0,1, or none.")]
TrialTimeoutOpt = Annotated[str | None, typer.Option("--trial-timeout", metavar="TIME", help="Longest trial.")]
MemoryLimitOpt = Annotated[str | None, typer.Option("--memory-limit", metavar="SIZE", help="Most memory of a worker.")]
WorkerMemoryOpt = Annotated[
    str | None, typer.Option("--worker-memory", metavar="SIZE", help="From here on a fresh worker takes over.")
]
DiskLimitOpt = Annotated[str | None, typer.Option("--disk-limit", metavar="SIZE", help="Largest run folder.")]
MaxParamsOpt = Annotated[str | None, typer.Option("--max-params", metavar="N", help="Largest network: 500k, 3M.")]
MaxFlopsOpt = Annotated[str | None, typer.Option("--max-flops", metavar="N", help="Most FLOPs of a network.")]
AdoptOpt = Annotated[
    bool, typer.Option("--adopt", help="The space has changed: a new study, with the old trials still valid.")
]


def import_named(modules: str) -> None:
    """Import what ``--import`` names.

    Raises:
        ConfigError: A module cannot be imported.
    """
    from automl.config import parse_list
    from automl.imports import import_modules

    import_modules(parse_list(modules))


def open_model(path: Path) -> TrainedModel:
    """The trained model of a run or bundle, without TensorFlow's start-up noise.

    Raises:
        ConfigError: ``path`` holds no model that this version can read.
    """
    from automl.errors import ConfigError, ExportError
    from automl.export import load_model

    try:
        return load_model(path)
    except ExportError as error:
        raise ConfigError(str(error)) from error


def columns_of(
    target: str,
    weight: str | None,
    ignore: str,
    encoding: str | None,
    drop: bool,
    group: str | None = None,
    **more: Any,
) -> Columns:
    """What a table's columns are for, from the options above; ``more`` are attributes of ``Columns`` as they are."""
    from automl.config import Columns, parse_list

    return Columns(parse_list(target), weight, parse_list(ignore), encoding, drop, group=group, **more)


def several_of(
    inputs: list[str] | None, outputs: list[str] | None, loss_weights: str, share: list[str] | None
) -> dict[str, Any]:
    """Several inputs and outputs, from the options above, by the attributes of ``Columns``."""
    from automl.config import INPUT_KINDS, OUTPUT_KINDS, parse_list, parse_port, parse_weights, weighted

    named = [parse_port(text, OUTPUT_KINDS) for text in outputs or ()]
    return {
        "inputs": tuple(parse_port(text, INPUT_KINDS) for text in inputs or ()),
        "outputs": weighted(named, parse_weights(loss_weights)),
        "share": tuple(parse_list(group) for group in share or ()),
    }
