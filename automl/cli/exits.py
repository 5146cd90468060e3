"""How a command ends: what each error becomes in words and as an exit code (docs/cli.md has the table)."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
import traceback
import warnings
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from automl.errors import AutoMLError, ConfigError, DataError, SearchError, SpaceError, StorageError, StudyError

UNEXPECTED = 1
USAGE = 2
DATA = 3
NO_TRIAL = 4
NO_TIME = 5
INTERRUPTED = 130
TERMINATED = 143
HUNG_UP = 129
_SIGNALLED = 128  # a shell adds it to the number of the signal that ended a command


class Guarded(TyperGroup):
    """The group of all commands: what one raises becomes one sentence on stderr and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; see ``exit_code`` for what comes of an error.

        Raises:
            Exit: With the code, after anything but success.
        """
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that went away shows here, not at the interpreter's exit
        except KeyboardInterrupt as error:
            typer.echo("interrupted", err=True)
            _show_notes(error)
            raise typer.Exit(signalled(error)) from None
        except AutoMLError as error:
            _show(error, str(error))
            raise typer.Exit(exit_code(error)) from None
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # Typer ends quietly
            _show(error, _of_the_system(error))
            raise typer.Exit(UNEXPECTED) from None
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            _show_unexpected(error)
            raise typer.Exit(UNEXPECTED) from None
        return result


def exit_code(error: AutoMLError) -> int:
    """The exit code of an expected error.

    >>> exit_code(DataError("no pictures")), exit_code(SearchError("no time", out_of_time=True))
    (3, 5)
    """
    if isinstance(error, StorageError):
        return UNEXPECTED
    if isinstance(error, ConfigError | SpaceError | StudyError):
        return USAGE
    if isinstance(error, DataError):
        return DATA
    if isinstance(error, SearchError):
        return NO_TIME if error.out_of_time else NO_TRIAL
    return UNEXPECTED


def signalled(error: KeyboardInterrupt) -> int:
    """The exit code of a command that a signal ended: whoever raised the error may have said which.

    >>> signalled(KeyboardInterrupt()), signalled(KeyboardInterrupt(15))
    (130, 143)
    """
    number = error.args[0] if error.args else None
    return _SIGNALLED + number if isinstance(number, int) else INTERRUPTED


def end_as_ctrl_c_does() -> None:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, so that it clears up; ``nohup`` still works."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def debugging() -> bool:
    """Whether ``AUTOML_DEBUG`` asks for tracebacks."""
    return os.environ.get("AUTOML_DEBUG", "0") not in ("", "0")


def hush_warnings() -> None:
    """Keep warnings of libraries from people who can do nothing about them; ``-W`` and AUTOML_DEBUG show them."""
    if not sys.warnoptions and not debugging():
        warnings.simplefilter("ignore")


def _show(error: Exception, message: str) -> None:
    if debugging():
        traceback.print_exception(error)
    typer.echo(f"error: {message}", err=True)
    _show_notes(error)


def _show_notes(error: BaseException) -> None:
    """What was added to an error on its way here: how to go on."""
    for note in getattr(error, "__notes__", ()):
        typer.echo(note, err=True)


def _of_the_system(error: OSError) -> str:
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}"


def _show_unexpected(error: Exception) -> None:
    _show(error, f"{type(error).__name__}: {error}")
    if debugging():
        return
    from automl.study.urls import hide_passwords

    report = [f"command: automl {' '.join(sys.argv[1:])}\n", *traceback.format_exception(error)]
    with tempfile.NamedTemporaryFile(
        "w", prefix="automl-error-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(hide_passwords("".join(report)))  # of --storage; the person is asked to send the file
    typer.echo(f"this is a fault in automl; please report it with {file.name}", err=True)
