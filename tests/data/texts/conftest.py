"""Texts made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from automl.config import Columns
from automl.data import Dataset
from automl.data.tables.beside import Given
from automl.data.texts.read import read_texts

Read = Callable[..., Dataset]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read(source, answer="classes", target="y", given=None, like=None, ...)``; text becomes a file."""

    def reading(
        source: Any,
        *,
        answer: Any = "classes",
        given: Any = None,
        like: Any = None,
        part: Any = "train",
        **columns: Any,
    ) -> Dataset:
        if isinstance(source, str | bytes):
            path = tmp_path / columns.pop("name", "table.csv")
            content = source if isinstance(source, bytes) else source.encode(columns.pop("written", "utf-8"))
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
            source = path
        target = columns.pop("target", "y")
        bad = columns.pop("on_bad_file", "error")
        apart = given is not None or (isinstance(source, Path) and source.is_dir())
        return read_texts(
            source,
            answer=answer,
            output="answer",
            columns=Columns(target=() if apart else tuple(filter(None, target.split(","))), **columns),
            given=given if given is None or isinstance(given, Given) else Given(given),
            part=part,
            like=like,
            cache_dir=tmp_path / "cache",
            on_bad_file=bad,
        )

    return reading
