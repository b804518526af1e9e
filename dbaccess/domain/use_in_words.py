"""The use of a grant in plain words, for Slack and the command line."""

from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant
from dbaccess.domain.use import UNKNOWN_USE, Use, granted_minutes

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)


def now_in_use(use: Use, grant: Grant, *, now: datetime) -> str:
    """Return `Last statement 3 min ago, 2 sessions, 12 of 120 min used`, for an active grant.

    A number of sessions that is not of this moment comes with its age.
    """
    if use == UNKNOWN_USE:
        return "Use not known"
    return ", ".join([_last_statement(use, now), _sessions(use, now), minutes_used(use, grant)])


def minutes_used(use: Use, grant: Grant) -> str:
    """Return `12 of 120 min used`, in words where that is not known."""
    if use.minutes is None:
        return f"use of its {granted_minutes(grant)} min not known"
    return f"{use.minutes} of {granted_minutes(grant)} min used"


def ago(age: timedelta) -> str:
    """Return `3 min ago`, in whole minutes once there is one."""
    unit = _MINUTE if age >= _MINUTE else _SECOND
    return f"{format_duration(max(age - age % unit, _SECOND))} ago"


def _last_statement(use: Use, now: datetime) -> str:
    at = use.last_statement_at
    if at is not None:
        return f"Last statement {ago(now - at)}"
    # One of the last second may not be read yet.
    return "No statement read so far" if use.is_captured else "Statements not known"


def _sessions(use: Use, now: datetime) -> str:
    seen = use.sighting
    if seen is None:
        return "sessions not known"
    said = "no session"
    if seen.sessions:
        said = "1 session" if seen.sessions == 1 else f"{seen.sessions} sessions"
    return said if use.is_watched(now) else f"{said} {ago(now - seen.looked_at)}"
