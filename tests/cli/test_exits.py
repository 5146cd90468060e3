"""What becomes of an error: one sentence on stderr, an exit code, never a traceback."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from automl.cli.exits import Guarded
from automl.errors import (
    ConfigError,
    DataError,
    ExportError,
    SearchError,
    ShapeError,
    SpaceError,
    StorageError,
    StudyError,
)


def run(error: BaseException):
    """A command that raises ``error``, run behind the guard."""
    app = typer.Typer(cls=Guarded, rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.callback()
    def group() -> None:
        """A group, as the real one."""

    @app.command()
    def command() -> None:
        raise error

    return CliRunner().invoke(app, ["command"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("no limit"), 2),
        (SpaceError("unknown op", file="a.yaml", line=3, column=5), 2),
        (ShapeError("2 and 3 do not fit"), 2),
        (StudyError("no such run"), 2),
        (StorageError("database or disk is full"), 1),
        (DataError("no pictures"), 3),
        (SearchError("every trial failed", out_of_time=False), 4),
        (SearchError("no epoch was over", out_of_time=True), 5),
        (ExportError("it answers differently"), 1),
    ],
)
def test_an_expected_error_is_one_sentence_and_its_exit_code(error, code):
    result = run(error)
    assert result.exit_code == code
    assert result.stderr == f"error: {error}\n"
    assert result.stdout == ""


def test_an_error_of_the_system_says_which_file():
    result = run(FileNotFoundError(errno.ENOENT, "No such file or directory", "a/b.csv"))
    assert (result.exit_code, result.stderr) == (1, "error: No such file or directory: a/b.csv\n")


def test_what_was_added_to_an_error_is_shown_below_it():
    error = OSError(errno.ENOSPC, "No space left on device")
    error.add_note("continue with: automl resume my-run")
    result = run(error)
    assert result.exit_code == 1
    assert result.stderr == "error: No space left on device\ncontinue with: automl resume my-run\n"


def test_ctrl_c_ends_with_130():
    result = run(KeyboardInterrupt())
    assert (result.exit_code, result.stderr) == (130, "interrupted\n")


def test_an_unexpected_error_keeps_its_traceback_in_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = run(ZeroDivisionError("by zero"))
    assert result.exit_code == 1
    first, second = result.stderr.splitlines()
    assert first == "error: ZeroDivisionError: by zero"
    assert second.startswith("this is a fault in automl; please report it with ")
    assert "Traceback" in Path(second.split(" with ")[1]).read_text()


def test_the_report_of_a_fault_holds_no_password_and_any_file_name(tmp_path, monkeypatch):
    url = "postgresql://me:geheim@host/db"
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["automl", "search", "\udcff", "--storage", url])
    run(ZeroDivisionError(f"cannot reach {url}"))
    (report,) = tmp_path.iterdir()
    text = report.read_text(encoding="utf-8")
    assert "geheim" not in text
    assert text.count("postgresql://me:***@host/db") == 2


def test_debugging_shows_the_traceback_at_once(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOML_DEBUG", "1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for error in (ZeroDivisionError("by zero"), DataError("no pictures")):
        result = run(error)
        assert "Traceback (most recent call last)" in result.stderr
        assert f"{error}" in result.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_says_its_own_exit_code_keeps_it():
    assert run(typer.Exit(130)).exit_code == 130


def test_a_reader_that_went_away_is_no_error_to_talk_about():
    result = run(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    assert (result.exit_code, result.stderr) == (1, "")
