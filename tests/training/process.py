"""Runs the job in the file given first, writes reports and result to the file given second, and may kill itself.

Third, when: seconds after the first training step, or ``model:2`` and ``state:2``: while the second file of that kind
is on its way to the disk; or ``reported:2``: between the state of the second epoch and the answer to its report.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from pathlib import Path

from automl import files
from automl.backend import start_keras
from automl.jobs import Reply, TrialJob

job = TrialJob.model_validate_json(Path(sys.argv[1]).read_text())
moment = sys.argv[3] if len(sys.argv) > 3 else ""
start_keras()

from automl.training import keeper, run_job, saver  # noqa: E402
from automl.training.learner import Learner  # noqa: E402


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def write(message):
    with Path(sys.argv[2]).open("a") as stream:
        stream.write(message.model_dump_json() + "\n")


def report(report):
    write(report)
    if moment == f"reported:{report.epoch}":
        die()
    return Reply()


def dying_at_the_file(kind, number):
    """The process dies when the ``number``-th file of a kind is written, but not yet in its place."""
    sync, left = files._sync, number

    def _sync(path):
        nonlocal left
        left -= kind in path.name
        if not left:
            die()
        sync(path)

    files._sync = _sync


def dying_after(seconds):
    """A clock ticks from the first training step on."""
    epoch = Learner.epoch

    def begin(self, number):
        Learner.epoch = epoch
        clock = threading.Timer(seconds, die)
        clock.daemon = True
        clock.start()
        return epoch(self, number)

    Learner.epoch = begin


if ":" not in moment:
    dying_after(float(moment or "1e6"))
else:
    keeper._SHARE_OF_TIME = saver._SHARE_OF_TIME = math.inf  # every file is written
    kind, number = moment.split(":")
    if kind != "reported":
        dying_at_the_file(kind, int(number))
write(run_job(job, report))
