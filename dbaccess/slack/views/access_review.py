"""Messages about an access review: the reminder before its end, and its result."""

from datetime import datetime
from typing import Any

from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import context, header, section
from dbaccess.slack.text import date, inline, plain
from dbaccess.slack.views import wording


def due(notice: Notice) -> dict[str, Any]:
    """Return the reminder, with the number of items that have no answer yet."""
    data = notice.data
    label, group = str(data["review"]), plain(str(data["group"]))
    said = f"Access review {label}: {int(data['open']):,} of {int(data['items']):,} items without an answer"
    ends = date(datetime.fromisoformat(str(data["ends_at"])))
    blocks = [
        header(said),
        section(f"Group {inline(group)}. Ends {ends}. Items without an answer are recorded as unanswered."),
        context(f"Look: dbaccess audit review show {label}"),
    ]
    return {"text": wording.read_out(said, blocks), "blocks": blocks}


def closed(notice: Notice) -> dict[str, Any]:
    """Return the result. Nothing is removed by an answer alone."""
    data = notice.data
    label, group = str(data["review"]), plain(str(data["group"]))
    said = f"Access review {label} closed"
    counts = ", ".join(f"{int(data[name]):,} {name}" for name in ("keep", "remove", "unanswered"))
    blocks = [
        header(said),
        section(f"Group {inline(group)}. Answers: {counts}. An answer removes nothing by itself."),
        context(f"Result: dbaccess audit review show {label} --csv"),
    ]
    return {"text": wording.read_out(said, blocks), "blocks": blocks}
