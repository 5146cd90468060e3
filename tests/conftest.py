"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: laws are about answers, not about speed.
settings.register_profile("automl", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("automl")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with real data sets, from TEST_DATA_DIR; a test that asks for it skips without one."""
    folder = os.environ.get("TEST_DATA_DIR")
    if not folder or not Path(folder).is_dir():
        pytest.skip("real data: set TEST_DATA_DIR to the folder with the data sets")
    return Path(folder)
