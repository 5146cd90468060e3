"""The examples of several inputs and outputs: what they draw, and that they are learned."""

from __future__ import annotations

import csv
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICK = ("--time-budget", "none", "--max-trials", "1", "--workers", "0")


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "pictures"), [("satellite", ["file"]), ("houses", ["photo_front", "photo_bath"])])
def test_it_draws_the_same_pictures_again(name: str, pictures: list[str], tmp_path: Path) -> None:
    module = example(name)
    tables = [module.make(tmp_path / part, 12, "train", seed=1) for part in ("one", "two")]
    assert tables[0].read_bytes() == tables[1].read_bytes()
    rows = list(csv.DictReader(tables[0].read_text("utf-8").splitlines()))
    assert len(rows) == 12
    for row in rows:
        for column in pictures:
            one, two = (np.asarray(Image.open(table.parent / row[column])) for table in tables)
            assert one.shape == (module.SIDE, module.SIDE, 3)
            assert np.array_equal(one, two)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_weather_and_ground_are_learned_from_satellite_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("satellite").main([str(tmp_path), "--rows", "600", "--max-epochs", "20", *QUICK])
    said = capsys.readouterr().out
    (weather,), (ground,) = (re.findall(rf"^{what}: (\S+)$", said, re.M) for what in ("weather accuracy", "ground f1"))
    assert float(weather) > 0.9
    assert float(ground) > 0.35  # giving every label to every picture scores 0.27


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_prices_of_houses_are_learned_from_photos_and_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example("houses").main([str(tmp_path), "--rows", "240", "--max-epochs", "10", *QUICK])
    (found,) = re.findall(r"^price r2: (\S+)$", capsys.readouterr().out, re.M)
    assert float(found) > 0.85  # the numbers alone leave a quarter of the variance
