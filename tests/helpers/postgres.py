"""A PostgreSQL server of our own, for as long as the tests run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "sesame-4711"
_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; None where there is no server to start."""
    found = shutil.which("initdb")
    places = [*_DEBIAN, *([Path(found).parent] if found else [])]
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """URL of an empty database, ``postgresql+psycopg://tester:...@127.0.0.1:.../postgres``."""
    found = programs()
    assert found is not None, "ask for programs() first"
    with tempfile.TemporaryDirectory(prefix="automl-postgres-") as name:
        folder, port = Path(name), _free_port()
        who = _not_root(folder)
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        options = ["-U", "tester", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync"]
        subprocess.run([found / "initdb", "-D", folder / "data", *options], check=True, capture_output=True, **who)
        with (folder / "log").open("wb") as log:
            settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off"]
            command = [found / "postgres", "-D", folder / "data", *(word for one in settings for word in ("-c", one))]
            process = subprocess.Popen(command, stdout=log, stderr=log, **who)
        try:
            _wait(port, process, folder / "log")
            yield f"postgresql+psycopg://tester:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # its fast way: who is still connected is not waited for
            process.wait(60)


def _not_root(folder: Path) -> dict[str, object]:
    """Who runs the server: it refuses to run as root."""
    if os.name != "posix" or os.getuid() != 0:
        return {}
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    folder.chmod(0o755)
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    return {"user": user, "cwd": folder}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start within a minute")
