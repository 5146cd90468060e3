from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from automl.backend import no_retracing_warnings

SCRIPT = """
import os, sys
from automl.quiet import quiet_import
try:
    with quiet_import():
        with quiet_import():
            os.write(2, b"noise\\n")
        print("python speaks", file=sys.stderr)
        {inside}
except ImportError:
    pass
os.write(2, b"afterwards\\n")
print(os.environ["TF_CPP_MIN_LOG_LEVEL"])
"""


@pytest.fixture
def run():
    def run(inside, **env):
        script = SCRIPT.replace("{inside}", inside)
        return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env)

    return run


def test_noise_is_not_shown_and_python_is(run):
    assert run("pass").stderr == "python speaks\nafterwards\n"


def test_when_the_import_fails_everything_is_shown(run):
    assert run("raise ImportError").stderr == "python speaks\nnoise\nafterwards\n"


def test_the_log_level_of_the_person_is_kept(run):
    assert run("pass").stdout == "2\n"
    assert run("pass", TF_CPP_MIN_LOG_LEVEL="0").stdout == "0\n"


def test_works_without_a_standard_error():
    script = "import os; os.close(2)\nfrom automl.quiet import quiet_import\nwith quiet_import(): print('in')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "in\n"


def test_a_log_handler_made_inside_keeps_working_afterwards():
    script = """
import logging, sys
from automl.quiet import quiet_import
with quiet_import():
    handler = logging.StreamHandler()
logging.getLogger("library").addHandler(handler)
logging.getLogger("library").warning("heard")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "heard\n"


def test_only_the_warning_about_tracing_again_is_silenced(caplog):
    logger = logging.getLogger("tensorflow")
    with no_retracing_warnings():
        logger.warning("6 out of the last %d calls to <function> triggered tf.function retracing. Tracing is", 6)
        logger.warning("the disk is full")
    logger.warning("5 out of the last 5 calls triggered tf.function retracing.")
    assert caplog.messages == ["the disk is full", "5 out of the last 5 calls triggered tf.function retracing."]
