"""Tables of requests, reviews and announcements."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Computed,
    ForeignKeyConstraint,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class RequestRow(Base):
    __tablename__ = "requests"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="requests_pk"),
        Index(
            "requests_one_pending",
            "requester_slack_id",
            "target",
            "role",
            "kind",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("requests_requester", "requester_slack_id", "submitted_at"),
        Index("requests_of_grant", "of_grant", "id", postgresql_where=text("of_grant is not null")),
        Index("requests_decide_by", "decide_by", postgresql_where=text("state = 'pending'")),
        Index("requests_state", "state", "id"),
        Index("requests_person", "requester", "id"),
        Index(
            "requests_ticket",
            text("(terms ->> 'ticket')"),
            postgresql_where=text("terms ->> 'ticket' is not null"),
        ),
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
        Index("reviews_reviewer", "reviewer", "reviewer_slack_id", "request_id"),
        Index("reviews_account", "reviewer_slack_id", "reviewer", "request_id"),
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
    membership_read_at: Mapped[datetime | None]


class VoidedReviewRow(Base):
    __tablename__ = "voided_reviews"
    __table_args__ = (
        PrimaryKeyConstraint("review_id", name="voided_reviews_pk"),
        ForeignKeyConstraint(["review_id"], ["reviews.id"], name="voided_reviews_review_fk"),
    )

    review_id: Mapped[int] = mapped_column(autoincrement=False)
    why: Mapped[str]
    voided_at: Mapped[datetime]


class AnnouncementRow(Base):
    __tablename__ = "announcements"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", name="announcements_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="announcements_request_fk"),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    place: Mapped[str]
    announced_at: Mapped[datetime]
