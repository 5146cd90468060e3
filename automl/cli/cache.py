"""``automl cache list|clear``: data that was read and decoded once and is kept for the next search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from automl.cli.options import JsonOpt
from automl.cli.study_options import CsvOpt

if TYPE_CHECKING:
    from automl.data.cache import CacheEntry

CacheOpt = Annotated[Path | None, typer.Option("--cache-dir", metavar="DIR", help="Else your cache folder.")]
YesOpt = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at prepared data, and delete it.")


@app.command("list")
def list_(cache_dir: CacheOpt = None, as_json: JsonOpt = False, as_csv: CsvOpt = False) -> None:
    """List the data that is kept, the last used first."""
    from automl.cli.output import table
    from automl.cli.sheet import byte_size, present
    from automl.data.cache import cache_root, list_cache

    found, root = list_cache(cache_dir), cache_root(cache_dir)
    records = [
        {
            "source": entry.source,
            "rows": entry.rows,
            "bytes": entry.size,
            "last_used": datetime.fromtimestamp(entry.last_used).astimezone().isoformat(timespec="seconds"),
            "folder": str(entry.directory),
        }
        for entry in found
    ]

    def lines() -> list[str]:
        if not found:
            return [f"nothing is kept in {root}"]
        rows = [
            [
                byte_size(one.size),
                f"{one.rows:,}",
                f"{datetime.fromtimestamp(one.last_used):%Y-%m-%d %H:%M}",
                one.source,
            ]
            for one in found
        ]
        return [*table(["size", "rows", "last used", "read from"], rows, right=[0, 1]), "", _total(found, root)]

    present(
        lines,
        document={"folder": str(root), "entries": records},
        rows=records,
        columns=("source", "rows", "bytes", "last_used", "folder"),
        as_json=as_json,
        as_csv=as_csv,
    )


@app.command()
def clear(cache_dir: CacheOpt = None, yes: YesOpt = False) -> None:
    """Delete all of it; a run whose data is deleted reads the original again."""
    from automl.cli.ask import agreed
    from automl.cli.sheet import byte_size
    from automl.data.cache import cache_root, clear_cache, list_cache

    found, root = list_cache(cache_dir), cache_root(cache_dir)
    if not found:
        typer.echo(f"nothing is kept in {root}")
        return
    if agreed(f"delete {_total(found, root)}?", yes=yes):
        typer.echo(f"freed {byte_size(clear_cache(cache_dir))}")


def _total(found: Sequence[CacheEntry], root: Path) -> str:
    from automl.cli.sheet import byte_size
    from automl.progress.words import plural

    return f"{plural(len(found), 'dataset')} in {root}, {byte_size(sum(one.size for one in found))}"
