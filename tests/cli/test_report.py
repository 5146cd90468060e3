"""``automl report`` and ``automl plot``, as docs/report.md shows them, and the report at the end of a search."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from automl.cli.plot import Against, Kind
from automl.plots import COSTS, KINDS
from automl.report.repeat import words_of
from automl.run.command import Command
from automl.run.result import recorded_result
from automl.study import RunFolder, StudyReader

PAGE = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ automl (.+)$", PAGE, re.M)
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(automl, at_place, command):
    words = shlex.split(command)
    file = at_place / words[words.index("-o") + 1]
    done = automl(*words)
    assert done.exit_code == 0, done.stderr
    assert file.name in done.stdout
    if file.suffix == ".png":
        with Image.open(file) as picture:
            assert picture.width == 960
    else:
        assert "<svg" in file.read_text("utf-8")
    file.unlink()


def test_the_snippets_of_the_page_run(at_place):
    names: dict[str, object] = {}
    for snippet in SNIPPETS:
        exec(compile(snippet, "report.md", "exec"), names)
    for name, begin in (("report.html", "<!doctype html>"), ("history.svg", "<?xml")):
        file = at_place / name
        assert file.read_text("utf-8").lower().startswith(begin)
        file.unlink()


def test_a_search_writes_its_report_and_says_where(searched, run):
    assert "report    my-run/report.html" in searched.stdout
    text = (run / "report.html").read_text("utf-8")
    assert "Confusion matrix" in text  # of answers that were kept: no Keras is loaded for it
    assert "automl predict my-run PICTURES" in text


def test_every_kind_is_a_choice_and_on_the_page():
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) == set(KINDS) == {str(kind) for kind in Kind}
    assert {str(cost) for cost in Against} == set(COSTS)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("plot my-run --kind history -o history.gif", "must end in .png, .svg or .html"),
        ("plot my-run --kind history -o history", "must end in .png, .svg or .html"),
        ("plot my-run --kind history --against flops -o a.svg", "is for --kind pareto"),
        ("plot my-run --kind hsitory -o a.svg", "hsitory"),
        ("plot nothing --kind history -o a.svg", "nothing is no run"),
        ("plot my-run --kind importance -o a.svg", "needs 5 complete trials"),
        ("report my-run -o report.txt", "must end in .html"),
        ("report nothing", "nothing is no run"),
    ],
)
def test_what_cannot_be_drawn_ends_in_a_sentence(automl, at_place, command, words):
    done = automl(*command.split())
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (at_place / "a.svg").exists()


@pytest.fixture
def ended(run, tmp_path, monkeypatch):
    """A copy of the run whose search ends now, as far as the command knows."""
    copy = shutil.copytree(run, tmp_path / "run")
    (copy / "report.html").unlink()
    with StudyReader.open(copy) as study:
        result = recorded_result(RunFolder.open(copy), study.run(), study.trials())
    assert result is not None
    monkeypatch.setattr("automl.run.resume_run", lambda *_, **__: replace(result, already_finished=False))
    return copy


def test_no_report_leaves_it_out(automl, ended):
    done = automl("resume", ended, "--no-report", "--json")
    assert json.loads(done.stdout)["report"] is None
    assert not (ended / "report.html").exists()


def test_a_report_that_cannot_be_written_is_a_warning(automl, ended, caplog):
    (ended / "report.html").mkdir()
    done = automl("resume", ended, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["report"] is None
    assert "the report could not be written" in caplog.text


def test_the_report_is_told_as_json_too(automl, ended):
    told = json.loads(automl("resume", ended, "--json").stdout)
    assert told["report"] == str(ended / "report.html")
    assert (ended / "report.html").is_file()


COMMANDS_TOLD = [
    "--task tabular-classify adult.csv --target income --weight fnlwgt --trials 3 --class-weight yes=2.0,no=1.0",
    "--task series-forecast s.csv --horizon 12 --past load,wind --time-budget 90s --seed 4 --no-refit",
    "--task image-classify photos --multi-label --max-params 500000 --trial-timeout 30s --workers 2 --no-early-discard",
    "--task multi houses.csv --input photo=image:file --input facts=tabular:rooms,street --output kind=classification "
    "--output price=regression --loss-weight price=0.5 --trials 2 --folds 3 --ensemble 1",
]


@pytest.mark.parametrize("told", COMMANDS_TOLD)
def test_the_command_that_is_told_asks_for_the_same(automl, run, told, monkeypatch, tmp_path):
    asked = []

    def run_search(config, events):
        asked.append(Command.of(config).to_json())
        raise KeyboardInterrupt

    monkeypatch.setattr("automl.run.run_search", run_search)
    monkeypatch.chdir(tmp_path)
    assert automl("search", *told.split()).exit_code == 130
    with StudyReader.open(run) as study:
        record = replace(study.run(), task=asked[0]["task"], command=asked[0], seed=asked[0]["seed"])
    assert automl(*words_of(record)[1:]).exit_code == 130
    chance = dict.fromkeys(("seeded", "origins"))
    assert asked[1] | chance == asked[0] | chance
