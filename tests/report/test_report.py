"""Reports of every kind of data and answer, of studies with little in them, and of data that is gone."""

from __future__ import annotations

import re
import shutil
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_runs import HOSTILE

from automl.errors import StudyError
from automl.report import closing, write_report
from automl.study import RunDraft, RunFolder, Study

WORDS = {
    "image-classify": ["Confusion matrix", "Most frequent mistakes", "By class", "How sure it is", "is bee"],
    "image-regress": ["rmse", "Half of the answers", "answered"],
    "image-labels": ["By label", "labels wrong", "How sure it is"],
    "text-classify": ["Confusion matrix", "film"],
    "tabular-regress": ["By number", "first", "second", "Columns"],
    "series-classify": ["Confusion matrix", "a line of 12 steps"],
    "series-forecast": ["windows held back", "repeating the", "what was forecast and what came", "one step ahead"],
    "multi": ["Right and wrong: kind", "Right and wrong: price", "Worst mistakes: kind"],
}
ALWAYS = ["What was asked", "The data", "The best network", "Learning curves", "History of the search", "Leaderboard"]


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page_of(run_of, tmp_path_factory):
    """``page_of("multi", "kept")``: the page, written once."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def write(kind: str, detail: str) -> Page:
        return Page(write_report(run_of(kind), folder / f"{kind}-{detail}.html", detail=detail).read_text("utf-8"))

    return write


SLOW = ("image-labels", "image-regress", "series-classify", "text-classify")


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.slow) if kind in SLOW else kind for kind in WORDS]
)
def test_a_report_tells_all_of_every_kind_of_data_and_answer(page_of, kind):
    page = page_of(kind, "kept")
    text = " ".join(page.words)
    for words in [*ALWAYS, *WORDS[kind], "How to use the model", "How to repeat it"]:
        assert words in text or any(words in (image["alt"] or "") for image in page.every("img"))
    assert "failed" not in text.replace("What failed", "").replace("No trial failed", "")
    assert not page.every("script")
    assert all(image["alt"] and image["src"].startswith("data:image/") for image in page.every("img"))
    assert {attrs.get("scope") for attrs in page.every("th")} == {"col", "row"}
    assert all(attrs.get("aria-label") for attrs in page.every("svg"))


@pytest.mark.parametrize(
    "kind", ["image-classify", "tabular-regress", pytest.param("image-labels", marks=pytest.mark.slow)]
)
def test_what_comes_from_the_data_stays_text(page_of, kind):
    page = page_of(kind, "kept")
    assert not page.every("script")
    assert any(HOSTILE in words for words in page.words)


def test_ids_are_unique_and_links_lead_somewhere(page_of):
    page = page_of("multi", "kept")
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {link["href"] for link in page.every("a")} <= {f"#{each}" for each in ids}
    named = {reference for _, attrs in page.tags for reference in re.findall(r"url\(#([^)]+)\)", str(attrs))}
    assert named <= set(ids)


def test_nothing_in_a_report_is_fetched(page_of):
    page = page_of("image-classify", "kept")
    text = page.text
    assert "default-src 'none'" in text
    found = set(re.findall(r'(?:src|href)="([^"#]{0,12})', text)) - {""}
    assert all(each.startswith("data:image/") for each in found), found


def test_the_surest_mistakes_come_first(page_of):
    text = " ".join(page_of("image-classify", "kept").words)
    worst = text.partition("Worst mistakes")[2]
    assert worst.count("86.7 %") >= 3
    assert "9 of 12 rows answered right" in text


def test_a_light_report_has_no_answers_and_says_so(page_of):
    text = " ".join(page_of("image-classify", "light").words)
    assert "written in haste" in text
    assert "Confusion matrix" not in text
    assert "What the score depends on" not in text


def test_a_report_goes_on_without_data_and_model(run_of, tmp_path):
    run = shutil.copytree(run_of("image-classify"), tmp_path / "run")
    shutil.rmtree(run / "prepared")
    text = " ".join(Page(write_report(run).read_text("utf-8")).words)
    assert "cannot open the prepared data" in text
    assert "has not delivered a model yet" in text
    assert "Leaderboard" in text


def test_answers_that_were_not_kept_are_missed_in_a_sentence(run_of, tmp_path):
    run = shutil.copytree(run_of("image-classify"), tmp_path / "run")
    for file in (run / "checkpoints").iterdir():
        file.unlink()
    text = " ".join(Page(write_report(run, detail="kept").read_text("utf-8")).words)
    assert "were not kept" in text
    text = " ".join(Page(write_report(run, detail="full").read_text("utf-8")).words)
    assert "is gone from" in text


def test_a_study_without_a_trial_gives_a_report(tmp_path):
    run = RunFolder.create(tmp_path / "run", task="image-classify", study="empty")
    draft = RunDraft(task="image-classify", objective="val_accuracy", direction="maximize", seed=1)
    Study.create(run.storage_url, run.study, run=draft).close()
    text = " ".join(Page(write_report(run.path).read_text("utf-8")).words)
    assert "No network has been trained to its end yet" in text


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(StudyError):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("budget", "used", "detail"),
    [(None, 9.0, "kept"), (600.0, 598.0, "kept"), (60.0, 40.0, "kept"), (60.0, 58.4, "light"), (10.0, 9.5, None)],
)
def test_the_end_of_a_search_has_time_for_so_much(budget, used, detail):
    assert closing.detail_for(budget, used) == detail


def test_a_report_that_cannot_be_written_is_no_error_at_the_end(tmp_path, caplog):
    assert closing.write_at_end(tmp_path / "nothing", used=1.0, near="nothing") is None
    assert "the report could not be written" in caplog.text


def test_a_full_disk_keeps_the_report_before(run_of, tmp_path):
    target = tmp_path / "folder.html"
    target.mkdir()
    with pytest.raises(OSError):  # noqa: PT011  of the system
        write_report(run_of("image-classify"), target, detail="light")
    assert Path(target).is_dir()


def test_of_very_many_rows_some_are_told_of(run_of, tmp_path, monkeypatch):
    monkeypatch.setattr("automl.report.answers.MOST_KEPT", 6)
    text = write_report(run_of("image-classify"), tmp_path / "report.html", detail="kept").read_text("utf-8")
    assert "What follows is about 6 rows" in text
    assert "of 6 rows answered right" in text
