"""Every view of an access review in Slack."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.access_review_campaign import Answer, Campaign, CampaignId, CampaignItem, CampaignState
from dbaccess.domain.access_review_page import ReviewPage
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.slack.views import access_review_page, channel_notice, review_answer
from tests.unit.slack.examples import NOW

CAMPAIGN = Campaign(
    id=CampaignId(3),
    group="engineers",
    days=90,
    policy_hash="p",
    items=24,
    digest="d",
    state=CampaignState.OPEN,
    started_by="cli:ada@ops-1",
    started_at=NOW,
    ends_at=NOW + timedelta(days=7),
    remind_at=NOW,
)

_TOLD = {
    "review": "AR-3",
    "campaign": 3,
    "items": 1200,
    "open": 12,
    "keep": 1100,
    "remove": 88,
    "unanswered": 12,
    "answered": 1150,
    "days": 90,
    "ends_at": NOW.isoformat(),
    "is_for_owner": True,
}


def access_reviews(text: str, names: str) -> Iterator[tuple[str, dict[str, Any]]]:
    campaign = replace(CAMPAIGN, group=names[:30])
    items = [
        CampaignItem(campaign_id=campaign.id, number=number, about=about)
        for number, about in enumerate(_abouts(names), start=11)
    ]
    items[7] = replace(items[7], answer=Answer.REMOVE, answered_by=names, reason=text, answered_at=NOW)
    items[8] = replace(items[8], answer=Answer.UNANSWERED, answered_by="system", answered_at=NOW)
    counts = {None: 22, Answer.KEEP: 1, Answer.REMOVE: 1}
    page_ = ReviewPage(campaign=campaign, counts=counts, items=tuple(items), own=frozenset({20}), after=10)
    yield "access review", access_review_page.build(page_)
    yield "access review", access_review_page.build(replace(page_, items=tuple(items[:1]), after=0))
    for kind in (
        NoticeKind.ACCESS_REVIEW_ASKED,
        NoticeKind.ACCESS_REVIEW_DUE,
        NoticeKind.ACCESS_REVIEW_CLOSED,
    ):
        notice = Notice(
            id=NoticeId(1), key="k", kind=kind, channel="U0PRIYA", data={**_TOLD, "group": names[:30]}
        )
        yield f"{kind.value} for an owner", channel_notice.render(notice)
    for item in (items[0], items[3], items[6]):
        for answer in (Answer.KEEP, Answer.REMOVE):
            yield "access review answer", review_answer.build(item, answer)


def _abouts(names: str) -> list[ReviewItem]:
    may = ReviewItem(
        kind=ItemKind.MAY_REQUEST,
        person=names,
        slack_id="U0MAYA",
        name=names,
        guest=False,
        target="orders-prod",
        role="read",
        asked=3,
        approved=2,
        last_asked_at=NOW.isoformat(),
    )
    stands = ReviewItem(
        kind=ItemKind.STANDING,
        login=names[:63],
        role="orders_read",
        cluster="main",
        path=(names[:63],) * 9,
        usable=True,
        since=NOW.isoformat(),
    )
    return [
        may,
        replace(may, guest=True, asked=1, last_asked_at=None),
        replace(may, asked=0),
        stands,
        replace(stands, person=names, usable=False),
        ReviewItem(kind=ItemKind.UNKNOWN, slack_id="U0MAYA"),
        ReviewItem(kind=ItemKind.UNKNOWN, cluster="main"),
        replace(stands, how="superuser", role="SUPERUSER", path=(names[:63], "SUPERUSER")),
        ReviewItem(kind=ItemKind.UNKNOWN, cluster="main", database="orders"),
        replace(
            stands, how="privilege", database="orders", path=(names[:63], *["SELECT on shop.orders"] * 50)
        ),
    ]
