"""Both halves of a study opened together, or neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from automl.study.database import explained, open_engine, prepare_schema, require_tables
from automl.study.ledger import Ledger
from automl.study.optuna_side import OptunaSide
from automl.study.urls import shown_url

Opened = TypeVar("Opened")


def connect(
    url: str,
    name: str,
    use: Callable[[Engine, Ledger, OptunaSide], Opened],
    *,
    existing: bool = False,
) -> Opened:
    """Open the database and hand both halves to ``use``; everything is closed again when it raises.

    Args:
        url: SQLAlchemy URL.
        name: The study's name.
        use: Makes the study.
        existing: Whether our tables must be there already.

    Raises:
        StudyError: The database cannot be used.
    """
    engine = open_engine(url)
    optuna: OptunaSide | None = None
    try:
        with explained(f"cannot open {shown_url(url)}"):
            if existing:
                with engine.connect() as connection:
                    require_tables(connection, shown_url(url))
            prepare_schema(engine)
        optuna = OptunaSide(url, name)
        return use(engine, Ledger(engine, name), optuna)
    except BaseException:
        if optuna is not None:
            optuna.close()
        engine.dispose()
        raise
