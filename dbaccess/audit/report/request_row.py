"""The rows of requests that gave no access, and of break-glass reviews that are open."""

from datetime import datetime

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row
from dbaccess.audit.report.review_rows import reviews_of
from dbaccess.audit.report.values import at, moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.story import GrantStory, Story

_CLOSED = {
    E.REQUEST_DENIED: "denied",
    E.REQUEST_WITHDRAWN: "withdrawn",
    E.REQUEST_LAPSED: "lapsed",
    E.REQUEST_STALE: "stale",
}


def was_asked(story: Story, *, since: datetime, until: datetime) -> bool:
    """Return whether the request was recorded in that time; one without an entry is never left out."""
    asked = moment(at(story.asked))
    return asked is None or since <= asked < until


def request_row(story: Story) -> Row:
    """Return the row without its digest."""
    closed = story.last(*_CLOSED)
    denied = story.last(E.REVIEW_DENIED)
    stale = of(closed, "why") if closed and closed.kind == E.REQUEST_STALE else None
    return {
        "request": f"R-{story.request_id}",
        "state": _CLOSED[E(closed.kind)] if closed else "pending" if story.asked else UNKNOWN,
        **values.person(story),
        **values.asked(story),
        "kind": story.terms.get("kind", UNKNOWN),
        "asked_seconds": values.count(story.terms.get("duration_seconds")),
        "requested_at": at(story.asked) or UNKNOWN,
        "closed_at": at(closed),
        "closed_by": closed.actor if closed else None,
        "why": of(denied, "note") if denied else stale,
        "reviews": reviews_of(story),
        "sequences": values.sequences(story),
    }


def is_open_review(story: GrantStory, *, until: datetime) -> bool:
    """Return whether the break-glass waited for its review at that time."""
    opened = moment(at(story.first(E.BREAK_GLASS_REVIEW_OPENED)))
    closed = moment(at(story.first(E.BREAK_GLASS_REVIEWED)))
    return opened is not None and opened < until and (closed is None or closed >= until)


def open_review_row(story: GrantStory, *, until: datetime) -> Row:
    """Return the row without its digest."""
    opened = story.first(E.BREAK_GLASS_REVIEW_OPENED)
    due = values.time_of(of(opened, "due"))
    limit = moment(due)
    return {
        "request": f"R-{story.request_id}",
        "grant": f"G-{story.grant_id}",
        **values.person(story),
        "target": story.terms.get("target", UNKNOWN),
        "reason": story.terms.get("reason", UNKNOWN),
        "review_by": of(opened, "review_by"),
        "opened_at": at(opened),
        "due_at": due,
        "overdue": UNKNOWN if limit is None else YES if limit <= until else NO,
        "sequences": values.sequences(story),
    }
