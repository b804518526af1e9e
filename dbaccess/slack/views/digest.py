"""Digests: one message for many grants of one target that end, or are overdue, at once."""

from datetime import datetime
from typing import Any

from dbaccess.domain.notice import Notice, NoticeKind
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.request_details import ReviewerGroup
from dbaccess.slack.blocks import context, header, section, warning_header
from dbaccess.slack.text import date, escape, group_mention, inline, plain, unmarked
from dbaccess.slack.views import phrases

_RECEIPTS = "Receipts: `dbaccess grants list --state ended`"


def ended(notice: Notice) -> dict[str, Any]:
    """Return one line, `Ended: 214 grants on orders-prod, expired {05:15}.`, and where the receipts are."""
    cause = escape(str(notice.data["cause"]).replace("_", " "))
    due_at = datetime.fromisoformat(notice.data["due_at"])
    word = "Ended" if notice.kind is NoticeKind.ENDED else "Ended late"
    what = f"{word}: {notice.data['count']} grants on {escape(str(notice.data['target']))}"
    said = f"{what}, {cause} {date(due_at)}. {_RECEIPTS}"
    return {"text": unmarked(said).replace("`", ""), "blocks": [section(said)]}


def overdue(target: str, overdue: Overdue | None, operators: ReviewerGroup, *, first: bool) -> dict[str, Any]:
    """Return the alarm; the post pings the operators, and its count falls as grants end."""
    if overdue is None:
        lock = f"No longer overdue: grants on {plain(target)}"
        blocks = [header(lock), section(f"No grant is overdue. {_RECEIPTS}")]
        return {"text": phrases.read_out(lock, blocks), "blocks": blocks}
    lock = f"Overdue: {overdue.count} grants on {plain(target)}, not proved ended"
    pinged = group_mention(operators) if first else inline(operators.name)
    blocks = [
        warning_header(lock),
        section(
            f"{pinged} The first end was due {date(overdue.due_at)}. Retrying.\n"
            "*Assume they are still open:* their logins may be enabled, their sessions alive."
        ),
        context("Look: dbaccess grants list --state revoking"),
    ]
    names = {str(source): "@operators" for source in operators.sources}
    return {"text": phrases.read_out(lock, blocks, names=names), "blocks": blocks}
