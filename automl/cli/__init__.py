"""The ``automl`` command: words in, a config out; a result in, words out. It decides nothing.

Only Typer is imported here; what a command needs, it imports when it runs, so that ``automl --help`` is instant.
"""

from __future__ import annotations

import gc
import sys
import time

STARTED = time.monotonic()  # a time budget counts from here

from automl.cli.app import app  # noqa: E402  the clock starts first

__all__ = ["GARBAGE", "STARTED", "app", "main"]

# New objects before Python looks for garbage in cycles, of which there is hardly any here: with its own 700 that is a
# quarter of what a search of 1,000 trials needs beside training.
GARBAGE = 10_000


def main() -> None:
    """Run the command line of this process and end it with the exit code."""
    from automl.cli.exits import end_as_ctrl_c_does, hush_warnings, signalled

    gc.set_threshold(GARBAGE)
    hush_warnings()
    end_as_ctrl_c_does()
    try:
        app(obj=STARTED, prog_name="automl")
    except KeyboardInterrupt as error:  # while the commands were still being put together; from then on they see to it
        sys.exit(signalled(error))
