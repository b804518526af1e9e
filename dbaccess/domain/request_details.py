"""All that is known of one request, read at one moment; messages and lists are rendered from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.approved_scope import ApprovedScope, narrowest
from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.coverage import NOT_CHECKED, Coverage
from dbaccess.domain.extension import Extension
from dbaccess.domain.grant import Grant
from dbaccess.domain.message import Refusal
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.quorum import Quorum, match
from dbaccess.domain.request import Request, Review
from dbaccess.domain.use import UNKNOWN_USE, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerGroup:
    """A slot's group: its name, the people to mention (never the requester), and the approvals needed."""

    name: str
    sources: tuple[SourceId, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetails:
    """A request with its reviews and its grant, the people in it, and the words of the configuration.

    `people` has the requester and every reviewer. `ended_by` is the person who ended the grant, where it was
    one and the snapshot has that person's account. `can` and `cannot` are of the
    configuration now, for the role on offer or granted; empty if it no longer has the role.
    `connect_lines` are what the holder copies to connect, for messages to the holder alone.
    `narrower` are the roles that a reviewer may give instead now. `requester_groups` are those of the rule's
    groups that the requester is in, `escalate_to` the group or person to name if no reviewer decides.
    Of an extension `grant` is the one that it is about; `extension` is its outcome if approved. `may_extend`:
    the rule has more time for the grant. A break-glass has a `break_glass_review`, and `groups` then is the
    group that reviews it. `open_transaction_age`: how long a writing transaction of the holder was open on
    the target right before a message was posted. Later renderings do not have it. `refusal`: that of the
    message that asks reviewers. `is_unseen`: that message was surely never posted. `is_unconfirmed`: Slack
    did not confirm it. `coverage` is how far statements are captured: as recorded when the grant began,
    before that on the target now. `activity` is that of a
    grant that was active and ended. `use` is that of an active grant under a rule with `idle_after`.
    """

    request: Request
    reviews: tuple[Review, ...]
    grant: Grant | None
    people: dict[SlackId, Person]
    groups: tuple[ReviewerGroup, ...]
    operators: ReviewerGroup
    escalate_to: ReviewerGroup | None
    can: str
    cannot: str
    requester_groups: tuple[str, ...]
    workspace_url: str
    credentials_shown: bool
    now: datetime
    ended_by: Person | None = None
    extension: Extension | None = None
    may_extend: bool = False
    open_transaction_age: timedelta | None = None
    connect_lines: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    break_glass_review: BreakGlassReview | None = None
    refusal: Refusal | None = None
    is_unseen: bool = False
    is_unconfirmed: bool = False
    coverage: Coverage = NOT_CHECKED
    activity: ActivityReport | None = None
    use: Use = UNKNOWN_USE

    @property
    def requester(self) -> Person:
        return self.people[self.request.requester_slack_id]

    @property
    def quorum(self) -> Quorum:
        """Return which approvals fill which slots, as every message shows them."""
        voices = [review.voice for review in self.reviews if review.approves]
        return match(self.request.terms.approvals, voices)

    @property
    def scope(self) -> ApprovedScope:
        """Return the least that all approvers allow: what is on offer, or was granted."""
        given = [review.scope for review in self.reviews if review.approves and review.scope is not None]
        return narrowest(self.request.terms, given)

    def name(self, slack_id: SlackId) -> str:
        """Return `Maya Lindqvist (maya)`, on one line and without mark-up."""
        person = self.people.get(slack_id)
        return person.shown if person else slack_id
