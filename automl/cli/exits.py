"""How a command ends: what each error becomes in words and as an exit code (docs/cli.md has the table)."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
import warnings
from typing import Any

import typer
from typer.core import TyperGroup

from automl.errors import AutoMLError, ConfigError, DataError, SearchError, SpaceError, StudyError

UNEXPECTED = 1
USAGE = 2
DATA = 3
NO_TRIAL = 4
NO_TIME = 5
INTERRUPTED = 130


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
        except KeyboardInterrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
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
    if isinstance(error, ConfigError | SpaceError | StudyError):
        return USAGE
    if isinstance(error, DataError):
        return DATA
    if isinstance(error, SearchError):
        return NO_TIME if error.out_of_time else NO_TRIAL
    return UNEXPECTED


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
