"""The open requests and grants of one person, read at one moment, for lists and the Home tab."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.message import Refusal
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.use import UNKNOWN_USE, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """A pending request that the reader may review now."""

    request: Request
    requester_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassToReview:
    """A pending review of a break-glass that the reader may close now."""

    review: BreakGlassReview
    requester_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An open grant, with the displayed names of its holder and of its approvers.

    `use` is what is known of its use at this moment.
    """

    grant: Grant
    holder_name: str
    approved_by: tuple[str, ...] = ()
    use: Use = UNKNOWN_USE


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One person's Home tab.

    `groups` are all groups of the person, and `reviews_for` those in whose name the person may review.
    `reviews` are sorted by lapse time, `revocable` (open grants of others that the person may end) and
    `holds` by their end; `ended` are the last few, latest first. `possible` counts targets by the name of a
    role that some rule lets the person request. `break_glass_reviews` are those that the person may close.
    `with_statements` are those of `ended` that have statements to show. `refusals` are those of `waits` that
    reviewers cannot see. Only the first of `holds` have details: `credentials_shown` are those with a
    password that was shown before, `uses` are of the active ones, and `extendable` may be given more time.
    """

    now: datetime
    reviews_for: tuple[str, ...]
    reviews: Sequence[ToReview]
    revocable: Sequence[Holding]
    holds: tuple[Grant, ...]
    credentials_shown: frozenset[GrantId]
    waits: tuple[Request, ...]
    ended: tuple[Grant, ...]
    possible: tuple[tuple[str, int], ...]
    break_glass_reviews: tuple[BreakGlassToReview, ...] = ()
    groups: frozenset[str] = frozenset()
    lockdowns: tuple[LockdownRow, ...] = ()
    refusals: Mapping[RequestId, Refusal] = field(default_factory=dict)
    with_statements: frozenset[GrantId] = frozenset()
    uses: Mapping[GrantId, Use] = field(default_factory=dict)
    extendable: frozenset[GrantId] = frozenset()
