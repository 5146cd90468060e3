"""The commands that look into studies, on a real one in which a trial of every kind ended."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from automl.cli import app
from automl.cli.complete import runs, sorts, states, studies, tasks
from automl.cli.sheet import byte_size, csv_text, safe
from automl.cli.sparkline import sparkline
from automl.space import Space
from automl.study import RunFolder, Study, StudyReader, quiet_optuna

LOOKING = [
    ["studies"], ["trials"], ["show"], ["show", "--trial", "3"], ["leaderboard"], ["failures"], ["curves"],
    ["importance"], ["compare"],
]  # fmt: skip


def called(command: list[str], run: Path) -> list[str]:
    """The command with the runs it takes."""
    given = {"studies": [run.parent], "compare": [run, run]}.get(command[0], [run])
    return [command[0], *map(str, given), *command[1:]]


def table_of(text: str) -> list[dict[str, str]]:
    assert text.replace("\r\n", "").count("\n") == text.count("\n") - text.count("\r\n"), "RFC 4180 ends lines so"
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_people_get_lines_that_fit_a_terminal_without_colours(automl, looked, command, monkeypatch):
    monkeypatch.chdir(looked.parent)
    done = automl(*called(command, looked.relative_to(looked.parent)))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout
    too_wide = [line for line in done.stdout.splitlines() if len(line) > 80 and "automl search" not in line]
    assert too_wide == []


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_programs_get_one_json_document(automl, looked, command):
    done = automl(*called(command, looked), "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout, parse_constant=pytest.fail)


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_spreadsheets_get_rows_in_which_no_text_is_a_formula(automl, looked, command):
    done = automl(*called(command, looked), "--csv")
    assert done.exit_code == 0, done.stderr
    rows = table_of(done.stdout)
    assert rows
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_json_and_csv_together_are_refused(automl, looked, command):
    done = automl(*called(command, looked), "--json", "--csv")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "choose one" in done.stderr


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_looking_changes_nothing(automl, looked, command):
    before = {path: path.stat().st_mtime_ns for path in looked.rglob("*")}
    automl(*called(command, looked))
    assert {path: path.stat().st_mtime_ns for path in looked.rglob("*")} == before


@pytest.mark.parametrize("command", LOOKING[1:], ids=" ".join)
def test_a_mistyped_run_is_an_error_and_makes_nothing(automl, tmp_path, command):
    done = automl(*called(command, tmp_path / "my-rnu"))
    assert done.exit_code == 2
    assert "my-rnu" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_studies_says_what_each_run_came_to(automl, looked):
    (found,) = json.loads(automl("studies", looked.parent, "--json").stdout)["studies"]
    assert (found["task"], found["state"], found["best"], found["objective"]) == (
        "image-classify", "ended", 0.9, "val_accuracy",
    )  # fmt: skip
    assert found["trials"] == {"complete": 6, "duplicate": 1, "failed": 2, "infeasible": 1, "pruned": 1}
    assert found["trained"] == 7


def test_studies_of_one_database_file(automl, looked):
    (found,) = json.loads(automl("studies", looked / "study.db", "--json").stdout)["studies"]
    assert found["study"] == "my-run"


def test_a_run_that_cannot_be_read_does_not_hide_the_others(automl, looked, tmp_path):
    shutil.copytree(looked, tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text("{")
    RunFolder.create(tmp_path / "new", task="image-classify")
    found = json.loads(automl("studies", tmp_path, "--json").stdout)["studies"]
    assert {Path(run["path"]).name: run["state"] for run in found} == {
        "good": "ended", "bad": "unreadable", "new": "new",
    }  # fmt: skip
    assert "is damaged" in automl("studies", tmp_path).stdout


def test_trials_can_be_chosen_sorted_and_cut(automl, looked):
    def numbers(*options: str) -> list[int]:
        return [one["number"] for one in json.loads(automl("trials", looked, *options, "--json").stdout)["trials"]]

    assert numbers("--state", "failed,infeasible") == [3, 4, 5]
    assert numbers("--sort", "value", "--top", "2") == [10, 9]
    assert numbers("--state", "pruned") == [2]
    assert automl("trials", looked, "--sort", "valeu").exit_code == 2
    assert "did you mean 'failed'" in automl("trials", looked, "--state", "faild").stderr


def test_columns_may_be_any_field_answer_or_metric(automl, looked):
    columns = "number,params.conv/filters,metrics.val_accuracy,seconds.train,network"
    rows = table_of(automl("trials", looked, "--columns", columns, "--csv").stdout)
    assert list(rows[0]) == columns.split(",")
    assert rows[0]["params.conv/filters"] in ("8", "16", "24", "32")
    lines = automl("trials", looked, "--columns", columns).stdout.splitlines()
    assert lines[0].split() == ["#", *columns.split(",")[1:]]
    assert len(lines) == 1 + len(rows)
    done = automl("trials", looked, "--columns", "number,params.conv/filter")
    assert (done.exit_code, "did you mean 'params.conv/filters'" in done.stderr) == (2, True)


def test_show_tells_everything_of_the_best_network(automl, looked):
    out = automl("show", looked).stdout
    assert "trial       10, complete" in out
    assert "proposed    tpe, from trial 0 (default)" in out
    for word in (
        "curve",
        "time",
        "train",
        "answers",
        "conv/filters=",
        "training",
        "optimizer=",
        "gap",
        "head 3",
        "total",
    ):
        assert word in out
    assert "complete, 1 pruned, 1 infeasible, 1 duplicate, 2 failed" in out
    assert "max-epochs 3 (flag)" in " ".join(out.split())


def test_show_tells_why_a_trial_failed(automl, looked):
    out = automl("show", looked, "--trial", "3").stdout
    assert "why         out of memory: 4.1 GB resident, 4 GB allowed" in out
    assert "to do       Smaller batches." in out
    assert "has no trial 99" in automl("show", looked, "--trial", "99").stderr


def test_the_command_that_trains_a_network_again_works_with_the_space_that_show_writes(automl, looked, tmp_path):
    path = tmp_path / "again.yaml"
    done = automl("show", looked, "--trial", "0", "--space", path)
    assert f"wrote {path}" in done.stderr
    space = Space.load(path)
    assert space.size().discrete == 1
    write, search = (shlex.split(line) for line in done.stdout.splitlines()[-2:])
    assert write == ["automl", "show", str(looked), "--trial", "0", "--space", "trial-0.yaml"]
    assert search[:2] + search[3:] == [
        "automl", "search", "--task", "image-classify", "--space", "trial-0.yaml", "--trials", "1", "--seed", "1",
    ]  # fmt: skip
    assert Path(search[2]).parts[-3:] == ("data", "digits", "train")
    bad = automl("show", looked, "--space", tmp_path / "none" / "x.yaml")
    assert (bad.exit_code, "there is no folder" in bad.stderr) == (2, True)


def test_the_leaderboard_ranks_one_run_or_several(automl, looked, tmp_path):
    rows = json.loads(automl("leaderboard", looked, "--top", "3", "--json").stdout)["leaderboard"]
    assert [(row["rank"], row["value"]) for row in rows[:2]] == [(1, 0.9), (2, 0.7)]
    other = shutil.copytree(looked, tmp_path / "other")
    both = json.loads(automl("leaderboard", looked, other, "--json").stdout)["leaderboard"]
    assert [Path(row["run"]).name for row in both[:2]] == ["my-run", "other"]
    assert "other" in automl("leaderboard", looked, other).stdout


def test_failures_are_told_by_kind_with_advice(automl, looked):
    found = json.loads(automl("failures", looked, "--json").stdout)["failures"]
    assert [(each["kind"], each["trials"]) for each in found] == [("oom_ram", [3, 4]), ("too_large", [5])]
    assert found[0]["message"] == "=4.2 GB resident, 4 GB allowed"
    out = automl("failures", looked).stdout
    assert "out of memory: 2 trials (3, 4)" in out
    assert "to do: Smaller batches." in out
    assert "to do: Narrow the space" in out
    assert table_of(automl("failures", looked, "--csv").stdout)[0]["message"] == "'=4.2 GB resident, 4 GB allowed"


def test_curves_can_be_chosen_by_trial_and_metric(automl, looked):
    rows = table_of(automl("curves", looked, "--trial", "0,2", "--csv").stdout)
    assert {row["trial"] for row in rows} == {"0", "2"}
    assert [row["metrics.val_accuracy"] for row in rows if row["trial"] == "2"] == ["0.25"]
    out = automl("curves", looked, "--metric", "loss", "--top", "1").stdout
    assert out.splitlines()[1].split()[:2] == ["10", "1"]
    assert "did you mean 'val_accuracy'" in automl("curves", looked, "--metric", "val_acuracy").stderr
    assert automl("curves", looked, "--trial", "x").exit_code == 2


@pytest.mark.parametrize("method", ["ped-anova", "fanova", "forest"])
def test_importance_names_parameters_and_what_the_best_took(automl, looked, method, tmp_path):
    with quiet_optuna():
        found = json.loads(automl("importance", looked, "--by", method, "--json").stdout)["importance"]
    names = {each["parameter"] for each in found}
    assert names <= {"conv/filters"}
    assert all(each["best_values"] for each in found)
    assert sum(each["importance"] for each in found) == pytest.approx(1.0 if found else 0.0)


def test_an_unknown_method_of_importance_is_named_with_the_nearest(automl, looked):
    done = automl("importance", looked, "--by", "fanov")
    assert (done.exit_code, "did you mean 'fanova'" in done.stderr) == (2, True)


def test_compare_needs_two_runs_with_one_objective(automl, looked, tmp_path):
    assert automl("compare", looked).exit_code == 2
    other = RunFolder.open(Path(shutil.copytree(looked, tmp_path / "other")))
    document = json.loads(automl("compare", looked, other.path, "--json").stdout)
    assert [run["best"] for run in document["runs"]] == [0.9, 0.9]
    assert document["at_trials"][-1] == {"trials": 7, "best": {str(looked): 0.9, str(other.path): 0.9}}
    assert document["at_seconds"][-1]["best"][str(looked)] == 0.9
    assert document["networks"][0]["difference"][0].startswith("layers: 0 removed, 0 added, 0 changed")
    _sql(other, "UPDATE automl_run SET objective = 'val_loss'")
    assert "cannot be compared" in automl("compare", looked, other.path).stderr
    assert "cannot be ranked together" in automl("leaderboard", looked, other.path).stderr


def test_delete_asks_and_takes_no_for_an_answer(looked, tmp_path):
    run = shutil.copytree(looked, tmp_path / "gone")
    refused = CliRunner().invoke(app, ["delete", str(run)], input="n\n")
    assert (refused.exit_code, "nothing was deleted" in refused.stderr, run.is_dir()) == (0, True, True)
    silent = CliRunner().invoke(app, ["delete", str(run)], input="")
    assert (silent.exit_code, "--yes" in silent.stderr, run.is_dir()) == (2, True, True)
    agreed = CliRunner().invoke(app, ["delete", str(run)], input="y\n")
    assert (agreed.exit_code, agreed.stdout.endswith(f"deleted {run}\n"), run.exists()) == (0, True, False)


def test_delete_refuses_a_run_that_is_searched_and_what_is_no_run(automl, looked, tmp_path):
    folder = RunFolder.open(Path(shutil.copytree(looked, tmp_path / "busy")))
    with Study.open(folder.storage_url, folder.study):
        done = automl("delete", folder.path, "--yes")
    assert (done.exit_code, "is being searched by process" in done.stderr) == (2, True)
    with folder.hold():
        assert automl("delete", folder.path, "--yes").exit_code == 2
    assert automl("delete", tmp_path, "--yes").exit_code == 2
    assert folder.path.is_dir()
    assert automl("delete", folder.path, "--yes").exit_code == 0
    assert not folder.path.exists()


def test_delete_takes_the_studies_out_of_a_database_elsewhere(automl, tmp_path, looked):
    from tests.cli.test_trials import make as make_here  # a run of this process

    here, study = make_here(tmp_path / "here")
    study.close()
    shared = f"sqlite:///{tmp_path / 'shared.db'}"
    shutil.move(here.path / "study.db", tmp_path / "shared.db")
    shutil.rmtree(here.path)
    folder = RunFolder.create(tmp_path / "there", task="image-classify", storage=shared, study="digits")
    assert automl("delete", folder.path, "--yes").exit_code == 0
    assert not folder.path.exists()
    assert (
        _rows(tmp_path / "shared.db", "SELECT (SELECT count(*) FROM automl_run) + (SELECT count(*) FROM studies)") == 0
    )
    assert _rows(tmp_path / "shared.db", "SELECT count(*) FROM automl_trial") == 0


def test_the_cache_is_listed_and_cleared(automl, place, run, tmp_path):
    cache = shutil.copytree(place / "cache", tmp_path / "cache")
    (entry,) = json.loads(automl("cache", "list", "--cache-dir", cache, "--json").stdout)["entries"]
    assert (entry["rows"], entry["source"].endswith("train")) == (120, True)
    assert "120" in automl("cache", "list", "--cache-dir", cache).stdout
    assert table_of(automl("cache", "list", "--cache-dir", cache, "--csv").stdout)[0]["rows"] == "120"
    assert automl("cache", "clear", "--cache-dir", cache).exit_code == 2, "nobody is there to answer"
    assert automl("cache", "clear", "--cache-dir", cache, "--yes").stdout.startswith("freed")
    assert "nothing is kept" in automl("cache", "list", "--cache-dir", cache).stdout
    assert "nothing is kept" in automl("cache", "clear", "--cache-dir", cache, "--yes").stdout


def test_the_shell_completes_runs_studies_tasks_states_and_orders(looked, monkeypatch):
    monkeypatch.chdir(looked.parent)
    assert runs("my") == ["my-run"]
    assert runs(f"{looked.parent}/") == [str(looked)]
    assert runs("nothing/here") == []
    assert "image-classify" in tasks("image")
    assert states("failed,pr") == ["failed,pruned"]
    assert sorts("va") == ["value"]

    assert studies(SimpleNamespace(args=[]), [str(looked)], "m") == ["my-run"]
    assert studies(SimpleNamespace(args=["none"]), [], "") == []


def test_the_shell_asks_the_command_itself_for_completions(looked, monkeypatch):
    monkeypatch.chdir(looked.parent)
    words = {"_AUTOML_COMPLETE": "complete_bash", "COMP_WORDS": "automl trials my", "COMP_CWORD": "2"}
    done = CliRunner().invoke(app, [], prog_name="automl", env=words)
    assert done.stdout.split() == ["my-run"]
    words |= {"COMP_WORDS": "automl trials my-run --study m", "COMP_CWORD": "4"}
    assert CliRunner().invoke(app, [], prog_name="automl", env=words).stdout.split() == ["my-run"]
    words |= {"COMP_WORDS": "automl search --task image-c", "COMP_CWORD": "3"}
    assert CliRunner().invoke(app, [], prog_name="automl", env=words).stdout.split() == ["image-classify"]


def test_numbers_in_csv_stay_numbers_and_texts_are_no_formulas():
    text = csv_text([{"loss": -0.5, "note": "-0.5", "more": [1, "a"], "ok": True, "params": {"=x": None}}])
    assert text == 'loss,note,more,ok,params.=x\r\n-0.5,\'-0.5,"[1, ""a""]",true,\r\n'
    assert csv_text([], ("a", "b")) == "a,b\r\n"
    assert [safe(cell) for cell in ("=1", "+1", "-1", "@x", "\tx", "x=1")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "x=1",
    ]


def test_a_sparkline_has_a_bar_a_value_and_thins_long_curves():
    curve = sparkline([0.0, 0.5, None, 1.0])
    assert (len(curve), curve[2]) == (4, " ")
    assert curve[0] < curve[1] < curve[3]
    assert len(sparkline(list(range(1000)), width=40)) == 40
    assert sparkline([None, float("nan")]) == ""
    assert len(set(sparkline([0.3, 0.3]))) == 1


def test_sizes_are_told_in_four_units():
    assert [byte_size(count) for count in (0, 1500, 2_500_000, 250_000_000, 3 * 10**9)] == [
        "0 bytes", "1.5 kB", "2.5 MB", "250 MB", "3.0 GB",
    ]  # fmt: skip


def _rows(path: Path, query: str) -> int:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def _sql(folder: RunFolder, statement: str) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder.path / "study.db")) as connection:
        connection.execute(statement)
        connection.commit()


def test_the_reader_is_the_same_as_the_list(looked):
    with StudyReader.open(looked) as reader:
        lines, records = reader.lines(), reader.trials()
    assert [line.number for line in lines] == [record.number for record in records]
    assert [line.total_seconds for line in lines] == [record.total_seconds for record in records]
