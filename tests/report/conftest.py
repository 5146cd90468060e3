"""Runs of every kind of data and answer, made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_runs import made_run


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """``run_of("image-classify")``: the folder of a run, to be read only."""
    made: dict[str, Path] = {}

    def find(kind: str) -> Path:
        if kind not in made:
            made[kind] = made_run(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return find
