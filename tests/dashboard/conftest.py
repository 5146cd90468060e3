"""One run with trials of every end, made without training."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

import pytest
from made_runs import made_run

from automl.dashboard import Copy, copied, listening, put_on
from automl.study import RunFolder, Study, StudyReader, TrialDraft

pytest.importorskip("optuna_dashboard", reason="needs optuna-dashboard: pip install -e '.[dashboard]'")


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Path:
    """The folder of a run, to be read only."""
    folder = RunFolder.open(made_run("image-classify", tmp_path_factory.mktemp("dashboard")))
    with Study.open(folder.storage_url, folder.study) as study:

        def begin(parent: int) -> int:
            trial = study.ask()
            trial.suggest_categorical("conv/filters", (8, 16, 24, 32))
            draft = TrialDraft(
                params={"conv/filters": 8},
                architecture=study.detail(0).architecture,
                description="conv8",
                proposed_by="tpe",
                parent=parent,
            )
            study.begin(trial.number, draft)
            return trial.number

        study.fail(begin(0), kind="oom_ram", message="4.1 GB resident, 4 GB allowed", advice="Smaller batches.")
        study.infeasible(
            begin(1), reason="params is 9,000, the limit is 6,000", violations={"params": 0.5}, kind="too_large"
        )
        study.duplicate(begin(0), study.trials()[0])
    return folder.path


@pytest.fixture(scope="session")
def digests(run) -> dict[Path, str]:
    """SHA-256 of every file of the run before it was copied."""
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in run.rglob("*") if file.is_file()}


@pytest.fixture(scope="session")
def copy(run, digests, tmp_path_factory) -> Copy:
    """The copy of the run's study."""
    with StudyReader.open(run) as reader:
        return copied(reader, RunFolder.open(run).storage_url, tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="session")
def server(copy) -> Iterator[WSGIServer]:
    """A server that shows the copy."""
    with listening("127.0.0.1", 0) as server:
        put_on(server, copy, "127.0.0.1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
