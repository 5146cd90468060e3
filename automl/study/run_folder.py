"""A run is a folder: ``run.json``, ``study.db``, ``checkpoints/``, ``model/``, ``logs/`` and ``prepared/``."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from automl.errors import StudyError
from automl.files import STUDY_NAME, sweep, write_whole
from automl.study.facts import package_versions
from automl.study.holding import HOLDER, LOCK, held
from automl.study.making import FOLDERS, furnish, make, make_dated, undo
from automl.study.manifest import DATABASE, FORMAT_VERSION, MANIFEST, nearest_run, read_manifest
from automl.study.trial_records import ENDED
from automl.study.urls import lost_password, shown_url, sqlite_path, sqlite_url, without_passwords


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one search; make one with ``create`` or ``open``.

    Attributes:
        path: The folder, absolute.
        task: Name of the task.
        study: Name of the study in the database.
        created: When the folder was made, UTC.
        versions: Of Python and the packages that matter, then.
        storage: The database's URL; None for ``study.db`` in the folder.
        made: What ``create`` made, outermost first; empty after ``open``.
        command: The configuration the run was made with, passwords hidden; empty where an older version made it.
        part: 1 for the run's first study; another study in the same folder counts on.
    """

    path: Path
    task: str
    study: str
    created: datetime
    versions: Mapping[str, str]
    storage: str | None = field(default=None, repr=False)
    made: tuple[Path, ...] = field(default=(), repr=False)
    command: Mapping[str, Any] = field(default_factory=dict, repr=False)
    part: int = 1

    @classmethod
    def create(
        cls,
        path: Path | None,
        *,
        task: str,
        storage: str | None = None,
        study: str | None = None,
        command: Mapping[str, Any] | None = None,
        default_parent: Path = Path("automl-runs"),
    ) -> RunFolder:
        """Make the folder of a new search.

        Args:
            path: Where; it may exist if it is empty. None makes ``<default_parent>/<task>-<date>``.
            task: Name of the task.
            storage: URL of the database; None for ``study.db`` in the folder.
            study: Name of the study; None takes the folder's.
            command: The configuration, JSON-able, from which the search can be started again.
            default_parent: Where folders without a name of their own go.

        Raises:
            StudyError: The folder holds something already, or cannot be made or written.
        """
        created = datetime.now(UTC)
        try:
            made = make(path.absolute()) if path else make_dated(default_parent.absolute(), task, created)
        except OSError as error:
            raise StudyError(f"cannot make the run's folder {path or default_parent}: {error.strerror}") from None
        folder = path.absolute() if path else made[-1]
        name = study or _study_name(folder.name)
        kept = without_passwords(command or {})
        run = cls(folder, task, name, created, package_versions(), _absolute(storage), made, kept)
        try:
            furnish(folder)
            run._write()
        except OSError as error:
            undo(folder, made)
            raise StudyError(f"cannot write into {folder}: {error.strerror}; choose another folder") from None
        return run

    @classmethod
    def open(cls, path: Path, *, storage: str | None = None) -> RunFolder:
        """Find an existing run.

        Args:
            path: Its folder.
            storage: URL of the database, where ``run.json`` lost a password.

        Raises:
            StudyError: It is no run, it is damaged, or a newer version of this package made it.
        """
        folder = path.absolute()
        if not (folder / MANIFEST).is_file():
            raise StudyError(f"{path} is no run; {nearest_run(folder)}")
        document = read_manifest(folder / MANIFEST)
        kept = None if document["storage"] == f"sqlite:///{DATABASE}" else str(document["storage"])
        created = datetime.fromisoformat(document["created"])
        return cls(
            folder,
            document["task"],
            document["study"],
            created,
            document["versions"],
            storage or kept,
            command=document["command"],
            part=document["part"],
        )

    @property
    def checkpoints(self) -> Path:
        """Models of the trials of the run's present study."""
        models = self.path / "checkpoints"
        return models if self.part == 1 else models / str(self.part)

    @property
    def model(self) -> Path:
        """The bundle."""
        return self.path / "model"

    @property
    def logs(self) -> Path:
        """What workers wrote."""
        return self.path / "logs"

    @property
    def prepared(self) -> Path:
        """The prepared data."""
        return self.path / "prepared"

    @property
    def database(self) -> Path | None:
        """The SQLite file, or None for a database elsewhere."""
        return sqlite_path(self.storage) if self.storage else self.path / DATABASE

    @property
    def storage_url(self) -> str:
        """The database's URL, password and all: not for showing.

        Raises:
            StudyError: The password is not known; ``run.json`` never holds one.
        """
        if self.storage is None:
            return sqlite_url(self.path / DATABASE)
        if lost_password(self.storage):
            raise StudyError(
                f"the password of {self.storage} is not kept in {self.path / MANIFEST}; "
                "give the whole URL with --storage"
            )
        return self.storage

    @property
    def shown_url(self) -> str:
        """The database's URL for people and files."""
        return shown_url(self.storage) if self.storage else f"sqlite:///{self.path / DATABASE}"

    def hold(self) -> AbstractContextManager[None]:
        """Keep every other search out of the folder, as a context manager; the lock ends with the process at last.

        Raises:
            StudyError: Another search holds it; the message names its process, machine and since when.
        """
        return held(self.path)

    def sweep(self) -> None:
        """Remove what killed processes left half written; only for the one who holds the folder."""
        sweep(self.path)

    def next_study(self, *, command: Mapping[str, Any] | None = None) -> RunFolder:
        """Give the folder a new study: ``digits``, then ``digits.2``; the old one stays in the database.

        ``run.json`` names the new study from here on; its models go to a folder of their own.

        Args:
            command: The configuration of the new study; None keeps the present one.

        Raises:
            StudyError: ``run.json`` cannot be written; the old study stays the run's.
        """
        ending = f".{self.part + 1}"
        first = self.study if self.part == 1 else self.study.removesuffix(f".{self.part}")
        name = first[: 100 - len(ending)] + ending
        kept = self.command if command is None else without_passwords(command)
        following = replace(self, study=name, part=self.part + 1, command=kept, made=())
        try:
            following.checkpoints.mkdir(exist_ok=True)
            following._write()
        except OSError as error:
            raise StudyError(
                f"cannot write into {self.path}: {error.strerror}; free some space or change its rights"
            ) from None
        return following

    def discard(self) -> None:
        """Undo ``create``: remove what it made and what stands in it.

        Raises:
            StudyError: The run was opened, not created here, or holds models or trials that came to something.
        """
        if not self.made:
            raise StudyError(f"{self.path} was not made just now; delete it by hand if it is not wanted")
        if self._holds_results():
            raise StudyError(f"{self.path} holds results; delete it by hand if they are not wanted")
        for name in FOLDERS:
            shutil.rmtree(self.path / name, ignore_errors=True)
        # The manifest goes when the rest has gone: whoever is killed here leaves a run that begins again.
        for name in (f"{DATABASE}-wal", f"{DATABASE}-shm", DATABASE, MANIFEST, HOLDER, LOCK):
            (self.path / name).unlink(missing_ok=True)
        for folder in reversed(self.made):
            with suppress(OSError):  # not empty: someone else uses it too
                folder.rmdir()

    def _write(self) -> None:
        document = {
            "format_version": FORMAT_VERSION,
            "storage": shown_url(self.storage) if self.storage else f"sqlite:///{DATABASE}",
            "study": self.study,
            "task": self.task,
            "created": self.created.isoformat(),
            "versions": dict(self.versions),
            "command": dict(self.command),
            "part": self.part,
        }
        write_whole(self.path / MANIFEST, json.dumps(document, indent=2) + "\n")

    def _holds_results(self) -> bool:
        if any(any((self.path / name).glob("*")) for name in ("checkpoints", "model")):
            return True
        from automl.study.reader import StudyReader  # which needs this module

        with suppress(StudyError), StudyReader.open(self.path, storage=self.storage) as study:  # else there is none yet
            return any(trial.trained or trial.state in ENDED for trial in study.trials())
        return False


def _absolute(storage: str | None) -> str | None:
    path = sqlite_path(storage) if storage else None
    return storage if path is None else sqlite_url(path)


def _study_name(name: str) -> str:
    return name if STUDY_NAME.fullmatch(name) else re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:100] or "study"
