"""One session of a search, with everything decided: search, train the best on all rows, write the bundle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.config import SearchConfig
from automl.errors import ExportError, SearchError
from automl.events import Events, SearchStart
from automl.execution import Crew, Executor
from automl.export import ARCHITECTURE_FILE, Manifest, Member, Output, load_bundle, write_bundle
from automl.jobs import Objective, best_fold
from automl.run.command import Before, Command
from automl.run.hints import resume_command
from automl.run.result import SearchResult
from automl.search.clock import Clock
from automl.search.engine import Engine
from automl.search.ensemble import Chosen, choose_members, usual_size
from automl.search.final import FinalModel, Part, train_final
from automl.search.interrupt import Interrupt
from automl.search.plan import Plan
from automl.search.proposer import Proposer
from automl.search.recording import trial_end
from automl.search.rules import Rules
from automl.search.tally import Tally
from automl.space import Space
from automl.study import RunDraft, RunFolder, Study, TrialRecord

if TYPE_CHECKING:
    from automl.data import PreparedData
    from automl.tasks import Task

# A budget overrun by more than this share was too short to begin with, and the person should know.
OVERRUN = 0.1
# Trials of earlier sessions that whoever watches is told of.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Session:
    """One search with everything decided.

    Attributes:
        config: What is wanted, what earlier sessions decided included.
        task: Its task.
        space: Where networks come from.
        prepared: The data.
        folder: Of the run.
        objective: What is improved.
        crew: Who trains.
        used: Running time of earlier sessions, in seconds.
    """

    config: SearchConfig
    task: Task
    space: Space
    prepared: PreparedData
    folder: RunFolder
    objective: Objective
    crew: Crew
    used: float = 0.0

    @property
    def command(self) -> Command:
        """The configuration as it is kept."""
        return Command.of(self.config)

    @property
    def clock(self) -> Clock:
        """The run's time: what earlier sessions used counts."""
        return Clock(self.config.started - self.used, self.config.time_budget)

    def create_study(self, *, adopting: Before | None = None) -> Study:
        """A new study for this run; ``adopting`` is the one whose trials it is about to take over."""
        draft = RunDraft(
            task=self.task.name,
            objective=self.objective.metric,
            direction=self.objective.direction,
            seed=self.config.seed,
            space_name=self.space.name,
            space_text=self.space.source,
            command=self.command.model_copy(update={"adopting": adopting}).to_json(),
            data_digest=self.prepared.digest,
            data_summary=self.task.summary(self.prepared),
            budget_seconds=self.config.time_budget,
            seconds_used=self.clock.elapsed(),
        )
        return Study.create(self.folder.storage_url, self.folder.study, run=draft)

    def open_study(self, *, take_over: bool = False) -> Study:
        """The run's study, put right after whatever ended the session before.

        Args:
            take_over: Whether to continue although its owner, on another machine, may still be alive.
        """
        elapsed = self.clock.elapsed() - self.used
        study = Study.open(
            self.folder.storage_url,
            self.folder.study,
            take_over=take_over,
            elapsed=elapsed,
        )
        study.amend(budget_seconds=self.config.time_budget, command=self.command.to_json())
        return study

    def search(self, study: Study, executor: Executor, events: Events, interrupt: Interrupt) -> SearchResult:
        """Search, train the winner on all rows, write the bundle.

        Raises:
            SearchError: No trial succeeded.
            KeyboardInterrupt: A signal came before there was anything to deliver; its number is the argument.
        """
        clock = self.clock
        events.search_started(self._start(clock, study.trials()))
        rules = self._rules(clock)
        proposer = Proposer(
            self.space,
            task=self.task,
            prepared=self.prepared,
            study=study,
            seed=self.config.seed,
            max_epochs=self.config.max_epochs,
            limits=self.config.limits,
        )
        engine = Engine(rules, proposer=proposer, study=study, executor=executor, events=events, interrupt=interrupt)
        try:
            winner = engine.search()
            chosen = choose_members(winner, study, rules, executor=executor, events=events, interrupt=interrupt)
            delivered, before = self._delivered(chosen)
            final = train_final(
                chosen, rules, executor=executor, events=events, interrupt=interrupt, delivered=delivered
            )
        except SearchError:
            study.finish_run()  # it is over, and came to nothing
            raise
        manifest = before if before is not None and final is delivered else self._write_bundle(final, study)
        result = self._result(final, manifest, engine.trained, clock, interrupt)
        study.finish_run(result.record() | {"early": engine.early})
        if not self.used and clock.remaining() < -OVERRUN * clock.elapsed():
            events.warning(
                f"this took {clock.elapsed():.0f} s of a budget of {self.config.time_budget:.0f} s: starting up and a "
                "first epoch need longer here; such a short training says little about the data"
            )
        return result

    def _rules(self, clock: Clock) -> Rules:
        trained = sum(len(part.split.train) for part in self.prepared.folds or (self.prepared,))
        growth = len(self.prepared.rows("all")) / trained
        ensemble = self.config.ensemble or usual_size(self.crew.workers, self.config.limits)
        rounds = 0 if self.config.refit is False else math.ceil(ensemble / max(1, self.crew.workers))
        return Rules(
            task=self.task.name,
            data=self.folder.prepared,
            objective=self.objective,
            max_trials=self.config.max_trials,
            plan=Plan(self.config.time_budget, growth, rounds),
            clock=clock,
            checkpoints=self.folder.checkpoints,
            limits=self.config.limits,
            run_dir=self.folder.path,
            ensemble=ensemble,
            refit=self.config.refit,
            early_discard=self.config.early_discard,
        )

    def _start(self, clock: Clock, before: list[TrialRecord]) -> SearchStart:
        return SearchStart(
            run_dir=str(self.folder.path),
            task=self.task.name,
            space=self.space.name,
            objective=self.objective.metric,
            maximize=self.objective.direction == "maximize",
            time_budget=self.config.time_budget,
            elapsed=clock.elapsed(),
            max_trials=self.config.max_trials,
            workers=max(1, self.crew.workers),
            trained=Tally.of(before).trained,
            best=tuple(map(trial_end, self._best(before))),
            used=self.used,
        )

    def _best(self, records: list[TrialRecord]) -> list[TrialRecord]:
        """The best few complete trials of earlier sessions, the best first."""
        sign = -1.0 if self.objective.direction == "maximize" else 1.0
        complete = [(sign * r.value, r.number, r) for r in records if r.state == "complete" and r.value is not None]
        return [record for _, _, record in sorted(complete)[:SHOWN]]

    def _delivered(self, chosen: Chosen) -> tuple[FinalModel, Manifest] | tuple[None, None]:
        """What an earlier session delivered, where it is the same networks, trained on all rows, and whole."""
        try:
            bundle = load_bundle(self.folder.model)
        except ExportError:
            return None, None
        kept = bundle.manifest
        wanted = [(member.trial.number, member.weight, member.seed) for member in chosen.members]
        found = [(member.trial, member.weight, member.seed) for member in kept.members]
        if not kept.refit or (kept.study, kept.trial) != (self.folder.study, wanted[0][0]):
            return None, None
        if found != wanted and (found or len(wanted) > 1):
            return None, None
        parts = tuple(Part(member, bundle.model_file, True, kept.epochs) for member in chosen.members)
        return FinalModel(bundle.model_file, True, kept.epochs, chosen.metrics, parts, chosen.value), kept

    def _write_bundle(self, final: FinalModel, study: Study) -> Manifest:
        winner, several = final.parts[0].member.trial, final.parts if len(final.parts) > 1 else ()
        files = [ARCHITECTURE_FILE, *(f"architecture-{place}.json" for place in range(2, len(several) + 1))]
        manifest = Manifest(
            task=self.task.name,
            name=self.space.name,
            inputs={name: contract.to_json() for name, contract in self.prepared.contracts.items()},
            outputs={name: Output.to_predict(target) for name, target in self.prepared.targets.items()},
            columns={port.name: port.columns for port in self.config.columns.inputs if port.columns},
            validation=dict(final.metrics),
            baseline=self.task.baseline(self.prepared),
            folds=len(self.prepared.folds) or None,
            fold=None if final.refit else best_fold(final.metrics, self.objective),
            refit=final.refit,
            epochs=final.epochs,
            training=winner.training,
            members=tuple(_member(part, file) for part, file in zip(several, files, strict=False)),
            parameters=final.parameters or winner.parameters,
            fingerprint=winner.architecture.fingerprint,
            metrics=self.task.own_metrics(self.prepared),
            layers=tuple({name: None for part in final.parts for name in part.member.trial.architecture.origins}),
            trial=winner.number,
            study=self.folder.study,
        )
        written = write_bundle(
            self.folder.model,
            model_file=final.model_file,
            manifest=manifest,
            space_text=self.space.source,
            architecture=winner.architecture.to_json(),
            more={
                file: part.member.trial.architecture.to_json()
                for part, file in zip(several[1:], files[1:], strict=True)
            },
        )
        for file in self.folder.checkpoints.glob("final*.keras"):
            file.unlink()  # the bundle holds the only copy anyone needs
        study.add_artifact("model", self.folder.model / "model.keras", root=self.folder.path)
        return written

    def _result(
        self, final: FinalModel, manifest: Manifest, trials: int, clock: Clock, interrupt: Interrupt
    ) -> SearchResult:
        winner = final.parts[0].member.trial
        return SearchResult(
            run_dir=self.folder.path,
            model_dir=self.folder.model,
            study_name=self.folder.study,
            task=self.task.name,
            objective=self.objective.metric,
            value=final.value,
            metrics=dict(final.metrics),
            networks=len(final.parts),
            best_value=winner.value if len(final.parts) > 1 else None,
            refit=final.refit,
            epochs=final.epochs,
            trials=trials,
            best_trial=winner.number,
            description=winner.description,
            parameters=manifest.parameters,
            classes=next(iter(manifest.outputs.values())).classes,
            seconds=clock.elapsed(),
            interrupted=interrupt.requested,
            signal=interrupt.signal,
            resume=resume_command(self.folder),
            baseline=manifest.baseline,
            folds=manifest.folds,
            fold=manifest.fold,
        )


def _member(part: Part, file: str) -> Member:
    trial = part.member.trial
    return Member(
        trial=trial.number,
        weight=part.member.weight,
        seed=part.member.seed,
        refit=part.refit,
        epochs=part.epochs,
        validation=dict(trial.metrics),
        training=trial.training,
        fingerprint=trial.architecture.fingerprint,
        architecture=file,
    )
