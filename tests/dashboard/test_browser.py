"""The dashboard in a real browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from automl.study import RunFolder, StudyReader

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[test]'")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]
LOADED = "[...document.images].filter(i => i.src.includes('/artifacts/') && i.complete && i.naturalWidth).length"


@pytest.fixture
def address(server) -> str:
    return f"http://127.0.0.1:{server.server_port}/dashboard/"


def test_the_list_the_study_and_a_trial(address, run, tmp_path):
    pictures = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    with StudyReader.open(run) as reader:
        best, failed = reader.best(), reader.failures()[0]
    with playwright.sync_playwright() as engines:
        browser = engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])  # as root, in a container
        page = browser.new_page(viewport={"width": 1400, "height": 1600})
        said, asked = [], []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.get_by_text(RunFolder.open(run).study).first.wait_for()
        page.screenshot(path=pictures / "list.png")
        page.goto(f"{address}studies/0/trials?numbers={best.number}")
        page.get_by_text("Architecture", exact=True).first.wait_for()
        page.wait_for_function(f"{LOADED} >= 2")
        page.screenshot(path=pictures / "trial.png")
        page.goto(f"{address}studies/0/trials?numbers={failed.number}")
        page.get_by_text("Why it ended so").first.wait_for()
        page.screenshot(path=pictures / "failed.png")
        page.goto(f"{address}studies/0/note")
        page.get_by_text("Leaderboard").first.wait_for()
        page.wait_for_function(f"{LOADED} >= 2")
        page.screenshot(path=pictures / "study.png")
        browser.close()
    assert said == []
    assert [url for url in asked if not url.startswith((address.removesuffix("/dashboard/"), "data:", "blob:"))] == []
