"""The tables, as the migrations make them; rows never leave `dbaccess.storage`."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Times are aware; JSON is jsonb; numbers of rows are bigint."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        timedelta: Interval,
        dict[str, Any]: JSONB(none_as_null=True),
    }


class IntakeRow(Base):
    __tablename__ = "intake"
    __table_args__ = (PrimaryKeyConstraint("key", name="intake_pk"), Index("intake_taken_at", "taken_at"))

    key: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PersonRow(Base):
    __tablename__ = "directory_people"
    __table_args__ = (PrimaryKeyConstraint("slack_id", name="directory_people_pk"),)

    slack_id: Mapped[str]
    team_id: Mapped[str]
    name: Mapped[str]
    tz: Mapped[str]
    is_guest: Mapped[bool]
    is_bot: Mapped[bool]
    is_deactivated: Mapped[bool]
    read_at: Mapped[datetime]


class DirectoryReadRow(Base):
    __tablename__ = "directory_reads"
    __table_args__ = (PrimaryKeyConstraint("id", name="directory_reads_pk"),)

    id: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), autoincrement=False)
    read_at: Mapped[datetime]


class SourceRow(Base):
    __tablename__ = "directory_sources"
    __table_args__ = (PrimaryKeyConstraint("source_id", name="directory_sources_pk"),)

    source_id: Mapped[str]


class MemberRow(Base):
    __tablename__ = "directory_members"
    __table_args__ = (
        PrimaryKeyConstraint("source_id", "slack_id", name="directory_members_pk"),
        ForeignKeyConstraint(
            ["source_id"],
            ["directory_sources.source_id"],
            name="directory_members_source_fk",
            ondelete="CASCADE",
        ),
        Index("directory_members_slack_id", "slack_id"),
    )

    source_id: Mapped[str]
    slack_id: Mapped[str]
    missing_since: Mapped[datetime | None]


class RequestRow(Base):
    __tablename__ = "requests"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="requests_pk"),
        Index(
            "requests_one_pending",
            "requester",
            "target",
            "role",
            "kind",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "requests_one_debt",
            "requester",
            unique=True,
            postgresql_where=text("kind = 'break_glass_review' and state = 'pending'"),
        ),
        Index(
            "requests_one_review",
            "of_grant",
            unique=True,
            postgresql_where=text("kind = 'break_glass_review'"),
        ),
        Index("requests_requester", "requester", "submitted_at"),
        Index("requests_of_grant", "of_grant", "id", postgresql_where=text("of_grant is not null")),
        Index("requests_decide_by", "decide_by", postgresql_where=text("state = 'pending'")),
        Index("requests_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True, start=1001))
    requester_slack_id: Mapped[str]
    requester: Mapped[str] = mapped_column(Computed("terms ->> 'requester'", persisted=True))
    target: Mapped[str] = mapped_column(Computed("terms ->> 'target'", persisted=True))
    role: Mapped[str] = mapped_column(Computed("terms ->> 'role'", persisted=True))
    kind: Mapped[str] = mapped_column(Computed("terms ->> 'kind'", persisted=True))
    of_grant: Mapped[int | None] = mapped_column(Computed("(terms ->> 'of_grant')::bigint", persisted=True))
    terms: Mapped[dict[str, Any]]
    fingerprint: Mapped[str]
    policy_hash: Mapped[str]
    state: Mapped[str]
    submitted_at: Mapped[datetime]
    decide_by: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    stale_why: Mapped[str | None]


class ReviewRow(Base):
    __tablename__ = "reviews"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="reviews_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="reviews_request_fk"),
        UniqueConstraint("request_id", "reviewer", name="reviews_one_a_person"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    request_id: Mapped[int]
    reviewer: Mapped[str]
    reviewer_slack_id: Mapped[str]
    verdict: Mapped[str]
    role: Mapped[str | None]
    duration_seconds: Mapped[int | None]
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text))
    note: Mapped[str]
    fingerprint: Mapped[str]
    policy_hash: Mapped[str]
    reviewed_at: Mapped[datetime]


class VoidedReviewRow(Base):
    __tablename__ = "voided_reviews"
    __table_args__ = (
        PrimaryKeyConstraint("review_id", name="voided_reviews_pk"),
        ForeignKeyConstraint(["review_id"], ["reviews.id"], name="voided_reviews_review_fk"),
    )

    review_id: Mapped[int] = mapped_column(autoincrement=False)
    why: Mapped[str]
    voided_at: Mapped[datetime]


class GrantRow(Base):
    __tablename__ = "grants"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="grants_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="grants_request_fk"),
        UniqueConstraint("request_id", name="grants_one_a_request"),
        Index(
            "grants_ended_holder", "holder", text("ended_at desc"), postgresql_where=text("state = 'ended'")
        ),
        Index("grants_open_holder", "holder", postgresql_where=text("state <> 'ended'")),
        Index("grants_open_cluster", "cluster", postgresql_where=text("state <> 'ended'")),
        Index("grants_expires_at", "expires_at", postgresql_where=text("state = 'active'")),
        Index(
            "grants_next_attempt_at",
            "next_attempt_at",
            postgresql_where=text("state in ('provisioning', 'revoking')"),
        ),
        Index("grants_state", "state", "id"),
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


class AnnouncementRow(Base):
    __tablename__ = "announcements"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", name="announcements_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="announcements_request_fk"),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    place: Mapped[str]
    announced_at: Mapped[datetime]


class LedgerRow(Base):
    __tablename__ = "ledger"
    __table_args__ = (
        PrimaryKeyConstraint("seq", name="ledger_pk"),
        UniqueConstraint("prev_hash", name="ledger_no_fork"),
        UniqueConstraint("hash", name="ledger_hash_once"),
        Index("ledger_request_id", "request_id", "seq", postgresql_where=text("request_id is not null")),
        Index("ledger_grant_id", "grant_id", "seq", postgresql_where=text("grant_id is not null")),
    )

    seq: Mapped[int] = mapped_column(autoincrement=False)
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]
    body: Mapped[bytes]
    kind: Mapped[str]
    request_id: Mapped[int | None]
    grant_id: Mapped[int | None]


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="outbox_pk"),
        Index("outbox_waiting", "created_at", "id", postgresql_where=text("dispatched_at is null")),
        Index("outbox_dispatched_at", "dispatched_at", postgresql_where=text("dispatched_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    job: Mapped[str]
    subject: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    dispatched_at: Mapped[datetime | None]


class MessageRow(Base):
    __tablename__ = "messages"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="messages_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="messages_request_fk"),
        UniqueConstraint("request_id", "kind", name="messages_one_a_kind"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    request_id: Mapped[int]
    kind: Mapped[str]
    channel: Mapped[str]
    posted_channel: Mapped[str | None]
    posted_ts: Mapped[str | None]
    rendered: Mapped[str | None]
    posted_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class MessageStreamRow(Base):
    __tablename__ = "message_streams"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", name="message_streams_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="message_streams_request_fk"),
        Index(
            "message_streams_next_attempt_at",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at is not null"),
        ),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    next_attempt_at: Mapped[datetime | None]


class CredentialViewRow(Base):
    __tablename__ = "credential_views"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="credential_views_pk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="credential_views_grant_fk"),
        Index("credential_views_shown_at", "grant_id", "shown_at"),
        Index("credential_views_waiting", "requested_at", postgresql_where=text("state = 'requested'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    grant_id: Mapped[int]
    slack_id: Mapped[str]
    view_id: Mapped[str]
    state: Mapped[str]
    requested_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]


class DraftRow(Base):
    __tablename__ = "drafts"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="drafts_pk"),
        Index("drafts_created_at", "created_at"),
        Index("drafts_slack_id", "slack_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    slack_id: Mapped[str]
    fields: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PolicyInForceRow(Base):
    __tablename__ = "policy_in_force"
    __table_args__ = (PrimaryKeyConstraint("process", "host", "pid", name="policy_in_force_pk"),)

    process: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    hash: Mapped[str]
    loaded_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    refused: Mapped[str | None]


class PolicyVersionRow(Base):
    __tablename__ = "policy_versions"
    __table_args__ = (PrimaryKeyConstraint("hash", "writer", name="policy_versions_pk"),)

    hash: Mapped[str]
    writer: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class NoticeRow(Base):
    __tablename__ = "notices"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="notices_pk"),
        UniqueConstraint("key", "channel", name="notices_once"),
        Index("notices_next_attempt_at", "next_attempt_at", postgresql_where=text("posted_at is null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    key: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    posted_at: Mapped[datetime | None]


class _Rule:
    """One row of a table that only migrations write."""

    writer: Mapped[str]


class RequestTransitionRow(_Rule, Base):
    __tablename__ = "request_transitions"
    __table_args__ = (PrimaryKeyConstraint("from_state", "event", name="request_transitions_pk"),)

    from_state: Mapped[str]
    event: Mapped[str]
    to_state: Mapped[str]


class GrantTransitionRow(_Rule, Base):
    __tablename__ = "grant_transitions"
    __table_args__ = (PrimaryKeyConstraint("from_state", "event", name="grant_transitions_pk"),)

    from_state: Mapped[str]
    event: Mapped[str]
    to_state: Mapped[str]


class LedgerKindRow(_Rule, Base):
    __tablename__ = "ledger_kinds"
    __table_args__ = (PrimaryKeyConstraint("kind", name="ledger_kinds_pk"),)

    kind: Mapped[str]
