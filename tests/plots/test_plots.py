"""Pictures of studies: what is in them, in every format, also where there is little or hostile to draw."""

from __future__ import annotations

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from PIL import Image

from automl.errors import ConfigError, StudyError
from automl.plots import FORMATS, KINDS, format_of, plot
from automl.study import StudyReader

SVG = "{http://www.w3.org/2000/svg}"


def letters(svg: str) -> str:
    """All text of a picture."""
    return " | ".join("".join(element.itertext()) for element in ElementTree.fromstring(svg).iter(f"{SVG}text"))


QUICK = ("history", "timeline")


@pytest.mark.parametrize(
    "kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
)
def test_every_kind_is_drawn_in_every_format(reader, kind, tmp_path):
    picture = plot(reader, kind)
    for form in FORMATS:
        picture.save(tmp_path / f"picture.{form}")
    with Image.open(tmp_path / "picture.png") as png:
        assert png.width >= 900
        assert len(png.convert("L").getcolors(256) or []) > 8  # something is drawn
    assert ElementTree.parse(tmp_path / "picture.svg").getroot().tag == f"{SVG}svg"
    page = (tmp_path / "picture.html").read_text("utf-8")
    assert "<svg" in page
    assert "http-equiv" not in page
    assert "<script" not in page
    assert picture.text in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            "history",
            ["trial", "val_accuracy (higher is better)", "complete", "discarded", "failed", "running", "best so"],
        ),
        ("curves", ["epoch", "val_accuracy", "trial 7", "discarded", "failed"]),
        ("importance", ["width", "share of what decides val_accuracy, %"]),
        ("parallel", ["width", "lr", "kind", "none"]),
        ("slice", ["width", "lr", "sep", "conv"]),
        ("timeline", ["worker-0", "worker-1", "build", "train", "validate", "seconds since the first trial"]),
        ("pareto", ["parameters", "val_accuracy", "none is better in both"]),
    ],
)
def test_a_picture_says_what_it_shows(reader, kind, words):
    found = letters(plot(reader, kind).svg())
    for word in words:
        assert word in found


@pytest.mark.parametrize(("against", "label"), [("flops", "FLOPs of one row"), ("seconds", "seconds of the trial")])
def test_values_are_drawn_against_other_costs(reader, against, label):
    assert label in letters(plot(reader, "pareto", against=against).svg())


def test_the_same_study_gives_the_same_picture(reader):
    assert plot(reader, "history").svg() == plot(reader, "history").svg()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_study_gives_a_sentence(empty, kind):
    with pytest.raises(StudyError, match="'drawn'"):
        plot(empty, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_study_of_one_trial_gives_a_picture_or_a_sentence(single, kind):
    if kind in ("importance", "parallel", "slice"):
        with pytest.raises(StudyError):
            plot(single, kind)
    else:
        assert plot(single, kind).svg()


@pytest.mark.parametrize("kind", KINDS)
def test_names_from_outside_stay_text(hostile, kind):
    with StudyReader.open(hostile) as study:
        picture = plot(study, kind)
    svg = picture.svg()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg or kind not in ("parallel", "slice")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parallel", "slice"])
def test_names_from_outside_stay_text_in_every_format(hostile, kind):
    with StudyReader.open(hostile) as study:
        picture = plot(study, kind)
    for form in (picture.inline("a"), picture.html()):
        assert "<script" not in form
    assert picture.png()


def test_two_pictures_on_a_page_share_no_id(reader):
    page = plot(reader, "history").inline("a") + plot(reader, "curves").inline("b")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert ids
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', page)) <= set(ids)


def test_an_unknown_kind_is_refused_with_a_hint(reader):
    with pytest.raises(ConfigError, match="did you mean 'history'"):
        plot(reader, "histroy")


def test_an_unknown_cost_is_refused(reader):
    with pytest.raises(ConfigError, match="money"):
        plot(reader, "pareto", against="money")


def test_a_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"\.gif"):
        format_of(tmp_path / "a.gif")


def test_matplotlib_is_imported_when_something_is_drawn():
    code = "import sys, automl.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
