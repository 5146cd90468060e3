"""The server: who may ask, and what the command says where it cannot serve."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automl.cli import app
from automl.dashboard import require_extra
from automl.errors import ConfigError
from automl.study import RunFolder


def ask(server, path: str, host: str | None = None) -> bytes:
    headers = {"Host": host} if host else {}
    request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def test_the_study_is_served(server, run):
    studies = json.loads(ask(server, "/api/studies"))["study_summaries"]
    assert [study["study_name"] for study in studies] == [RunFolder.open(run).study]
    assert ask(server, "/api/studies", "localhost:1")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "10.0.0.1"])
def test_another_site_cannot_ask_by_a_name_that_leads_here(server, host):
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        ask(server, "/api/studies", host)
    caught.value.close()


def test_a_port_that_is_taken_is_a_sentence(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(app, ["dashboard", str(run), "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 2
    assert "name another --port" in done.stderr


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_another_host_is_asked_for(run, answer):
    done = CliRunner().invoke(app, ["dashboard", str(run), "--host", "0.0.0.0"], input=answer)
    assert done.exit_code == (0 if answer else 2)
    assert "there is no login" in done.stderr
    assert "nothing was served" in done.stderr
    assert "http" not in done.stdout


def test_what_is_missing_is_a_sentence(tmp_path, monkeypatch):
    done = CliRunner().invoke(app, ["dashboard", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert not isinstance(done.exception, OSError)
    monkeypatch.setitem(sys.modules, "optuna_dashboard", None)
    with pytest.raises(ConfigError, match=r"pip install 'automl\[dashboard\]'"):
        require_extra()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_nothing_is_left(run, tmp_path, number, code):
    command = [sys.executable, "-m", "automl", "dashboard", str(run), "--port", "0"]
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/dashboard/\n", process.stdout.readline())
        assert list(Path(tmp_path).glob("automl-dashboard-*"))
        process.send_signal(number)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert "Traceback" not in said
    assert not list(Path(tmp_path).glob("automl-dashboard-*"))
