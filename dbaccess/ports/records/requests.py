"""Records of requests, reviews and what people typed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from dbaccess.domain.access_review import Asked, AskedKey
from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, Identities, RecordFilter
from dbaccess.domain.request import Request, RequestId, Review


class PendingReviews(NamedTuple):
    """How many reviews of break-glasses are pending, and how many of these are past their time."""

    pending: int
    overdue: int


class PendingFor(NamedTuple):
    """A person who may review for these groups: not what these accounts asked for, nor a second time."""

    person: PersonId
    accounts: Collection[SlackId]
    groups: Collection[str]


class LapseOrder(NamedTuple):
    """The place of a pending request in the order in which they lapse."""

    decide_by: datetime
    request_id: RequestId


class PendingPage(NamedTuple):
    """`requests` are those that can be read; the next page begins after `last`, and None: there is none."""

    requests: Sequence[Request]
    last: LapseOrder | None


class IdempotencyKeys(Protocol):
    """Keys of Slack payloads, each taken once."""

    def claim(self, key: str) -> None:
        """The key is taken in this transaction; raises `DuplicateRequest` where it was before."""


class Requests(Protocol):
    def add(self, request: Request) -> Request:
        """The request with its id; `AlreadyOpen` where one of this account for the same role is pending."""

    def get(self, request_id: RequestId) -> Request:
        """Return it; raises `NotFound`."""

    def lock(self, request_id: RequestId) -> Request:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def save(self, request: Request) -> None: ...

    def due_to_lapse(
        self, now: datetime, *, limit: int, only: Collection[RequestId] | None = None
    ) -> list[Request]:
        """Return pending requests past their `decide_by`, locked; those that others locked are left out.

        `only` limits the search to these.
        """

    def pending_ids(self, *, after: RequestId, limit: int) -> list[RequestId]:
        """Return the next pending ids after that one, in order."""

    def readable(self, request_ids: Collection[RequestId]) -> list[Request]:
        """Return those of these requests that this program can read, in the order of their ids."""

    def count_pending(self) -> int: ...

    def pending_for(
        self, reviewer: PendingFor, now: datetime, *, after: LapseOrder | None = None, limit: int
    ) -> PendingPage:
        """Return a page of the requests that may wait for this person, in the order of their lapse."""

    def count_pending_for(self, reviewer: PendingFor, now: datetime) -> int:
        """Return how many requests all these pages have."""

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        """Return pending requests of any of these accounts, oldest first."""

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        """When the `back`th of the last requests of these accounts was asked for; None: there are fewer."""

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        """Return the ids of later requests about these grants, readable or not."""

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        """The later requests about a grant, its extensions, oldest first.

        Without what cannot be read: it keeps the grant from nothing.
        """

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Request]:
        """Return the newest first, without unreadable ones."""

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[RequestId]:
        """Return the ids of the newest first, of unreadable ones too."""

    def asked_since(self, accounts: Collection[SlackId], *, since: datetime) -> dict[AskedKey, Asked]:
        """Return how often each of these accounts asked for access since then, by target and role."""

    def requesters(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        """Return each name with each account under which any of these has requested."""


class Reviews(Protocol):
    def add(self, review: Review) -> Review:
        """Store the review and return it with its id; raises `AlreadyReviewed`."""

    def of(self, request_id: RequestId) -> list[Review]:
        """Return them in the order in which they were made."""

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, list[Review]]:
        """Return the same for several requests; each of them has a list."""

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        """Return each name with each account under which any of these has reviewed."""

    def keep(self, request_ids: Collection[RequestId]) -> None:
        """Let `of` answer for these from one reading, until a review is written; for display only."""

    def void(self, review: Review, *, why: str, at: datetime) -> bool:
        """Void the approval; return False if it was void before."""


class BreakGlassReviews(Protocol):
    """The review that each break-glass needs.

    Lists leave out a break-glass with terms that cannot be read.
    """

    def add(self, review: BreakGlassReview) -> None:
        """Open the review; raises `ReviewPending` where one of this name or this account is pending."""

    def of(self, request_id: RequestId) -> BreakGlassReview | None:
        """Return the review of this break-glass; None for any other request."""

    def lock(self, request_id: RequestId) -> BreakGlassReview | None:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        """Return each name with each account under which any of these has reviewed."""

    def save_verdict(self, review: BreakGlassReview) -> None:
        """Write state and verdict (bot only)."""

    def save_alarm(self, review: BreakGlassReview) -> None:
        """Write when the alarm was raised (worker only)."""

    def pending(self) -> list[BreakGlassReview]:
        """Return those that are not closed yet, oldest first."""

    def pending_of(
        self, accounts: Collection[SlackId], *, name: PersonId | None = None
    ) -> list[BreakGlassReview]:
        """Return those for break-glasses of any of these accounts, or of this name, oldest first."""

    def pending_for(self, groups: Collection[str]) -> list[BreakGlassReview]:
        """Return those of them that any of these groups gives, oldest first."""

    def count_pending(self, now: datetime) -> PendingReviews: ...

    def overdue(self, now: datetime, *, limit: int) -> list[RequestId]:
        """Return pending ones that are past their time and raised no alarm yet, oldest first."""

    def closed_untold(self, *, limit: int) -> list[RequestId]:
        """Return closed ones for which no message to thread and holder is planned, oldest first."""

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[BreakGlassReview]:
        """Return the newest ones first."""

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, BreakGlassReview]:
        """Return the reviews of those of these requests that were break-glasses."""


class Drafts(Protocol):
    """Refused lines that a person may still change; a button holds only the id.

    Only the newest of each person are kept.
    """

    def add(self, slack_id: SlackId, fields: Mapping[str, str]) -> int: ...

    def get(self, draft_id: int, slack_id: SlackId) -> dict[str, str]:
        """Return the draft; raises `NotFound` if this person has none with that id."""
