"""The log line of each ledger event, so that an operator can follow requests and grants in the log."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from dbaccess.domain.events import Event, EventKind

_log = structlog.get_logger()

FIELDS: Final = (
    "target",
    "cluster",
    "role",
    "rule",
    "login",
    "expires_at",
    "cause",
    "attempt",
    "code",
    "said",
)
"""The fields of a line, from an entry's data or terms: no reason, note or receipt.

`said` is the cause of a failure on a target; its text holds neither a statement nor a secret.
"""

UNLOGGED: Final = frozenset(
    {
        EventKind.GRANT_PROVISION_STARTED,
        EventKind.GRANT_EXTEND_STARTED,
        EventKind.GRANT_REVOKE_STARTED,
        EventKind.CREDENTIALS_STARTED,
        EventKind.STANDING_REMOVAL_STARTED,
    }
)
"""Intents, which need no line: the line of their result follows, or a failure."""

WARNINGS: Final = frozenset(
    {
        EventKind.GRANT_PROVISION_FAILED,
        EventKind.GRANT_EXTEND_FAILED,
        EventKind.GRANT_REVOKE_FAILED,
        EventKind.GRANT_NOT_EXTENDED,
        EventKind.GRANT_WRITTEN_OFF,
        EventKind.STRAY_FOUND,
        EventKind.STANDING_FOUND,
        EventKind.STANDING_UNREAD,
        EventKind.STANDING_NOT_REMOVED,
        EventKind.BREAK_GLASS_OVERDUE,
    }
)


def log_name(kind: EventKind) -> str:
    """Return the name of the log line: `grant.revoke_failed` is `grant revoke failed`."""
    return kind.value.replace(".", " ").replace("_", " ")


def log_events(events: Iterable[Event]) -> None:
    """Write a line for each event that was committed."""
    for event in events:
        if event.kind not in UNLOGGED:
            write = _log.warning if event.kind in WARNINGS else _log.info
            write(log_name(event.kind), **_fields(event))


def _fields(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = {"actor": event.actor}
    if event.request_id is not None:
        found["request"] = f"R-{event.request_id}"
    if event.grant_id is not None:
        found["grant"] = f"G-{event.grant_id}"
    terms = event.data.get("terms")
    for data in (terms if isinstance(terms, Mapping) else {}, event.data):
        found |= {name: data[name] for name in FIELDS if data.get(name) is not None}
    return found
