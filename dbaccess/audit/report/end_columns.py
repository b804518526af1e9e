"""The columns about the end of a grant: when it was due, when it was verified, and the receipt."""

from datetime import datetime, timedelta
from typing import Any, Final

from dbaccess.audit.report import values
from dbaccess.audit.report.columns import NO, UNKNOWN, YES, Row, yes_no
from dbaccess.audit.report.values import at, moment, of
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.recorded_facts import Fact, GrantFacts

LATE_AFTER: Final = timedelta(seconds=30)
"""As the workers count an end as overdue."""

MILLISECOND: Final = timedelta(milliseconds=1)
_CUT: Final = (
    E.GRANT_EXPIRED,
    E.GRANT_SURRENDERED,
    E.GRANT_REVOKED,
    E.GRANT_INVALIDATED,
    E.GRANT_LOCKED_DOWN,
    E.GRANT_IDLE,
    E.GRANT_ABANDONED,
)
_RECEIPT: Final = (
    "roles_removed",
    "roles_kept",
    "login_removed",
    "sessions_closed",
    "sessions_left",
    "objects",
    "left",
)


def end_columns(recorded: GrantFacts, *, now: datetime) -> Row:
    """Return when and why the grant ended; None for what has not come yet."""
    cut, ended, given_up = (
        recorded.first(*_CUT),
        recorded.first(E.GRANT_ENDED),
        recorded.first(E.GRANT_WRITTEN_OFF),
    )
    planned, begun = _planned(recorded), recorded.first(E.GRANT_PROVISION_STARTED)
    due = min((one for one in (planned, moment(at(cut))) if one is not None), default=None)
    seen = UNKNOWN if given_up else _seen(ended)
    return {
        "planned_end_at": values.written(planned) or (UNKNOWN if begun else None),
        "due_at": values.written(due) or (UNKNOWN if begun else None),
        "ended_at": seen,
        "lag_ms": values.between(values.written(due), seen, MILLISECOND) if seen else None,
        "late": _is_late(due, seen, now),
        "cause": "written_off" if given_up else of(cut, "cause") if cut else None,
        "ended_by": given_up.actor if given_up else cut.actor if cut else None,
        "end_note": given_up.data.get("reason") if given_up else cut.data.get("note") if cut else None,
        "verified": NO if given_up else YES if ended else None,
        **_receipt(ended, given_up=given_up is not None),
    }


def _planned(recorded: GrantFacts) -> datetime | None:
    """Return the end as granted; each extension that took effect has moved it."""
    found = [*recorded.all(E.GRANT_PROVISION_STARTED, E.GRANT_EXTENDED)]
    return moment(of(found[-1], "expires_at")) if found else None


def _seen(ended: Fact | None) -> str | None:
    """Return when the server was examined; where nothing had been begun there, when that was recorded."""
    if ended is None:
        return None
    receipt = of(ended, "receipt")
    return ended.at if receipt is None else values.time_of(of(ended, "receipt", "seen_at"))


def _is_late(due: datetime | None, seen: str | None, now: datetime) -> str | None:
    """Return whether the end came late, or is late already; None while it is not due."""
    end = now if seen is None else moment(seen)
    if due is None or end is None:
        return None if seen is None else UNKNOWN
    if seen is None and due > now:
        return None
    return YES if end - due > LATE_AFTER else NO


def _receipt(ended: Fact | None, *, given_up: bool) -> Row:
    if ended is None:
        return dict.fromkeys(_RECEIPT, UNKNOWN if given_up else None)
    receipt = of(ended, "receipt")
    if receipt is None:  # nothing had been begun on the server
        return dict.fromkeys(_RECEIPT)
    if not isinstance(receipt, dict):
        return dict.fromkeys(_RECEIPT, UNKNOWN)
    sessions = receipt.get("sessions")
    return {
        "roles_removed": _roles(receipt.get("roles"), {"removed", "dropped"}),
        "roles_kept": _roles(receipt.get("roles"), {"kept"}),
        "login_removed": _login(receipt.get("login_removed", UNKNOWN)),
        "sessions_closed": _sum(sessions, "closed"),
        "sessions_left": _sum(sessions, "left"),
        "objects": _texts(receipt.get("handed_over")),
        "left": _texts(receipt.get("left")),
    }


def _roles(seen: Any, states: set[str]) -> list[str] | str:
    try:
        return [str(role["name"]) for role in seen if role["state"] in states]
    except (TypeError, KeyError):
        return UNKNOWN


def _login(removed: Any) -> str:
    return "stays: it is the person's own" if removed is None else yes_no(removed)


def _sum(sessions: Any, name: str) -> int | str:
    """Return the sum over all servers; unknown if it is for one."""
    try:
        return sum(int(one[name]) for one in sessions)
    except (TypeError, KeyError, ValueError):
        return UNKNOWN


def _texts(found: Any) -> list[str] | str:
    return values.texts(found)
