"""Tables made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from automl.config import Columns
from automl.data import Dataset
from automl.data.tables.beside import Given
from automl.data.tables.read import read_table

Read = Callable[..., Dataset]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read(source, answer="classes", target="y", given=None, like=None, ...)``; text becomes a file."""

    def reading(
        source: Any, *, answer: Any = "classes", given: Any = None, like: Any = None, **columns: Any
    ) -> Dataset:
        if isinstance(source, str):
            path = tmp_path / columns.pop("name", "table.csv")
            content = source.encode(columns.pop("written", "utf-8"))
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
            source = path
        target = columns.pop("target", "y")
        return read_table(
            source,
            answer=answer,
            output="answer",
            columns=Columns(target=tuple(filter(None, target.split(","))) if given is None else (), **columns),
            given=_given(given),
            like=like,
            cache_dir=tmp_path / "cache",
        )

    return reading


def _given(given: Any) -> Given | None:
    if given is None or isinstance(given, Given):
        return given
    return Given(*given) if isinstance(given, tuple) else Given(given)
