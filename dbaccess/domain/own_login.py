"""People's own logins: what the server logs of each, and since when each look has found so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLogging:
    """One look at a person's own login.

    `unlogged` is why the server does not log all that a session runs which begins now; empty: it logs all.
    `looked_at` is the server's own time, and `oldest_session_at` when the oldest session began that the login
    has open there; None without one.
    """

    unlogged: str
    looked_at: datetime
    oldest_session_at: datetime | None = None


def logged_since(before: Mapping[str, datetime], found: Mapping[str, LoginLogging]) -> Mapping[str, datetime]:
    """Return since when each look has found that all of a login is logged; `before` is from the last one."""
    return {login: before.get(login, look.looked_at) for login, look in found.items() if not look.unlogged}


def why_unproved(login: str, look: LoginLogging, since: datetime | None) -> str:
    """Return why it is not proved that all is logged which the login runs; empty: it is.

    A session keeps the settings that it started with. Those of a session older than the first look are
    unknown.
    """
    if look.unlogged or look.oldest_session_at is None:
        return look.unlogged
    if since is not None and since <= look.oldest_session_at:
        return ""
    return (
        f"{login} has a session open since {look.oldest_session_at:%Y-%m-%d %H:%M} UTC, from before it was "
        "seen that its statements are logged. Close it"
    )
