"""A continued search in which everything happens once, in child processes that are killed before their n-th commit.

    python -m tests.study.killed_story STUDY_DB FOLDER N...

For every N (0: not at all) a copy of the database is put into FOLDER/N, and a child process continues the study in it.
What it was told is done it notes in FOLDER/N/journal, a line each. Writes how many commits a whole story makes.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import optuna
from sqlalchemy import Engine, event

from automl.study import Study, TrialOutcome
from tests.study.conftest import begin, make_draft, outcome, train

ORIGINAL = "a" * 64


def prepare(url: str) -> None:
    """A study with a finished, an abandoned, a paused and a queued trial."""
    with Study.create(url, "digits", run=make_draft()) as study:
        study.complete(begin(study, key=ORIGINAL), outcome(0.5))
        train(study, begin(study, seed=11), 0.3)
        paused = begin(study)
        train(study, paused, 0.4)
        study.pause(paused, TrialOutcome(), reason="stopped by Ctrl-C")
        study.enqueue({"x": 0.5}, seed=12)


def live(url: str, journal: Path) -> None:
    """The story."""

    def note(*words: object) -> None:
        with journal.open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")

    with Study.open(url, "digits") as study:
        note("opened", *[number for orphan in study.orphans for number in orphan])
        second = begin(study, worker="worker-1")
        study.assign(second, "worker-1")
        train(study, second, 0.6, 0.7)
        study.retrain(second, {"batch_size": 32}, reason="out of memory")
        note("complete", study.complete(second, outcome(0.7)).number)
        note("queued", study.enqueue({"x": 0.75}, seed=13))
        violations = {"params": 2.0, "flops": 1.0}
        note("infeasible", study.infeasible(begin(study), reason="large", violations=violations).number)
        note("duplicate", study.duplicate(begin(study, key=ORIGINAL), study.trials()[0]).number)
        stopped = begin(study)
        train(study, stopped, 0.2, 0.3)
        note("paused", study.pause(stopped, TrialOutcome()).number)
        (earlier, *_) = study.paused()
        study.unpause(earlier.number)
        train(study, earlier.number, 0.4, 0.45)
        note("pruned", study.prune(earlier.number, TrialOutcome(), reason="slow").number)
        note("failed", study.fail(begin(study), kind="crashed", message="signal 9").number)
        study.add_artifact("journal", journal, root=journal.parent)
        study.amend(budget_seconds=60.0, command={"trials": 20})
        train(study, begin(study), 0.1)
        study.finish_run({"best": second})
        note("finished")


def main() -> None:
    """Tell the story once for every number."""
    source, folder, *numbers = sys.argv[1:]
    for number in map(int, numbers):
        place = Path(folder, str(number))
        place.mkdir()
        shutil.copy(source, place / "study.db")
        child = os.fork()
        if child == 0:
            count_down(number)
            live(f"sqlite:///{place / 'study.db'}", place / "journal")
            os.write(1, f"commits {commits}\n".encode())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != (-signal.SIGKILL if number else 0):
            sys.exit(f"the child that was to die at {number} ended with {status}")


commits = 0


def count_down(number: int) -> None:
    """Die by SIGKILL when the ``number``-th commit is about to be made, ours or Optuna's."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def committing(_: object) -> None:
        global commits  # noqa: PLW0603  one story a process
        commits += 1
        if commits == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", committing)


if __name__ == "__main__":
    main()
