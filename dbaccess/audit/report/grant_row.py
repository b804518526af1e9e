"""The row of one grant, from the entries of the ledger about it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row, yes_no
from dbaccess.audit.report.end_columns import end_columns
from dbaccess.audit.report.review_rows import approvers, reviewed_own, reviews_of
from dbaccess.audit.report.use_columns import use_columns
from dbaccess.audit.report.values import at, moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.reach import KnownReach
from dbaccess.domain.recorded_facts import GrantFacts

APPROVED: Final = (E.REQUEST_APPROVED, E.REQUEST_AUTO_APPROVED, E.REQUEST_BREAK_GLASS_INVOKED)
SECOND: Final = timedelta(seconds=1)
_STATES: Final = {
    E.GRANT_WRITTEN_OFF: "written_off",
    E.GRANT_ENDED: "ended",
    E.GRANT_EXPIRED: "revoking",
    E.GRANT_SURRENDERED: "revoking",
    E.GRANT_REVOKED: "revoking",
    E.GRANT_INVALIDATED: "revoking",
    E.GRANT_LOCKED_DOWN: "revoking",
    E.GRANT_IDLE: "revoking",
    E.GRANT_ABANDONED: "revoking",
    E.GRANT_ACTIVATED: "active",
    E.GRANT_CREATED: "provisioning",
}
"""The state after each event; the first in this order decides."""


def was_held(recorded: GrantFacts, *, since: datetime, until: datetime) -> bool:
    """Return whether the grant was held in that time, by the ledger's times; a grant without an end is held.

    Of a grant that was written off it is unknown when access ended, so it counts as held.
    """
    begin = moment(at(recorded.first(E.GRANT_ACTIVATED) or recorded.first(E.GRANT_CREATED)))
    end = moment(at(recorded.first(E.GRANT_ENDED)))
    return begin is None or (begin < until and (end is None or end > since))


def grant_row(recorded: GrantFacts, *, now: datetime) -> Row:
    """Return the row without its digest."""
    created, begun = recorded.first(E.GRANT_CREATED), recorded.last(E.GRANT_PROVISION_STARTED)
    request, reviews = f"R-{recorded.request_id}" if recorded.request_id else UNKNOWN, reviews_of(recorded)
    row = {
        "grant": f"G-{recorded.grant_id}",
        "request": request,
        "state": next((state for kind, state in _STATES.items() if recorded.first(kind)), UNKNOWN),
        **values.person(recorded),
        **values.asked(recorded),
        "login": of(begun, "recipe", "login") if begun else None,
        "role": of(created, "role"),
        "access": recorded.access or UNKNOWN,
        "reach": _reach(recorded),
        "approved_by": approvers(reviews, request),
        "self_review": reviewed_own(reviews),
        "reviews": reviews,
        "requested_at": at(recorded.asked) or UNKNOWN,
        "approved_at": at(next(recorded.own(*APPROVED), None)) or UNKNOWN,
        "active_at": at(recorded.first(E.GRANT_ACTIVATED)),
        **end_columns(recorded, now=now),
        **use_columns(recorded),
        **_break_glass(recorded),
        "sequences": values.sequences(recorded),
    }
    return row | _durations(recorded, row)


def _reach(recorded: GrantFacts) -> list[str] | str | None:
    """Return the roles that the server confirmed, and the tables that the login reached.

    None if the grant was never active. Where the reach is unknown, the tables are those that the server
    confirmed one by one, if any, and the list says so.
    """
    active = recorded.first(E.GRANT_ACTIVATED)
    if active is None:
        return None
    roles, tables = values.texts(of(active, "roles")), values.texts(of(active, "tables"))
    if not isinstance(roles, list) or not isinstance(tables, list):
        return UNKNOWN
    confirmed = [f"role {role}" for role in roles]
    if recorded.reach.tables is None:
        return [*confirmed, *(f"table {table}" for table in tables), f"other tables: {UNKNOWN}"]
    return [*confirmed, *_tables(recorded.reach, recorded.reach.tables)]


def _tables(reach: KnownReach, count: int) -> Iterator[str]:
    for table in reach.found:
        yield f"table {table.label}: {', '.join(table.uses)}"
    if count > len(reach.found):
        yield f"{count - len(reach.found)} more recorded tables"
    if reach.unrecorded:
        yield f"{reach.unrecorded} tables: {UNKNOWN}"


def _durations(recorded: GrantFacts, row: Row) -> Row:
    extended = list(recorded.all(E.GRANT_EXTENDED))
    added = [values.count(of(fact, "added_seconds")) for fact in extended]
    given = values.between(row["active_at"], row["ended_at"], SECOND)
    is_over = row["active_at"] is not None and row["ended_at"] is not None
    return {
        "asked_seconds": values.count(recorded.terms.get("duration_seconds")),
        "approved_seconds": values.count(of(recorded.first(E.GRANT_CREATED), "duration_seconds")),
        "extended_seconds": UNKNOWN
        if UNKNOWN in added
        else sum(one for one in added if isinstance(one, int)),
        "given_seconds": given if is_over else None,
        "extensions": [f"R-{fact.request}" for fact in extended],
    }


def _break_glass(recorded: GrantFacts) -> Row:
    used = recorded.terms.get("break_glass")
    opened, closed = recorded.first(E.BREAK_GLASS_REVIEW_OPENED), recorded.first(E.BREAK_GLASS_REVIEWED)
    if used is False and opened is None:
        names = (
            "announced_at",
            "review_due_at",
            "reviewed_by",
            "reviewed_at",
            "membership_read_at",
            "verdict",
            "review_overdue",
        )
        return {"break_glass": NO} | dict.fromkeys(names)
    due = values.time_of(of(opened, "due"))
    return {
        "break_glass": yes_no(used),
        "announced_at": at(recorded.first(E.BREAK_GLASS_ANNOUNCED)) or UNKNOWN,
        "review_due_at": due,
        "reviewed_by": closed.actor if closed else None,
        "reviewed_at": at(closed),
        "membership_read_at": values.time_of(of(closed, "membership_read_at")) if closed else None,
        "verdict": _verdict(of(closed, "justified")) if closed else "pending",
        "review_overdue": _is_overdue(recorded, due, at(closed)),
    }


def _verdict(justified: Any) -> str:
    return {True: "justified", False: "not_justified"}.get(justified, UNKNOWN)


def _is_overdue(recorded: GrantFacts, due: str, closed: str | None) -> str:
    if recorded.first(E.BREAK_GLASS_OVERDUE):
        return YES
    limit, end = moment(due), moment(closed)
    if limit is None:
        return UNKNOWN
    return YES if end is not None and end > limit else NO
