"""Pictures and folders made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Folder = Callable[..., Path]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def make_folder(tmp_path: Path) -> Folder:
    """Write class folders of small random pictures: ``make_folder({"cat": 3, "dog": 2})``."""

    def make(
        classes: Mapping[str, int],
        *,
        below: str = "",
        size: tuple[int, int] = (6, 5),
        name: str = "pictures",
    ) -> Path:
        rng = np.random.default_rng(len(classes))
        for label, count in classes.items():
            folder = tmp_path / name / below / label
            folder.mkdir(parents=True, exist_ok=True)
            for index in range(count):
                pixels = rng.integers(0, 256, size, dtype=np.uint8)
                Image.fromarray(pixels).save(folder / f"{index:03}.png")
        return tmp_path / name

    return make
