"""Our half of a study, the run's own row: who searches, how long it took, what came of it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from automl.errors import StudyError
from automl.study import rows
from automl.study.database import explained
from automl.study.owner import Owner
from automl.study.records import RunDraft, RunRecord
from automl.study.tables import Run


class RunLedger:
    """The row of one run.

    Attributes:
        run: What it said when this process made or claimed it.
    """

    def __init__(self, engine: Engine, study: str) -> None:
        self._engine = engine
        self._study = study
        self._since = time.monotonic()
        self.run: RunRecord

    def create(self, draft: RunDraft) -> None:
        """Write the run's row, owned by this process."""
        values = {item.name: getattr(draft, item.name) for item in dataclasses.fields(RunDraft)}
        owner = Owner.current().to_json()
        try:
            with self.writing() as connection:
                connection.execute(insert(Run).values(**values, study=self._study, started=now(), owner=owner))
                self.run = rows.find_run(connection, self._study)
        except IntegrityError:
            raise taken(self._study) from None

    def claim(self, *, take_over: bool, elapsed: float) -> None:
        """Make this process the run's owner, which has used ``elapsed`` seconds of the budget already."""
        self._since -= elapsed
        with self.writing() as connection:
            self.run = rows.find_run(connection, self._study)
            kept = connection.scalar(select(Run.owner).where(Run.id == self.run.id).with_for_update())
            owner = Owner.from_json(kept) if kept else None
            if owner and not take_over and owner != Owner.current() and owner.may_live():
                raise StudyError(f"study {self._study!r} is being searched by {owner}; wait for it or stop it first")
            self._set_run(connection, owner=Owner.current().to_json(), ended=None)

    def release(self, result: Mapping[str, Any] | None = None, *, ended: bool = False) -> None:
        """Write the seconds used; with ``ended`` also the end and the result, without it only let the run go."""
        with self.writing() as connection:
            fields = {"ended": now(), "result": result} if ended else {"owner": None}
            self._set_run(connection, seconds_used=self.seconds_used, **fields)

    @property
    def seconds_used(self) -> float:
        """Seconds of the budget used so far, over all sessions."""
        return self.run.seconds_used + time.monotonic() - self._since

    def amend(self, **values: Any) -> None:
        """Change what the run's row says of a continued search."""
        with self.writing() as connection:
            self._set_run(connection, **values)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction on our tables."""
        with explained("cannot write to the study's database"), self._engine.begin() as connection:
            yield connection

    def _set_run(self, connection: Connection, **values: Any) -> None:
        connection.execute(update(Run).where(Run.id == self.run.id).values(**values))


def taken(study: str) -> StudyError:
    """What to say when a study of that name is there already."""
    return StudyError(f"the database already has a study {study!r}; choose another name with --study")


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
