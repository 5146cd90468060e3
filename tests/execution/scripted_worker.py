"""A worker whose jobs do what their ``task`` says; everything around them is the real worker."""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import signal
import subprocess
import sys
import time
import types
import warnings
from pathlib import Path

import automl.backend
from automl.execution import worker
from automl.failures import Failure
from automl.jobs import EpochReport, TrialResult

SLEEP = "import time; time.sleep(600)"
HELD = []  # what jobs leak


def run_job(job, report):
    epochs, status, failure = 0, "complete", None
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
        case ["segfault"]:
            ctypes.string_at(0)
        case ["exit"]:
            os._exit(7)
        case ["mistake"]:
            raise KeyError("a mistake of ours")
        case ["fail", kind]:
            status, failure = "failed", Failure.of(kind, "as scripted")
        case ["sleep"]:
            report(_report(job, 1))
            time.sleep(600)
        case ["hang"]:  # in C, with the GIL held: no thread and no signal handler of this process runs any more
            report(_report(job, 1))
            ctypes.PyDLL(None).sleep(600)
        case ["hog", megabytes]:
            report(_report(job, 1))
            _leak(int(megabytes))
            time.sleep(600)
        case ["hog-in-a-child", megabytes]:
            subprocess.run([sys.executable, "-c", f"x = b'x' * (int({megabytes}) << 20); {SLEEP}"], check=True)
        case ["map", file]:
            with Path(file).open("wb") as big:
                big.truncate(600 << 20)
            mapped = mmap.mmap(os.open(file, os.O_RDONLY), 0, prot=mmap.PROT_READ)
            HELD.append((mapped, mmap.mmap(-1, 4 << 30)))  # and address space that nobody touches
            assert not any(mapped[:: mmap.PAGESIZE])
            time.sleep(0.5)
        case ["leak", megabytes]:
            _leak(int(megabytes))
        case ["child"]:
            child = subprocess.Popen([sys.executable, "-c", SLEEP])
            report(_report(job, 1, loss=float(child.pid)))
            time.sleep(600)
        case ["daemon", *then]:  # a grandchild that has lost its parent and left session and group
            report(_report(job, 1, loss=float(_daemon())))
            _after(then)
        case ["environment"]:
            Path(job.model_file).write_text(json.dumps(dict(os.environ)))
    return TrialResult(
        job_id=job.job_id, status=status, epochs=epochs, metrics={"pid": float(os.getpid())}, failure=failure
    )


def _leak(megabytes):
    HELD.append(bytearray(b"x") * (megabytes << 20))


def _daemon():
    reading, writing = os.pipe()
    if not os.fork():
        os.setsid()
        if grandchild := os.fork():
            os.write(writing, str(grandchild).encode())
        else:
            time.sleep(600)
        os._exit(0)
    os.wait()
    return int(os.read(reading, 20))


def _after(then):
    match then:
        case ["crash"]:
            os.kill(os.getpid(), signal.SIGSEGV)
        case ["hang"]:
            ctypes.PyDLL(None).sleep(600)
        case ["sleep"]:
            time.sleep(600)


def _report(job, epoch, loss=0.5, rate=0.1):
    return EpochReport(
        job_id=job.job_id, epoch=epoch, planned_epochs=9, metrics={"loss": loss}, learning_rate=rate, seconds=0.0
    )


# The real one takes a while to import.
sys.modules["automl.training"] = types.SimpleNamespace(run_job=run_job, run_ensemble=None)
automl.backend.start_keras = lambda: None

if __name__ == "__main__":
    sys.exit(worker.main())
