"""An access review as a campaign: items that are fixed at its start, an answer to each, and an end date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from dbaccess.domain.access_review import ReviewItem
from dbaccess.domain.people import SlackId

CampaignId = NewType("CampaignId", int)

MOST_ITEMS: Final = 5000
"""Items of one campaign; one of a smaller group holds fewer."""

REMIND_BEFORE: Final = timedelta(days=2)
"""The operators are reminded so long before the end, or at half of the time if it is shorter."""


class CampaignState(StrEnum):
    """`closing`: no answer is taken, and the missing ones are being recorded."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Answer(StrEnum):
    """An answer about one access; `unanswered` is recorded at the end."""

    KEEP = "keep"
    REMOVE = "remove"
    UNANSWERED = "unanswered"


class Removal(StrEnum):
    """The removal of standing access by the workers: asked for, begun on the server, verified, or refused."""

    WANTED = "wanted"
    STARTED = "started"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign. `digest` is SHA-256 in hex over its items in canonical JSON.

    `asked_at` is when the owners of its group were asked, if the policy names any. `closed_by` is
    `system` where the time was over.
    """

    id: CampaignId
    group: str
    days: int
    policy_hash: str
    items: int
    digest: str
    state: CampaignState
    started_by: str
    started_at: datetime
    ends_at: datetime
    remind_at: datetime
    groups_read_at: datetime | None = None
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def label(self) -> str:
        return f"AR-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignItem:
    """One item, by its number in the campaign, with its last answer.

    `answered_slack_id` is the account of an owner who answered in Slack. `removal_note` is the failure code
    of a refused removal, or the path that is left after a verified one.
    """

    campaign_id: CampaignId
    number: int
    about: ReviewItem
    answer: Answer | None = None
    reason: str = ""
    answered_by: str | None = None
    answered_slack_id: SlackId | None = None
    answered_at: datetime | None = None
    removal: Removal | None = None
    removal_note: str = ""

    @property
    def label(self) -> str:
        return f"AR-{self.campaign_id}/{self.number}"


Counts = Mapping[Answer | None, int]
"""How many items have each answer; None: without one."""
