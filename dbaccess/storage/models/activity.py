"""Tables of activity: statements, how far they are known, and what proves that."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base

_BY_TIME = ("at", "cluster", "session_id", "line_num")


class StatementRow(Base):
    __tablename__ = "activity_statements"
    __table_args__ = (
        PrimaryKeyConstraint("cluster", "session_id", "line_num", name="activity_statements_pk"),
        Index("activity_statements_of_grant", "grant_id", "at", "session_id", "line_num"),
        Index("activity_statements_at", *_BY_TIME),
        Index("activity_statements_login", "login", "at"),
        Index("activity_statements_failed", *_BY_TIME, postgresql_where=text("sqlstate is not null")),
        Index("activity_statements_tables", "tables", postgresql_using="gin"),
        Index(
            "activity_statements_words",
            text(
                "to_tsvector('simple'::regconfig, translate(left(text, 50000), './-@<>&~_+', '          '))"
            ),
            postgresql_using="gin",
        ),
    )

    cluster: Mapped[str]
    session_id: Mapped[str]
    line_num: Mapped[int] = mapped_column(autoincrement=False)
    grant_id: Mapped[int]
    at: Mapped[datetime]
    login: Mapped[str]
    database: Mapped[str]
    client: Mapped[str | None]
    kind: Mapped[str]
    text: Mapped[str]
    reads: Mapped[list[str]] = mapped_column(ARRAY(Text))
    writes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    tables: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_parsed: Mapped[bool]
    is_nested: Mapped[bool]
    bind_values: Mapped[list[str | None]] = mapped_column(ARRAY(Text))
    duration: Mapped[timedelta | None]
    rows: Mapped[int | None]
    sqlstate: Mapped[str | None]
    error: Mapped[str | None]


class LogPositionRow(Base):
    __tablename__ = "activity_positions"
    __table_args__ = (PrimaryKeyConstraint("cluster", name="activity_positions_pk"),)

    cluster: Mapped[str]
    file: Mapped[str]
    fingerprint: Mapped[str]
    offset: Mapped[int]
    state: Mapped[dict[str, Any]]
    read_until: Mapped[datetime | None]
    caught_up_at: Mapped[datetime | None]
    behind: Mapped[int]


class GapRow(Base):
    __tablename__ = "activity_gaps"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="activity_gaps_pk"),
        UniqueConstraint(
            "cluster",
            "target",
            "cause",
            "began_at",
            name="activity_gaps_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    cluster: Mapped[str]
    target: Mapped[str | None]
    cause: Mapped[str]
    began_at: Mapped[datetime]
    until: Mapped[datetime | None]
    why: Mapped[str]


class CanaryRow(Base):
    __tablename__ = "activity_canaries"
    __table_args__ = (PrimaryKeyConstraint("target", name="activity_canaries_pk"),)

    target: Mapped[str]
    cluster: Mapped[str]
    login: Mapped[str]
    marker: Mapped[str]
    sent_at: Mapped[datetime]
    found: Mapped[str | None]
    level: Mapped[str]
    checked_at: Mapped[datetime | None]
    why: Mapped[str]
    logins: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    logged_since: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class GrantCoverageRow(Base):
    __tablename__ = "activity_coverage"
    __table_args__ = (
        PrimaryKeyConstraint("grant_id", name="activity_coverage_pk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="activity_coverage_grant_fk"),
    )

    grant_id: Mapped[int] = mapped_column(autoincrement=False)
    level: Mapped[str]
    checked_at: Mapped[datetime | None]
    why: Mapped[str]
    mode: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class SightingRow(Base):
    __tablename__ = "activity_sightings"
    __table_args__ = (
        PrimaryKeyConstraint("grant_id", name="activity_sightings_pk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="activity_sightings_grant_fk"),
    )

    grant_id: Mapped[int] = mapped_column(autoincrement=False)
    looked_at: Mapped[datetime]
    sessions: Mapped[int] = mapped_column(Integer)
    clients: Mapped[list[str]] = mapped_column(ARRAY(Text))
    first_seen_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    quiet_since: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]


class ActivitySummaryRow(Base):
    __tablename__ = "activity_summaries"
    __table_args__ = (
        PrimaryKeyConstraint("grant_id", name="activity_summaries_pk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="activity_summaries_grant_fk"),
    )

    grant_id: Mapped[int] = mapped_column(autoincrement=False)
    data: Mapped[dict[str, Any]]
    digest: Mapped[str]
    is_final: Mapped[bool]
    made_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]
