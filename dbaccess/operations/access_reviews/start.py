"""The start of an access review: its items are fixed."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.access_review_campaign import (
    MOST_ITEMS,
    REMIND_BEFORE,
    Campaign,
    CampaignId,
    CampaignState,
)
from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.errors import Refused
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.policy import Policy
from dbaccess.operations.access_reviews.items import ReviewScope, all_requestable, standing
from dbaccess.operations.identity import Workspace, check_fresh
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


class NoAccessReview(Refused):
    """An access review cannot start like this; the text says what works."""


def start_access_review(
    begin: UnitOfWorkFactory,
    *,
    actor: str,
    policy: Policy,
    workspace: Workspace,
    group: str,
    days: int,
    ends_at: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Campaign:
    """Return the access review with its items as they are now; they never change.

    Raises `NoAccessReview` for an end in the past, none or too many items, and `DirectoryTooOld` if people
    and groups were not read lately.
    """
    with begin() as uow:
        check_fresh(uow, policy, workspace)
        scope = ReviewScope(policy=policy, since=uow.now - timedelta(days=days), group=group)
        if ends_at <= uow.now:
            raise NoAccessReview("The end is in the past. Name a later date.")
        items = list(_items(uow, scope, progress))
        campaign = uow.access_reviews.add(_campaign(uow, scope, items, actor, days, ends_at), items)
        data = {
            "review": campaign.label,
            "group": group,
            "days": days,
            "ends_at": ends_at.isoformat(),
            "items": campaign.items,
            "digest": campaign.digest,
            "policy_hash": policy.hash,
            "groups_read_at": campaign.groups_read_at.isoformat() if campaign.groups_read_at else None,
        }
        uow.record(Event(kind=EventKind.ACCESS_REVIEW_STARTED, actor=actor, data=data))
        uow.commit()
    return campaign


def items_digest(items: list[ReviewItem]) -> str:
    """Return SHA-256 in hex over the items in canonical JSON."""
    return hashlib.sha256(canonical_bytes([item.as_json() for item in items])).hexdigest()


def _items(uow: UnitOfWork, scope: ReviewScope, progress: Callable[[int], None]) -> Iterator[ReviewItem]:
    """Yield standing access, then what can be requested; raises `NoAccessReview` beyond the limit."""
    count = 0
    for item in _all(uow, scope, progress):
        count += 1
        if count > MOST_ITEMS:
            raise NoAccessReview(
                f"Group {scope.group} leads to more than {MOST_ITEMS:,} items. Review a smaller group."
            )
        yield item
    if not count:
        raise NoAccessReview(f"No rule lets members of {scope.group} request a role: nothing to review.")


def _all(uow: UnitOfWork, scope: ReviewScope, progress: Callable[[int], None]) -> Iterator[ReviewItem]:
    yield from standing(uow, scope)
    for page in all_requestable(uow, scope, progress=progress):
        yield from page.items
        # An account that was never read may request something, so its access is unknown and not none.
        yield from (ReviewItem(kind=ItemKind.UNKNOWN, slack_id=account) for account in page.unread)


def _campaign(
    uow: UnitOfWork,
    scope: ReviewScope,
    items: list[ReviewItem],
    actor: str,
    days: int,
    ends_at: datetime,
) -> Campaign:
    return Campaign(
        id=CampaignId(0),
        group=scope.group or "",
        days=days,
        policy_hash=scope.policy.hash,
        items=len(items),
        digest=items_digest(items),
        state=CampaignState.OPEN,
        started_by=actor,
        started_at=uow.now,
        ends_at=ends_at,
        remind_at=max(ends_at - REMIND_BEFORE, uow.now + (ends_at - uow.now) / 2),
        groups_read_at=uow.directory.read_at(),
    )
