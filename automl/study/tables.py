"""Our tables, beside Optuna's in the same database; ``docs/study-database.md`` describes them for people.

Every name begins with ``automl_``: a table ``trials`` of ours would take Optuna's place. No foreign key points at
Optuna's tables, which are not part of this metadata; Optuna's trial id is a plain indexed integer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from automl.study.columns import CleanJSON, CleanText, UTCDateTime

SCHEMA_VERSION = 1


class Base(DeclarativeBase):
    """Python types and how they are stored."""

    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it from the class
        str: CleanText,
        dict[str, Any]: CleanJSON,
        float: Float(53),
        datetime: UTCDateTime,
    }


class Meta(Base):
    """One row: which version of these tables the database has, and who made them."""

    __tablename__ = "automl_meta"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    schema_version: Mapped[int]
    library_version: Mapped[str]
    created: Mapped[datetime]


class Run(Base):
    """One search; its study's name is also Optuna's."""

    __tablename__ = "automl_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(unique=True)
    task: Mapped[str]
    command: Mapped[dict[str, Any]]
    data_digest: Mapped[str]
    data_summary: Mapped[dict[str, Any]]
    space_name: Mapped[str]
    space_text: Mapped[str]
    objective: Mapped[str]
    direction: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    versions: Mapped[dict[str, Any]]
    machine: Mapped[dict[str, Any]]
    started: Mapped[datetime]
    ended: Mapped[datetime | None]
    budget_seconds: Mapped[float | None]
    seconds_used: Mapped[float]
    result: Mapped[dict[str, Any] | None]
    owner: Mapped[dict[str, Any] | None]


class Trial(Base):
    """One trial; ``state`` is one of ``records.TRIAL_STATES``, ``parent`` and ``duplicate_of`` are numbers."""

    __tablename__ = "automl_trial"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        Index("ix_automl_trial_job_key", "run_id", "job_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("automl_run.id", ondelete="CASCADE"))
    optuna_trial_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str]
    value: Mapped[float | None]
    params: Mapped[dict[str, Any]]
    architecture: Mapped[dict[str, Any] | None]
    fingerprint: Mapped[str | None]
    job_key: Mapped[str | None]
    parameters: Mapped[int | None] = mapped_column(BigInteger)
    flops: Mapped[int | None] = mapped_column(BigInteger)
    training: Mapped[dict[str, Any] | None]
    proposed_by: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    parent: Mapped[int | None]
    duplicate_of: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    failure_kind: Mapped[str] = mapped_column(default="")
    failure_message: Mapped[str] = mapped_column(default="")
    failure_advice: Mapped[str] = mapped_column(default="")
    failure_traceback: Mapped[str] = mapped_column(default="")
    violations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    epochs: Mapped[int] = mapped_column(default=0)
    planned_epochs: Mapped[int | None]
    best_epoch: Mapped[int | None]
    seconds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    step_seconds: Mapped[float | None]
    steps_per_epoch: Mapped[int | None]
    worker: Mapped[str] = mapped_column(default="")
    seed: Mapped[int | None] = mapped_column(BigInteger)
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    ended: Mapped[datetime | None]


class Segment(Base):
    """Epochs of a trial trained in one go by one worker; a resumed trial has several."""

    __tablename__ = "automl_segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("automl_trial.id", ondelete="CASCADE"), index=True)
    from_epoch: Mapped[int]
    to_epoch: Mapped[int]
    worker: Mapped[str]
    checkpoint: Mapped[str]


class Epoch(Base):
    """One epoch of a trial; a metric that was not finite is null."""

    __tablename__ = "automl_epoch"

    trial_id: Mapped[int] = mapped_column(ForeignKey("automl_trial.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    metrics: Mapped[dict[str, Any]]
    learning_rate: Mapped[float | None]
    seconds: Mapped[float | None]


class Artifact(Base):
    """A file of a trial, or of the run when ``trial_id`` is null; ``path`` is relative to the run's folder."""

    __tablename__ = "automl_artifact"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("automl_run.id", ondelete="CASCADE"), index=True)
    trial_id: Mapped[int | None] = mapped_column(ForeignKey("automl_trial.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    path: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created: Mapped[datetime]
