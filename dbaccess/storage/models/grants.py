"""Tables of grants, their extensions, and views of their passwords."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base

HELD: Final = "tstzrange(coalesce(begun_at, created_at), greatest(coalesce(begun_at, created_at), ended_at))"
"""The time in which an ended grant was held, written as in the index, so that the planner finds it."""


class GrantRow(Base):
    __tablename__ = "grants"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="grants_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="grants_request_fk"),
        UniqueConstraint("request_id", name="grants_one_a_request"),
        Index(
            "grants_ended_holder",
            "holder_slack_id",
            text("ended_at desc"),
            postgresql_where=text("state = 'ended'"),
        ),
        Index(
            "grants_open_holder",
            "holder_slack_id",
            postgresql_where=text("state not in ('ended', 'written_off')"),
        ),
        Index(
            "grants_open_cluster", "cluster", postgresql_where=text("state not in ('ended', 'written_off')")
        ),
        Index(
            "grants_open_login",
            "cluster",
            text("(recipe ->> 'login')"),
            postgresql_where=text("state not in ('ended', 'written_off')"),
        ),
        Index(
            "grants_login",
            text("(recipe ->> 'login')"),
            "cluster",
            postgresql_where=text("recipe is not null"),
        ),
        ForeignKeyConstraint(["reach_id"], ["reaches.id"], name="grants_reach_fk"),
        Index("grants_target", "target", "role", "id"),
        Index("grants_reach", "reach_id", "id", postgresql_where=text("recipe is not null")),
        Index(
            "grants_reach_due",
            "cluster",
            "id",
            postgresql_where=text("state = 'active' and reach_id is null"),
        ),
        Index("grants_held", text(HELD), postgresql_using="gist", postgresql_where=text("state = 'ended'")),
        Index("grants_expires_at", "expires_at", postgresql_where=text("state = 'active'")),
        Index(
            "grants_next_attempt_at",
            "next_attempt_at",
            postgresql_where=text("state in ('provisioning', 'revoking')"),
        ),
        Index("grants_state", "state", "id"),
        Index("grants_ended_at", "ended_at", postgresql_where=text("state = 'ended'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True, start=1001))
    request_id: Mapped[int]
    holder: Mapped[str]
    holder_slack_id: Mapped[str]
    target: Mapped[str]
    cluster: Mapped[str]
    role: Mapped[str]
    duration: Mapped[timedelta]
    state: Mapped[str]
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    revoking_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_cause: Mapped[str | None]
    ended_by: Mapped[str | None]
    end_note: Mapped[str | None]
    recipe: Mapped[dict[str, Any] | None]
    receipt: Mapped[dict[str, Any] | None]
    lease_id: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_attempt_at: Mapped[datetime | None]
    last_failure: Mapped[str | None]
    write_off_by: Mapped[str | None]
    write_off_reason: Mapped[str | None]
    written_off_by: Mapped[str | None]
    written_off_at: Mapped[datetime | None]
    reach_id: Mapped[int | None]
    reach_read_at: Mapped[datetime | None]
    reach_why: Mapped[str | None]
    reach_due_at: Mapped[datetime | None]


class GrantProgressRow(Base):
    __tablename__ = "grant_progress"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="grant_progress_pk"),
        Index("grant_progress_grant_id", "grant_id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    grant_id: Mapped[int]
    done: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ExtensionRow(Base):
    __tablename__ = "extensions"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", name="extensions_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="extensions_request_fk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="extensions_grant_fk"),
        Index("extensions_grant_id", "grant_id", "request_id"),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    grant_id: Mapped[int]
    added: Mapped[timedelta]
    expires_at: Mapped[datetime | None]
    why: Mapped[str | None]
    settled_at: Mapped[datetime]


class CredentialViewRow(Base):
    __tablename__ = "credential_views"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="credential_views_pk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="credential_views_grant_fk"),
        Index("credential_views_shown_at", "grant_id", "shown_at"),
        Index(
            "credential_views_waiting",
            "requested_at",
            postgresql_where=text("state in ('requested', 'started')"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    grant_id: Mapped[int]
    slack_id: Mapped[str]
    view_id: Mapped[str]
    state: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
