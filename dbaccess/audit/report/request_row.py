"""The rows of requests that gave no access, and of break-glass reviews that are open."""

from datetime import datetime

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row
from dbaccess.audit.report.review_rows import reviews_of
from dbaccess.audit.report.values import at, moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.recorded_facts import GrantFacts, RequestFacts

_CLOSED = {
    E.REQUEST_DENIED: "denied",
    E.REQUEST_WITHDRAWN: "withdrawn",
    E.REQUEST_LAPSED: "lapsed",
    E.REQUEST_STALE: "stale",
}


def was_asked(recorded: RequestFacts, *, since: datetime, until: datetime) -> bool:
    """Return whether the request was recorded in that time; one without an entry is never left out."""
    asked = moment(at(recorded.asked))
    return asked is None or since <= asked < until


def request_row(recorded: RequestFacts) -> Row:
    """Return the row without its digest."""
    closed = recorded.last(*_CLOSED)
    denied = recorded.last(E.REVIEW_DENIED)
    stale = of(closed, "why") if closed and closed.kind == E.REQUEST_STALE else None
    return {
        "request": f"R-{recorded.request_id}",
        "state": _CLOSED[E(closed.kind)] if closed else "pending" if recorded.asked else UNKNOWN,
        **values.person(recorded),
        **values.asked(recorded),
        "kind": recorded.terms.get("kind", UNKNOWN),
        "asked_seconds": values.count(recorded.terms.get("duration_seconds")),
        "requested_at": at(recorded.asked) or UNKNOWN,
        "closed_at": at(closed),
        "closed_by": closed.actor if closed else None,
        "why": of(denied, "note") if denied else stale,
        "reviews": reviews_of(recorded),
        "sequences": values.sequences(recorded),
    }


def is_open_review(recorded: GrantFacts, *, until: datetime) -> bool:
    """Return whether the break-glass waited for its review at that time."""
    opened = moment(at(recorded.first(E.BREAK_GLASS_REVIEW_OPENED)))
    closed = moment(at(recorded.first(E.BREAK_GLASS_REVIEWED)))
    return opened is not None and opened < until and (closed is None or closed >= until)


def open_review_row(recorded: GrantFacts, *, until: datetime) -> Row:
    """Return the row without its digest."""
    opened = recorded.first(E.BREAK_GLASS_REVIEW_OPENED)
    due = values.time_of(of(opened, "due"))
    limit = moment(due)
    return {
        "request": f"R-{recorded.request_id}",
        "grant": f"G-{recorded.grant_id}",
        **values.person(recorded),
        "target": recorded.terms.get("target", UNKNOWN),
        "reason": recorded.terms.get("reason", UNKNOWN),
        "review_by": of(opened, "review_by"),
        "opened_at": at(opened),
        "due_at": due,
        "overdue": UNKNOWN if limit is None else YES if limit <= until else NO,
        "sequences": values.sequences(recorded),
    }
