"""A search whose jobs are played from a script: everything real but the training."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scripted_search import SPACE, MortalStudy, Script, ScriptedExecutor, Search, Watcher

from automl import tasks
from automl.config import Arrays, Limits, SearchConfig
from automl.data import PreparedData
from automl.events import Events
from automl.search.clock import Clock
from automl.search.engine import Engine
from automl.search.interrupt import Interrupt
from automl.search.plan import Plan
from automl.search.proposer import Proposer
from automl.search.rules import Rules
from automl.space import Space
from automl.study import RunDraft, Study


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> PreparedData:
    rng = np.random.default_rng(0)
    arrays = Arrays(rng.integers(0, 255, (60, 8, 8), dtype=np.uint8), np.arange(60) % 3)
    folder = tmp_path_factory.mktemp("prepared")
    config = SearchConfig("image-classify", arrays, max_trials=1, seed=0, cache_dir=folder / "cache")
    return tasks.get("image-classify").prepare(config, folder / "run", Events())


@pytest.fixture
def make_search(tmp_path, prepared):
    """``make_search(script, space=..., max_trials=..., ...)``: the first makes the run, later ones continue it.

    ``run`` names another run. Studies are closed at the end.
    """
    studies: list[Study] = []

    def make(
        script: Script,
        *,
        space: str = SPACE,
        max_trials: int | None = 4,
        budget: float | None = None,
        workers: int = 1,
        limits: Limits | None = None,
        run: str = "run",
        seed: int = 1,
        early_discard: bool = True,
    ) -> Search:
        task = tasks.get("image-classify")
        objective = task.objective()
        folder = tmp_path / run
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder}/study.db"
        if (folder / "study.db").is_file():
            while studies:
                studies.pop().close()
            study = MortalStudy.open(url, "s")
        else:
            draft = RunDraft(task=task.name, objective=objective.metric, direction=objective.direction, seed=seed)
            study = MortalStudy.create(url, "s", run=draft)
        studies.append(study)
        rules = Rules(
            task=task.name,
            data=tmp_path,
            objective=objective,
            max_trials=max_trials,
            plan=Plan(budget),
            clock=Clock(time.monotonic(), budget),
            checkpoints=folder / "checkpoints",
            limits=limits or Limits(),
            run_dir=folder,
            early_discard=early_discard,
        )
        proposer = Proposer(Space.parse(space), task=task, prepared=prepared, study=study, seed=seed, max_epochs=None)
        executor, events, interrupt = ScriptedExecutor(script, workers), Watcher(), Interrupt()
        engine = Engine(rules, proposer=proposer, study=study, executor=executor, events=events, interrupt=interrupt)
        return Search(engine, executor, study, rules, events, interrupt)

    yield make
    for study in studies:
        study.close()
