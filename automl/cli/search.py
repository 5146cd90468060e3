"""``automl search`` and ``automl resume``."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from automl.cli.layers import fill, options_of, origins
from automl.cli.options import (
    AdoptOpt,
    BadFileOpt,
    ClassWeightOpt,
    DiskLimitOpt,
    DropOpt,
    EarlyDiscardOpt,
    EncodingOpt,
    EnsembleOpt,
    EventsOpt,
    FoldsOpt,
    GpusOpt,
    GroupOpt,
    HorizonOpt,
    IgnoreOpt,
    ImportOpt,
    InputOpt,
    JsonOpt,
    KnownOpt,
    LookbackOpt,
    LossOpt,
    LossWeightOpt,
    MaxFlopsOpt,
    MaxParamsOpt,
    MemoryLimitOpt,
    MetricsOpt,
    MultiLabelOpt,
    OnBadFile,
    OutputOpt,
    PastOpt,
    PathOpt,
    PresetOpt,
    QuietOpt,
    RefitOpt,
    ReportOpt,
    RunArg,
    SeriesOpt,
    ShareOpt,
    StorageOpt,
    TargetOpt,
    TaskOpt,
    TensorBoardOpt,
    TextOpt,
    TimeOpt,
    TrialTimeoutOpt,
    WeightOpt,
    WorkerMemoryOpt,
    WorkersOpt,
    columns_of,
    several_of,
)
from automl.cli.saving import save_config
from automl.config import SearchConfig
from automl.config.file import FILE_NAME
from automl.config.presets import DEFAULT_BUDGET, get_preset
from automl.errors import ConfigError


def asked(
    ctx: typer.Context,
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="A folder with one sub-folder a class, an .npz file, or a table.")
    ],
    task: TaskOpt,
    space: Annotated[
        str | None, typer.Option("--space", help="A shipped space or a YAML file; else the task's.")
    ] = None,
    trials: Annotated[
        str | None, typer.Option("--trials", metavar="N", help="Stop after N trained networks; +N: N more.")
    ] = None,
    time_budget: Annotated[
        str | None,
        typer.Option("--time-budget", metavar="TIME", help=f"Time for everything: 90s, 10m, 1h30m. [{DEFAULT_BUDGET}]"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="The run's folder; a run in it is continued.")
    ] = None,
    study: Annotated[str | None, typer.Option("--study", metavar="NAME", help="Name of the study.")] = None,
    storage: StorageOpt = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Makes the search repeatable.")] = None,
    objective: Annotated[str | None, typer.Option("--objective", metavar="METRIC", help="What to improve.")] = None,
    max_epochs: Annotated[int | None, typer.Option("--max-epochs", metavar="N", help="Longest training.")] = None,
    imports: ImportOpt = "",
    workers: WorkersOpt = None,
    gpus: GpusOpt = None,
    trial_timeout: TrialTimeoutOpt = None,
    memory_limit: MemoryLimitOpt = None,
    worker_memory: WorkerMemoryOpt = None,
    disk_limit: DiskLimitOpt = None,
    max_params: MaxParamsOpt = None,
    max_flops: MaxFlopsOpt = None,
    early_discard: EarlyDiscardOpt = True,
    adopt: AdoptOpt = False,
    validation: Annotated[
        Path | None, typer.Option("--val", metavar="DATA", help="Rows to validate on; else some of DATA.")
    ] = None,
    folds: FoldsOpt = None,
    ensemble: EnsembleOpt = None,
    refit: RefitOpt = None,
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
    class_weight: ClassWeightOpt = None,
    loss: LossOpt = None,
    metrics: MetricsOpt = "",
    on_bad_file: BadFileOpt = OnBadFile.error,
    cache_dir: Annotated[
        Path | None, typer.Option("--cache-dir", metavar="DIR", help="Where read data is kept.")
    ] = None,
    preset: PresetOpt = None,
) -> SearchConfig:
    """The search that is wanted, from the options that `search` and `plan` share."""
    from automl.config import (
        Limits,
        SearchConfig,
        draw_seed,
        parse_budget,
        parse_class_weights,
        parse_gpus,
        parse_list,
        parse_trials,
    )
    from automl.study.manifest import holds_run

    said = origins(ctx, asked)
    if trials is None and time_budget is None and not holds_run(out):
        time_budget = get_preset(preset).budget if preset else DEFAULT_BUDGET
        said["time-budget"] = f"preset {preset}" if preset else "default"
    (max_trials, more_trials), (seconds, more_time) = parse_trials(trials), parse_budget(time_budget)
    return SearchConfig(
        task=task,
        data=data,
        validation=validation,
        folds=folds,
        ensemble=ensemble,
        refit=refit,
        space=space,
        max_trials=max_trials,
        more_trials=more_trials,
        time_budget=seconds,
        more_time=more_time,
        max_epochs=max_epochs,
        objective=objective,
        seed=draw_seed() if seed is None else seed,
        seeded=seed is not None,
        out=out,
        storage=_whole(storage, said),
        study=study,
        workers=workers,
        gpus=parse_gpus(gpus),
        limits=Limits.parse(
            trial_timeout=trial_timeout,
            memory_limit=memory_limit,
            worker_memory=worker_memory,
            disk_limit=disk_limit,
            max_params=max_params,
            max_flops=max_flops,
        ),
        early_discard=early_discard,
        adopt=adopt,
        imports=parse_list(imports),
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
        preset=preset,
        origins=said,
        started=_started(ctx),
    )


ConfigOpt = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        is_eager=True,
        callback=fill(asked),
        help=f"Settings in YAML; else {FILE_NAME} in this folder.",
    ),
]


@options_of(asked)
def search(
    config: SearchConfig,
    ctx: typer.Context,
    config_file: ConfigOpt = None,
    saved: Annotated[
        Path | None, typer.Option("--save-config", metavar="FILE", help="Write what was resolved, to repeat it.")
    ] = None,
    events_file: EventsOpt = None,
    tensorboard: TensorBoardOpt = None,
    report: ReportOpt = True,
    quiet: QuietOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Find the best network for DATA, train it and save it."""
    from automl.cli.results import report_of, show_result

    if not quiet:
        _say_what_was_read(config, config_file)
    if saved is not None:
        for note in save_config(saved, ctx, asked, config):
            typer.echo(note, err=True)
    with _says_how_to_go_on(config.out):
        from automl.progress import make_progress
        from automl.run import run_search

        events = make_progress(quiet=quiet, events_file=events_file, tensorboard=tensorboard)
        result = run_search(config, events)
    written = report_of(result, config.storage) if report else None
    show_result(result, as_json=as_json, quiet=quiet, report=written)


def resume(
    ctx: typer.Context,
    run: RunArg,
    trials: Annotated[
        str | None, typer.Option("--trials", metavar="N|+N", help="Networks in all, or N more than there are.")
    ] = None,
    time_budget: Annotated[
        str | None, typer.Option("--time-budget", metavar="TIME|+TIME", help="Time in all, or more than was used.")
    ] = None,
    storage: StorageOpt = None,
    imports: ImportOpt = "",
    workers: WorkersOpt = None,
    ensemble: EnsembleOpt = None,
    refit: RefitOpt = None,
    gpus: GpusOpt = None,
    trial_timeout: TrialTimeoutOpt = None,
    memory_limit: MemoryLimitOpt = None,
    worker_memory: WorkerMemoryOpt = None,
    disk_limit: DiskLimitOpt = None,
    max_params: MaxParamsOpt = None,
    max_flops: MaxFlopsOpt = None,
    adopt: AdoptOpt = False,
    events_file: EventsOpt = None,
    tensorboard: TensorBoardOpt = None,
    report: ReportOpt = True,
    quiet: QuietOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Continue a search after Ctrl-C, a crash or its end. What is not said stays as it was."""
    from automl.cli.results import report_of, show_result
    from automl.config import Limits, parse_budget, parse_gpus, parse_list, parse_trials

    (max_trials, more_trials), (seconds, more_time) = parse_trials(trials), parse_budget(time_budget)
    changes = {
        "max_trials": max_trials,
        "more_trials": more_trials,
        "time_budget": seconds,
        "more_time": more_time,
        "storage": storage,
        "imports": parse_list(imports),
        "workers": workers,
        "ensemble": ensemble,
        "refit": refit,
        "gpus": parse_gpus(gpus),
        "limits": Limits.parse(
            trial_timeout=trial_timeout,
            memory_limit=memory_limit,
            worker_memory=worker_memory,
            disk_limit=disk_limit,
            max_params=max_params,
            max_flops=max_flops,
        ),
        "adopt": adopt,
        "origins": origins(ctx, asked),
        "started": _started(ctx),
    }
    with _says_how_to_go_on(run):
        from automl.progress import make_progress
        from automl.run import resume_run

        events = make_progress(quiet=quiet, events_file=events_file, tensorboard=tensorboard)
        result = resume_run(run, events, **changes)
    written = report_of(result, storage) if report else None
    show_result(result, as_json=as_json, quiet=quiet, report=written)


def _say_what_was_read(config: SearchConfig, file: Path | None) -> None:
    if file is not None:
        typer.echo(f"settings from {file}", err=True)
    if config.origins.get("time-budget") == "default":
        typer.echo(f"no --trials and no --time-budget: searching for {DEFAULT_BUDGET}", err=True)


def _whole(storage: str | None, said: Mapping[str, str]) -> str | None:
    """The database's URL, where nothing has left its password out.

    Raises:
        ConfigError: Its password was hidden when it was saved.
    """
    from automl.study.urls import lost_password

    if storage is not None and lost_password(storage):
        raise ConfigError(
            f"{said.get('storage', 'flag')}: {storage} has no password in it, which is never saved; give the whole URL "
            "with AUTOML_STORAGE or --storage"
        )
    return storage


@contextmanager
def _says_how_to_go_on(folder: Path | None) -> Iterator[None]:
    """Say it also where Ctrl-C comes before the search has looked into the run's folder."""
    try:
        yield
    except KeyboardInterrupt as error:
        from automl.study.manifest import holds_run

        if folder is not None and holds_run(folder) and not getattr(error, "__notes__", ()):
            error.add_note(f"continue with: {shlex.join(['automl', 'resume', str(folder)])}")
        raise


def _started(ctx: typer.Context) -> float:
    """When the person's command began, by ``time.monotonic()``: a time budget counts from there."""
    return ctx.find_root().obj or time.monotonic()
