"""The tables, each with its key and what it holds."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.access_review_campaign import Campaign, CampaignId, CampaignItem
from dbaccess.domain.activity import Statement
from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.break_glass import Announcement
from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.coverage import Canary, Gap, GrantCoverage, LogPosition
from dbaccess.domain.credential_view import CredentialView, CredentialViewId
from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.home_tab import HomeTab
from dbaccess.domain.ledger import Entry
from dbaccess.domain.lockdown import Lockdown, LockdownId
from dbaccess.domain.message import Lane, Message, MessageId
from dbaccess.domain.notice import Notice, NoticeId
from dbaccess.domain.observation import Observation
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.policy_in_use import Process
from dbaccess.domain.reach import Reach
from dbaccess.domain.report_order import ReportOrder, ReportOrderId
from dbaccess.domain.request import Request, RequestId, Review, ReviewId
from dbaccess.domain.standing_access import FoundRole, Reading
from dbaccess.domain.team import Team
from dbaccess.domain.use import Sighting
from dbaccess.domain.witness import WitnessState
from dbaccess.ports import Job
from tests.fakes.database import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """The refused attempts of one account in one hour."""

    recorded: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedName:
    what: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew:
    seconds: float
    since: datetime
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRead:
    """The last reading of the groups, and the place in the workspace's list of accounts."""

    read_at: datetime
    list_begun_at: datetime | None = None
    list_cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    slack_id: SlackId
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCoverage:
    coverage: GrantCoverage
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    notice: Notice
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReach:
    """The reading of one grant, or why there is none and when the next one is due."""

    reach: Reach | None = None
    read_at: datetime | None = None
    why: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An account that a source lists, or did before its last reading."""

    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessageStream:
    """The time of the next look at the messages of a request; None: they show the present state."""

    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedHome:
    tab: HomeTab
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxJob:
    job: Job
    subject: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInForce:
    process: Process
    hash: str
    loaded_at: datetime
    seen_at: datetime
    refused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedReview:
    review: Review
    why: str
    voided_at: datetime


ONLY: Final = 1
"""The key of a table's one row."""

ACCESS_REVIEWS: Final[Table[CampaignId, Campaign]] = Table("access_reviews")
ACCESS_REVIEW_ITEMS: Final[Table[tuple[CampaignId, int], CampaignItem]] = Table("access_review_items")
ANNOUNCEMENTS: Final[Table[RequestId, Announcement]] = Table("announcements")
BREAK_GLASS_REVIEWS: Final[Table[RequestId, BreakGlassReview]] = Table("break_glass_reviews")
CANARIES: Final[Table[str, Canary]] = Table("activity_canaries")
CHANGED_NAMES: Final[Table[str, ChangedName]] = Table("changed_names")
CHECKPOINTS: Final[Table[int, SignedCheckpoint]] = Table("ledger_checkpoints")
WITNESSES: Final[Table[str, WitnessState]] = Table("ledger_witnesses")
CLOCK_SKEWS: Final[Table[str, ClockSkew]] = Table("clock_skews")
COVERAGE: Final[Table[GrantId, KeptCoverage]] = Table("activity_coverage")
CREDENTIAL_VIEWS: Final[Table[CredentialViewId, CredentialView]] = Table("credential_views")
DIRECTORY_READS: Final[Table[int, DirectoryRead]] = Table("directory_reads")
DRAFTS: Final[Table[int, Draft]] = Table("drafts")
EXTENSIONS: Final[Table[RequestId, Extension]] = Table("extensions")
GAPS: Final[Table[tuple[str, str, str, datetime], Gap]] = Table("activity_gaps")
GRANTS: Final[Table[GrantId, Grant]] = Table("grants")
HOMES: Final[Table[SlackId, OpenedHome]] = Table("homes")
IDEMPOTENCY_KEYS: Final[Table[str, str]] = Table("intake")
LEDGER: Final[Table[int, Entry]] = Table("ledger")
LOCKDOWNS: Final[Table[LockdownId, Lockdown]] = Table("lockdowns")
LOG_POSITIONS: Final[Table[str, LogPosition]] = Table("activity_positions")
MEMBERS: Final[Table[tuple[SourceId, SlackId], Member]] = Table("directory_members")
MESSAGES: Final[Table[MessageId, Message]] = Table("messages")
MESSAGE_STREAMS: Final[Table[tuple[RequestId, Lane], MessageStream]] = Table("message_streams")
NOTICES: Final[Table[NoticeId, KeptNotice]] = Table("notices")
OBSERVATIONS: Final[Table[str, Observation]] = Table("observations")
OUTBOX: Final[Table[int, OutboxJob]] = Table("outbox")
PEOPLE: Final[Table[SlackId, Person]] = Table("directory_people")
POLICIES_IN_FORCE: Final[Table[tuple[str, str, int], PolicyInForce]] = Table("policy_in_force")
POLICY_VERSIONS: Final[Table[tuple[str, str], bool]] = Table("policy_versions")
PROGRESS: Final[Table[int, tuple[GrantId, EndProgress]]] = Table("grant_progress")
REACHES: Final[Table[GrantId, KeptReach]] = Table("reaches")
REFUSED_ATTEMPTS: Final[Table[tuple[datetime, SlackId], Attempts]] = Table("refused_attempts")
REPORT_ORDERS: Final[Table[ReportOrderId, ReportOrder]] = Table("report_orders")
REQUESTS: Final[Table[RequestId, Request]] = Table("requests")
REVIEWS: Final[Table[ReviewId, Review]] = Table("reviews")
SOURCES: Final[Table[SourceId, datetime]] = Table("directory_sources")
SIGHTINGS: Final[Table[GrantId, Sighting]] = Table("activity_sightings")
STANDING_READINGS: Final[Table[str, Reading]] = Table("standing_readings")
STANDING_ROLES: Final[Table[tuple[str, str, str], FoundRole]] = Table("standing_roles")
STATEMENTS: Final[Table[tuple[str, str, int], Statement]] = Table("activity_statements")
SUMMARIES: Final[Table[GrantId, KeptSummary]] = Table("activity_summaries")
TEAM: Final[Table[int, Team]] = Table("team")
TOLD_GROUPS: Final[Table[str, frozenset[SlackId]]] = Table("told_groups")
VOIDED_REVIEWS: Final[Table[ReviewId, VoidedReview]] = Table("voided_reviews")


def as_stored(data: Any) -> Any:
    """As jsonb gives it back."""
    return json.loads(json.dumps(data))
