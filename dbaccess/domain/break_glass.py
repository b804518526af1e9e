"""Access first, review after: who was told before, and what is owed for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dbaccess.domain.errors import ReviewOwed
from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.rule import BreakGlass
from dbaccess.domain.terms import RequestKind, Terms


class Place(StrEnum):
    """Where a break-glass was announced before anything was given."""

    SLACK = "slack"
    SYSLOG = "syslog"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Somebody else could have read it from `announced_at` on."""

    request_id: RequestId
    place: Place
    announced_at: datetime


def review_terms(of: Terms, grant_id: GrantId, break_glass: BreakGlass) -> Terms:
    """What is to be judged afterwards: the same access, by one person of the group."""
    return replace(
        of,
        kind=RequestKind.BREAK_GLASS_REVIEW,
        of_grant=grant_id,
        break_glass=False,
        narrower=(),
        approvals=((break_glass.review_by, 1),),
    )


def review_owed(owed: Request) -> ReviewOwed:
    """Why nobody with the account or the name of who owes this review breaks a glass before it is closed."""
    groups = " or ".join(group for group, _ in owed.terms.approvals)
    return ReviewOwed(
        f"The break-glass on {owed.terms.target} is not reviewed yet ({owed.label}). "
        f"Somebody in {groups} closes that first."
    )
