"""The wheel carries what an installed command needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_the_wheel_carries_every_shipped_space(wheel: zipfile.ZipFile) -> None:
    shipped = {f"automl/search_spaces/{file.name}" for file in (ROOT / "search_spaces").glob("*.yaml")}
    assert shipped
    assert shipped <= set(wheel.namelist())


def test_the_wheel_carries_types_licence_and_command(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "automl/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    entry_points = next(name for name in names if name.endswith("entry_points.txt"))
    assert "automl = automl.cli:main" in wheel.read(entry_points).decode()


def test_the_wheel_carries_the_template_of_reports(wheel: zipfile.ZipFile) -> None:
    assert {f"automl/report/templates/report.{ending}" for ending in ("css", "html.j2")} <= set(wheel.namelist())


def test_the_wheel_carries_nothing_but_the_package(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"automl"}
