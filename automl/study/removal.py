"""Deleting a run for good: its folder, and its studies where they are kept in a database elsewhere."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from sqlalchemy import delete

from automl.errors import StudyError
from automl.files import folder_size
from automl.study.database import engine_options, engine_url, explained, open_engine
from automl.study.listing import list_studies
from automl.study.owner import Owner
from automl.study.reader import StudyReader
from automl.study.run_folder import RunFolder
from automl.study.tables import Run


@dataclass(frozen=True, slots=True)
class Removal:
    """What would be deleted.

    Attributes:
        folder: The run.
        size: Bytes of its folder.
        trials: In its present study.
        studies: Names in a database elsewhere; empty where the database stands in the folder.
    """

    folder: RunFolder
    size: int
    trials: int
    studies: tuple[str, ...]


def look(folder: RunFolder) -> Removal:
    """What deleting a run would take away.

    Raises:
        StudyError: It is being searched, or its database cannot be read.
    """
    trials, studies = 0, tuple[str, ...]()
    if folder.database is None or folder.database.exists():
        with StudyReader.open(folder.path, storage=folder.storage) as reader:
            _refuse_if_searched(folder, reader.searcher())
            trials = len(reader.lines())
    if folder.storage is not None:
        first = folder.study.removesuffix(f".{folder.part}") if folder.part > 1 else folder.study
        parts = {first, *(f"{first}.{part}" for part in range(2, folder.part + 1))}
        studies = tuple(run.study for run in list_studies(folder.storage_url) if run.study in parts)
    return Removal(folder, folder_size(folder.path), trials, studies)


def remove(removal: Removal) -> None:
    """Delete it.

    Raises:
        StudyError: It is being searched, or the database refuses.
    """
    folder = removal.folder
    with ExitStack() as stack:
        stack.enter_context(folder.hold())
        for name in removal.studies:
            _remove_study(folder.storage_url, name)
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise StudyError(f"cannot delete {folder.path}: {error.strerror}; delete the rest by hand") from None


def _remove_study(url: str, name: str) -> None:
    """Optuna's half goes first: what is left when that fails is still ours to delete."""
    import optuna

    from automl.study.optuna_side import quiet_optuna

    with explained(f"cannot delete study {name!r}"), quiet_optuna(), suppress(KeyError):
        storage = optuna.storages.RDBStorage(engine_url(url), engine_kwargs=engine_options(url))
        try:
            optuna.delete_study(study_name=name, storage=storage)
        finally:
            storage.remove_session()
            storage.engine.dispose()
    engine = open_engine(url)
    try:
        with explained(f"cannot delete study {name!r}"), engine.begin() as connection:
            connection.execute(delete(Run).where(Run.study == name))
    finally:
        engine.dispose()


def _refuse_if_searched(folder: RunFolder, searcher: Owner | None) -> None:
    if searcher is not None:
        raise StudyError(f"{folder.path} is being searched by {searcher}; stop that first (Ctrl-C), then delete it")
