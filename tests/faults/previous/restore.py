"""The run of an earlier version of this package, whose command was ended by kill -9 in its fourth trial.

``run.json`` and ``study.sql`` are what the first version wrote (tables of version 1, no ``command`` in ``run.json``):
``automl search digits/train --task image-classify --trials 40 --max-epochs 3 --seed 5`` on the digits of
``examples/make_digits.py``. Models and prepared data are left out; the machine's name is filled in when it is restored.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent


def restore(folder: Path) -> Path:
    """Make the run in a new folder, as a crash of this machine left it.

    Args:
        folder: Where; it must not exist.
    """
    for name in ("checkpoints", "model", "logs", "prepared"):
        (folder / name).mkdir(parents=True)
    shutil.copy(HERE / "run.json", folder)
    script = (HERE / "study.sql").read_text("utf-8").replace("@HOST@", platform.node())
    with closing(sqlite3.connect(folder / "study.db")) as connection:
        connection.executescript(script)
    return folder
