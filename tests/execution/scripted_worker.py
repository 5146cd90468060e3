"""A worker whose jobs do what their ``task`` says; everything around them is the real worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings

import automl.training
import automl.training.session
from automl.execution import worker
from automl.jobs import EpochReport, TrialResult


def run_job(job, report):
    epochs, status = 0, "complete"
    match job.task.split(":"):
        case ["epochs", count]:
            for epoch in range(1, int(count) + 1):
                epochs = epoch
                if report(_report(job, epoch)).action == "stop":
                    status = "stopped"
                    break
        case ["nan"]:
            report(_report(job, 1, loss=float("nan"), rate=float("inf")))
            epochs = 1
        case ["print"]:
            print("printed by a library")  # noqa: T201  that is the point
            os.write(1, b"written to descriptor 1\n")
            sys.stdout.flush()
            warnings.warn("a library warns", stacklevel=1)
            assert sys.stdin.read() == ""
        case ["signal", name]:
            report(_report(job, 1))
            sys.stderr.write("the last words\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.Signals[name])
            time.sleep(60)
        case ["exit"]:
            os._exit(7)
        case ["mistake"]:
            raise KeyError("a mistake of ours")
        case ["sleep"]:
            report(_report(job, 1))
            time.sleep(600)
        case ["child"]:
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            report(_report(job, 1, loss=float(child.pid)))
            time.sleep(600)
    return TrialResult(job_id=job.job_id, status=status, epochs=epochs, metrics={"pid": float(os.getpid())})


def _report(job, epoch, loss=0.5, rate=0.1):
    return EpochReport(
        job_id=job.job_id, epoch=epoch, planned_epochs=9, metrics={"loss": loss}, learning_rate=rate, seconds=0.0
    )


automl.training.run_job = run_job
automl.backend.start_keras = lambda: None

if __name__ == "__main__":
    sys.exit(worker.main())
