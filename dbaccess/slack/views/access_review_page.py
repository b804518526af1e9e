"""The modal in which an owner of a group answers the items of its access review, page by page."""

import re
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.access_review import ItemKind, ReviewItem
from dbaccess.domain.access_review_campaign import CampaignId, CampaignItem
from dbaccess.domain.access_review_page import PAGE, ReviewPage
from dbaccess.domain.display_name import shown_name
from dbaccess.domain.errors import NotFound
from dbaccess.slack.blocks import actions, button, context, modal, section
from dbaccess.slack.text import cut, date, inline, plain
from dbaccess.slack.views import phrases

REVIEW_PAGE = "access_review.page"
"""The modal's callback id, under which nothing is submitted."""
KEEP = "access_review.keep"
REMOVE = "access_review.remove"
EARLIER = "access_review.earlier"
NEXT = "access_review.next"
"""The value of each button is the access review and a number: of the item, or before the first of a page."""

_PLACE: Final = re.compile(r"([0-9]{1,18})/([0-9]{1,9})", re.ASCII)
_NAME_LONGEST: Final = 80
_PATH_LONGEST: Final = 300

Json = dict[str, Any]


def build(page: ReviewPage) -> Json:
    campaign = page.campaign
    left = f"{page.counts.get(None, 0):,} of {campaign.items:,} items without an answer"
    head = f"{campaign.label}, group {inline(campaign.group)}. Ends {date(campaign.ends_at)}. {left}."
    blocks = [section(head)]
    for item in page.items:
        blocks += _item(item, days=campaign.days, is_own=item.number in page.own)
    return modal(
        title="Access review",
        callback_id=REVIEW_PAGE,
        blocks=[*blocks, *actions(_turns(page)), context("An answer removes nothing by itself.")],
    )


def parse_place(value: str) -> tuple[CampaignId, int]:
    """Return the access review and the number; raises `NotFound`."""
    found = _PLACE.fullmatch(value)
    if found is None:
        raise NotFound("There is no such item of an access review.")
    return CampaignId(int(found[1])), int(found[2])


def subject(about: ReviewItem) -> str:
    """Return what the item is about, in one line; escaped."""
    if about.kind is ItemKind.STANDING:
        login = _short(about.login)
        who = f"{_short(about.person)}, login {login}," if about.person else f"Login {login}"
        stands = inline(cut(plain(about.stands), 2 * _NAME_LONGEST))
        return f"{who} {stands} on {_short(about.cluster)}"
    if about.kind is ItemKind.MAY_REQUEST:
        name = inline(shown_name(about.name or "", about.person or about.slack_id or ""))
        guest = ", guest," if about.guest else ""
        return f"{name}{guest} may request {_short(about.role)} on {_short(about.target)}"
    of = f"database {_short(about.database)} of " if about.database else ""
    what = f"account {_short(about.slack_id)}" if about.slack_id else f"{of}cluster {_short(about.cluster)}"
    return f"Unknown: {what} was not read"


def _item(item: CampaignItem, *, days: int, is_own: bool) -> list[Json]:
    lines = [f"*{item.number}.* {subject(item.about)}", _detail(item.about, days)]
    if item.answer is not None:
        by = f", {_short(item.answered_by)}" if item.answered_by else ""
        lines.append(phrases.noted(f"*Answer:* {item.answer}{by}", item.reason))
    elif is_own:
        lines.append("Your own access: another owner or an operator answers it.")
    shown = section("\n".join(filter(None, lines)))
    return [shown, *([] if item.answer is not None or is_own else actions(_answers(item)))]


def _answers(item: CampaignItem) -> list[Json]:
    value = _place(item.campaign_id, item.number)
    return [
        button("Keep", action_id=KEEP, value=value, spoken=f"Keep {item.number}: {item.about.label}"),
        button("Remove", action_id=REMOVE, value=value, spoken=f"Remove {item.number}: {item.about.label}"),
    ]


def _detail(about: ReviewItem, days: int) -> str:
    if about.kind is ItemKind.STANDING:
        path = inline(cut(plain(about.way), _PATH_LONGEST))
        unusable = "" if about.usable else " The login cannot use it now."
        return f"Without a grant, by {path}. Found {_day(about.since)}.{unusable}"
    if about.kind is ItemKind.MAY_REQUEST:
        if not about.asked:
            return f"Not requested in {days:,} days."
        times = "once" if about.asked == 1 else f"{about.asked:,} times"
        last = f", last {_day(about.last_asked_at)}" if about.last_asked_at else ""
        return f"Requested {times} in {days:,} days{last}; {about.approved or 0:,} approved."
    return "The existing access was not known at the start."


def _turns(page: ReviewPage) -> list[Json]:
    made = []
    if page.after > 0:
        back = _place(page.campaign.id, max(0, page.after - PAGE))
        made.append(button(f"Earlier {PAGE}", action_id=EARLIER, value=back))
    if page.has_more:
        on = _place(page.campaign.id, page.after + len(page.items))
        made.append(button(f"Next {PAGE}", action_id=NEXT, value=on))
    return made


def _place(campaign_id: CampaignId, number: int) -> str:
    return f"{campaign_id}/{number}"


def _short(text: str | None) -> str:
    return inline(cut(plain(text or ""), _NAME_LONGEST))


def _day(moment: str | None) -> str:
    return date(datetime.fromisoformat(moment)) if moment else "at a time that is not known"
