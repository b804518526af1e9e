"""Tables of people and their groups, as Slack has them."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


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
    list_begun_at: Mapped[datetime | None]
    list_cursor: Mapped[str | None]


class TeamRow(Base):
    __tablename__ = "team"
    __table_args__ = (PrimaryKeyConstraint("id", name="team_pk"),)

    id: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), autoincrement=False)
    team_id: Mapped[str]
    url: Mapped[str]
    said_at: Mapped[datetime]


class SourceRow(Base):
    __tablename__ = "directory_sources"
    __table_args__ = (PrimaryKeyConstraint("source_id", name="directory_sources_pk"),)

    source_id: Mapped[str]
    read_at: Mapped[datetime]


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


class ToldGroupRow(Base):
    __tablename__ = "told_groups"
    __table_args__ = (PrimaryKeyConstraint("group_name", name="told_groups_pk"),)

    group_name: Mapped[str]
    members: Mapped[list[str]] = mapped_column(ARRAY(Text))
