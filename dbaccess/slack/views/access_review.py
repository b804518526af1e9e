"""Messages about an access review: to the owners of its group, and to the operators' channel."""

from datetime import datetime
from typing import Any

from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import actions, button, context, header, section
from dbaccess.slack.text import date, inline, plain
from dbaccess.slack.views import phrases

REVIEW = "access_review.review"
"""Opens the items of the access review in the button's value."""


def asked(notice: Notice) -> dict[str, Any]:
    """Return the first message to an owner of the group."""
    data = notice.data
    label, group, items = str(data["review"]), plain(str(data["group"])), int(data["items"])
    said = f"Access review {label}: {items:,} {'item' if items == 1 else 'items'} of {group} to answer"
    ends = date(datetime.fromisoformat(str(data["ends_at"])))
    more = f"You own group {inline(group)}: say of each access whether it is still needed. Ends {ends}."
    counts = (
        f"{int(data['open']):,} without an answer. Requests of the last {int(data['days']):,} days count."
    )
    blocks = [header(said), section(f"{more}\n{counts}"), *_to_review(notice)]
    return {"text": phrases.read_out(said, blocks), "blocks": blocks}


def due(notice: Notice) -> dict[str, Any]:
    """Return the reminder, with the number of items that have no answer yet."""
    data = notice.data
    label, group = str(data["review"]), plain(str(data["group"]))
    said = f"Access review {label}: {int(data['open']):,} of {int(data['items']):,} items without an answer"
    ends = date(datetime.fromisoformat(str(data["ends_at"])))
    blocks = [
        header(said),
        section(
            f"Group {inline(group)}. Ends {ends}. Items without an answer are recorded as unanswered."
            f"{_own_answers(notice)}"
        ),
        *(_to_review(notice) or [context(f"Look: dbaccess audit review show {label}")]),
    ]
    return {"text": phrases.read_out(said, blocks), "blocks": blocks}


def closed(notice: Notice) -> dict[str, Any]:
    """Return the result. Nothing is removed by an answer alone."""
    data = notice.data
    label, group = str(data["review"]), plain(str(data["group"]))
    said = f"Access review {label} closed"
    counts = ", ".join(f"{int(data[name]):,} {name}" for name in ("keep", "remove", "unanswered"))
    blocks = [
        header(said),
        section(
            f"Group {inline(group)}. Answers: {counts}.{_own_answers(notice)}"
            " An answer removes nothing by itself."
        ),
        *([] if _is_for_owner(notice) else [context(f"Result: dbaccess audit review show {label} --csv")]),
    ]
    return {"text": phrases.read_out(said, blocks), "blocks": blocks}


def _is_for_owner(notice: Notice) -> bool:
    return bool(notice.data.get("is_for_owner"))


def _own_answers(notice: Notice) -> str:
    """Return how many answers are in the owner's name, after a space; nothing for the operators."""
    return f" You answered {int(notice.data['answered']):,}." if _is_for_owner(notice) else ""


def _to_review(notice: Notice) -> list[dict[str, Any]]:
    """Return the button for an owner of the group, and none for the operators."""
    if not _is_for_owner(notice):
        return []
    label, number = str(notice.data["review"]), str(int(notice.data["campaign"]))
    return actions(
        [button("Review", action_id=REVIEW, value=number, style="primary", spoken=f"Review {label}")]
    )
