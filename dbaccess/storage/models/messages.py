"""Tables of what Slack shows: the messages of requests, and notices."""

from datetime import datetime
from typing import Any

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


class MessageRow(Base):
    __tablename__ = "messages"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="messages_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="messages_request_fk"),
        UniqueConstraint("request_id", "kind", name="messages_one_a_kind"),
        Index("messages_waiting", "kind", "request_id", postgresql_where=text("posted_ts is null")),
        Index(
            "messages_refused", "refused_channel", "refused_at", postgresql_where=text("refused is not null")
        ),
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
    refused: Mapped[str | None]
    refused_channel: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    maybe_posted: Mapped[bool] = mapped_column(server_default=text("false"))


class MessageStreamRow(Base):
    __tablename__ = "message_streams"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", "lane", name="message_streams_pk"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="message_streams_request_fk"),
        Index(
            "message_streams_next_attempt_at",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at is not null"),
        ),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    lane: Mapped[str]
    next_attempt_at: Mapped[datetime | None]


class NoticeRow(Base):
    __tablename__ = "notices"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="notices_pk"),
        UniqueConstraint("key", "channel", name="notices_once"),
        Index(
            "notices_next_attempt_at",
            "next_attempt_at",
            postgresql_where=text("next_attempt_at is not null"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    key: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    posted_channel: Mapped[str | None]
    posted_ts: Mapped[str | None]
    rendered: Mapped[str | None]
    posted_at: Mapped[datetime | None]
