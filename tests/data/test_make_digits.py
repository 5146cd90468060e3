"""The example that writes the digits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from automl.data import read_images

SCRIPT = Path(__file__).parents[2] / "examples" / "make_digits.py"


def make(folder: Path) -> str:
    done = subprocess.run([sys.executable, SCRIPT, folder], check=True, capture_output=True, text=True, timeout=120)
    return done.stdout


def test_the_digits_are_written_once_and_always_the_same(tmp_path: Path, cache: Path) -> None:
    out = make(tmp_path / "digits")
    assert out == f"{tmp_path / 'digits'}: 1437 digits to train on, 360 to test with\n"
    training = read_images(tmp_path / "digits", cache_dir=cache)
    test = read_images(tmp_path / "digits", part="test", like=training, cache_dir=cache)
    assert (training.rows, test.rows, training.contract.shape) == (1437, 360, (8, 8, 1))
    assert np.bincount(test.y).tolist() == [36, 36, 35, 37, 36, 37, 36, 36, 35, 36]
    assert (training.x.min(), training.x.max()) == (0, 255)
    assert make(tmp_path / "digits") == out
    assert read_images(tmp_path / "digits", cache_dir=cache).reused
