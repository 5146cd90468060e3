"""A run that goes on: after Ctrl-C, a crash or its own end, with the same space or with a changed one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from automl import tasks
from automl.config import SearchConfig
from automl.errors import ConfigError, StudyError
from automl.events import Events
from automl.imports import import_modules
from automl.run.adopt import adopt
from automl.run.changes import kept_space, refuse, refuse_changes, refuse_other_storage, settled_space
from automl.run.command import Before, Command
from automl.run.data import moved, read_again, reopen_data
from automl.run.hints import near
from automl.run.limits import Progress, continued_limits, nothing_to_do
from automl.run.new import begin_again
from automl.run.result import SearchResult, recorded_result
from automl.run.session import Session
from automl.run.setup import carry_out, resumable, set_up
from automl.search.tally import Tally
from automl.study import RunFolder, Study, StudyReader, study_names
from automl.study.manifest import DATABASE
from automl.study.owner import Owner


def resumed_config(run: Path, *, storage: str | None = None, **asked: Any) -> SearchConfig:
    """The configuration of a run by its folder alone, with what is asked for beside.

    Raises:
        StudyError: It is no run, or one of an older version that was ended before its study was made.
    """
    kept = kept_command(RunFolder.open(run, storage=storage))
    if kept is None:
        raise StudyError(
            f"{run} was ended before its first trial and does not say what was asked; search once more with --out {run}"
        )
    return SearchConfig(task=kept.task, data=Path(kept.data), out=run, storage=storage, **asked)


def kept_command(folder: RunFolder) -> Command | None:
    """What the run was asked last; None where an older version was ended before its study was made.

    Raises:
        StudyError: It cannot be read.
    """
    if _has_study(folder):
        with StudyReader.open(folder.path, storage=folder.storage) as reader:
            return Command.read(reader.run().command, where=folder.shown_url)
    return Command.read(folder.command, where=folder.path / "run.json") if folder.command else None


def continue_run(asked: SearchConfig, events: Events) -> SearchResult:
    """Continue the run in ``asked.out``; what is not asked for is as it was. One that is over gives its result again.

    Raises:
        ConfigError: Something else is asked for than the run began with.
        StudyError: It is no run, or another search holds it.
    """
    assert asked.out is not None, "only a folder can be continued"
    refuse_other_storage(asked.storage, RunFolder.open(asked.out))
    folder = RunFolder.open(asked.out, storage=asked.storage)
    with folder.hold():
        folder.sweep()
        refuse(folder, [("--task", folder.task, asked.task)])
        kept = kept_command(folder)
        if kept is None or kept.adopting is None:
            _refuse_lost_study(folder)
        if kept is None:
            return begin_again(asked, folder, events)
        import_modules(kept.imports)
        if kept.adopting is None and not _has_study(folder):
            never_begun = replace(_merged(asked, kept), objective=asked.objective or kept.objective)
            return begin_again(never_begun, folder, events)
        return _go_on(asked, kept, folder, events)


def _has_study(folder: RunFolder) -> bool:
    return folder.study in study_names(folder.storage_url)


def _refuse_lost_study(folder: RunFolder) -> None:
    """Refuse to begin anew what has come to something: that would replace it.

    Raises:
        StudyError: The run has models, and its study is gone.
    """
    if not _has_study(folder) and (any(folder.model.glob("*")) or any(folder.checkpoints.glob("trial-*.keras"))):
        raise StudyError(
            f"the study of {near(folder.path)} is gone from {folder.shown_url}, but its models are there; restore the "
            "database from a copy, or choose another folder with --out"
        )


def _go_on(asked: SearchConfig, kept: Command, folder: RunFolder, events: Events) -> SearchResult:
    before = kept.adopting  # of an adoption that was cut short, which is begun once more
    with StudyReader.open(folder.path, study=before.study if before else None, storage=folder.storage) as reader:
        run, trials, searcher = reader.run(), reader.trials(), reader.searcher()
    refuse_changes(asked, folder, run, kept)
    task = tasks.get(run.task, multi_label=kept.columns.multi_label)
    space, changed = settled_space(asked, run, kept, task)
    result = recorded_result(folder, run, trials)
    progress = Progress(Tally.of(trials).trained, run.seconds_used, finished=result is not None)
    config = replace(_merged(asked, kept, progress), seed=run.seed, objective=run.objective)
    if result is not None and not changed and nothing_to_do(config, kept, progress):
        if moved(config, kept):
            read_again(task, config, folder, events, kept=kept, digest=run.data_digest)
        return result
    if changed:
        _require_time(config, progress, folder)
        before = before or Before(study=folder.study, models=str(folder.checkpoints.relative_to(folder.path)))
        study = partial(adopt, before=before, events=events)
    else:
        study = partial(_open, searcher=searcher, events=events)
    setup = replace(set_up(config, task, space, events), used=run.seconds_used)
    with resumable(folder):
        return carry_out(
            setup,
            folder,
            events,
            data=partial(reopen_data, task, config, folder, events, kept=kept, digest=run.data_digest),
            study=study,
            deliverable=not changed and any(trial.state in ("complete", "paused") for trial in trials),
        )


def _open(session: Session, *, searcher: Owner | None, events: Events) -> tuple[Session, Study]:
    """The run's study as it is.

    A process on another machine may be alive for all this one can tell. Where the database is in the folder, which
    nobody else holds, it is not: the folder was copied, or it was searched in a container that is gone.
    """
    elsewhere = searcher is not None and searcher.host != Owner.current().host
    inside = session.folder.database == session.folder.path / DATABASE
    if elsewhere and inside:
        events.warning(f"{searcher} searched this run before and has not said that it is over; taking it over")
    return session, session.open_study(take_over=elsewhere and inside)


def _merged(asked: SearchConfig, kept: Command, progress: Progress | None = None) -> SearchConfig:
    """What is asked for, and what the run was asked before where nothing is said now."""
    trials, seconds = continued_limits(asked, kept, progress or Progress(0, 0.0, finished=False))
    workers = kept.workers if asked.workers is None else asked.workers
    before = kept_space(kept) if kept.space_text else kept.space
    return replace(
        asked,
        space=before if asked.space is None else asked.space,
        max_trials=trials,
        time_budget=seconds,
        more_trials=0,
        more_time=0.0,
        max_epochs=asked.max_epochs or kept.max_epochs,
        ensemble=asked.ensemble or kept.ensemble,
        refit=kept.refit if asked.refit is None else asked.refit,
        seed=asked.seed if asked.seeded else kept.seed,
        seeded=asked.seeded or kept.seeded,
        study=kept.study,
        workers=workers,
        gpus=(kept.gpus if workers != 0 else None) if asked.gpus is None else asked.gpus,
        limits=kept.limits.overridden_by(asked.limits),
        early_discard=asked.early_discard and kept.early_discard,
        imports=tuple(dict.fromkeys((*kept.imports, *asked.imports))),
        on_bad_file=kept.on_bad_file,
        columns=kept.columns,
        folds=kept.folds,
        preset=asked.preset or kept.preset,
        origins={**kept.origins, **asked.origins},
        class_weight=kept.class_weight,
        loss=kept.loss,
        metrics=kept.metrics,
        cache_dir=asked.cache_dir or (None if kept.cache_dir is None else Path(kept.cache_dir)),
    )


def _require_time(config: SearchConfig, progress: Progress, folder: RunFolder) -> None:
    """Refuse a new study that would be over before it began."""
    if config.time_budget is not None and progress.seconds >= config.time_budget:
        raise ConfigError(
            f"the time budget of {near(folder.path)} ({config.time_budget:g} s) is used up; say how long the new space "
            "may be searched, for example with --time-budget +10m"
        )
