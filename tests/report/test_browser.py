"""Reports in a real browser, on a phone and on a desk."""

from __future__ import annotations

import os
import shutil

import pytest

from automl.report import write_report

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[test]'")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]

TABLES_THAT_SCROLL = "[...document.querySelectorAll('.scroll')].every(e => getComputedStyle(e).overflowX == 'auto')"
TOO_SMALL = """
[...document.querySelectorAll('figure svg text')]
  .map(e => e.getBoundingClientRect().height).filter(height => height && height < 5).length
"""
UNREADABLE = "[...document.images].filter(image => !image.complete || !image.naturalWidth).length"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as engines:
        browser = engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])  # as root, in a container
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reports(run_of, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    kinds = ("image-classify", "tabular-regress", "series-forecast", "multi")
    return {kind: write_report(run_of(kind), folder / f"{kind}.html", detail="kept") for kind in kinds}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("kind", ["image-classify", "tabular-regress", "series-forecast", "multi"])
def test_a_report_is_whole_and_fits(browser, reports, kind, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(reports[kind].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(TABLES_THAT_SCROLL)
    assert page.evaluate(UNREADABLE) == 0
    assert page.evaluate(TOO_SMALL) == 0
    assert [url for url in asked if not url.startswith("data:")] == [reports[kind].as_uri()]
    assert said == []
    page.close()


def test_a_report_is_read_without_scripts_and_printed(browser, reports, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["image-classify"].as_uri())
    assert "Worst mistakes" in page.inner_text("main")
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    assert page.pdf(path=tmp_path / "report.pdf")
    context.close()
