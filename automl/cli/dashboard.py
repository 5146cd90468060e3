"""``automl dashboard``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from automl.cli.ask import agreed
from automl.cli.options import ImportOpt, RunArg, StorageOpt, import_named
from automl.cli.study_options import StudyOpt


def dashboard(
    run: RunArg,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen; 0: any that is free.")] = 8080,
    host: Annotated[str, typer.Option("--host", metavar="HOST", help="On which address to listen.")] = "127.0.0.1",
    study: StudyOpt = None,
    storage: StorageOpt = None,
    imports: ImportOpt = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before others can reach it.")] = False,
) -> None:
    """Show a copy of a study in the browser, with notes and pictures, until Ctrl-C."""
    from automl.dashboard import copied, is_loopback, listening, put_on, require_extra
    from automl.progress.words import plural
    from automl.study import RunFolder, StudyReader
    from automl.study.urls import sqlite_url

    require_extra()
    if not is_loopback(host) and not agreed(_exposed(host), yes=yes, otherwise="nothing was served"):
        return
    import_named(imports)
    with (
        StudyReader.open(run, study=study, storage=storage) as reader,
        listening(host, port) as server,
        tempfile.TemporaryDirectory(prefix="automl-dashboard-", ignore_cleanup_errors=True) as folder,
    ):
        url = sqlite_url(run) if run.is_file() else RunFolder.open(run, storage=storage).storage_url
        typer.echo("copying the study and drawing its best and latest networks", err=True)
        copy = copied(reader, url, Path(folder))
        put_on(server, copy, host)
        for what, some in (("a note", copy.noted), ("pictures", copy.pictured)):
            if some < copy.trials:
                typer.echo(f"{some:,} of {plural(copy.trials, 'trial')} have {what}: the best and the latest", err=True)
        name = f"[{host}]" if ":" in host else host
        typer.echo(f"http://{name}:{server.server_port}/dashboard/")
        typer.echo("a copy of the study as it is now; start it again for newer trials; Ctrl-C ends it", err=True)
        sys.stdout.flush()  # who reads it from a pipe opens it now
        server.serve_forever()


def _exposed(host: str) -> str:
    return (
        f"On {host} everyone who reaches this machine can read the study, its settings, paths and errors included, and "
        "write on the copy that is shown: there is no login and no encryption. Serve it?"
    )
