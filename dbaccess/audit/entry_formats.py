"""A ledger entry as data for other programs: our own JSON, and OCSF for security tools."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import Entry
from dbaccess.domain.ledger_body import UnreadableBody

OCSF_VERSION: Final = "1.3.0"

_IAM: Final = 3
_ACCOUNT_CHANGE, _ENTITY, _USER_ACCESS = 3001, 3004, 3005
_CREATE, _UPDATE, _OTHER = 1, 3, 99
_ASSIGN, _REVOKE = 1, 2
_PASSWORD_RESET: Final = 4
_INFORMATIONAL, _MEDIUM = 1, 3

_ACCESS: Final[Mapping[str, int]] = {
    EventKind.GRANT_ACTIVATED: _ASSIGN,
    EventKind.GRANT_ENDED: _REVOKE,
    EventKind.GRANT_WRITTEN_OFF: _REVOKE,
}
_BEGINS: Final = frozenset(
    {EventKind.REQUEST_SUBMITTED, EventKind.GRANT_CREATED, EventKind.LOCKDOWN_DECLARED}
)
_UNMAPPED: Final = ("request", "grant", "data", "unreadable")
_STANDING: Final = ("standing.found", "standing.unread", "standing.not_removed")
_NOTEWORTHY: Final = ("break_glass", "failed", "overdue", "stray", "written_off", "lockdown", *_STANDING)


def as_json(entry: Entry) -> dict[str, Any]:
    """Return the entry with all that a verification needs; a body that is no text is in base64."""
    try:
        body = {"body": entry.body.decode(), "body_base64": None}
    except UnicodeDecodeError:
        body = {"body": None, "body_base64": b64encode(entry.body).decode("ascii")}
    return {**as_row(entry), "prev_hash": entry.prev_hash.hex(), **body}


def as_row(entry: Entry) -> dict[str, Any]:
    """Return the event of the entry with labels of its request and grant, and its hash."""
    try:
        fields = entry.fields
    except UnreadableBody as why:
        return {"seq": entry.seq, "kind": None, "unreadable": str(why), "hash": entry.hash.hex()}
    request, grant = fields["request"], fields["grant"]
    fields |= {"request": f"R-{request}" if request else None, "grant": f"G-{grant}" if grant else None}
    return fields | {"hash": entry.hash.hex()}


def as_ocsf(entry: Entry) -> dict[str, Any]:
    """Return the entry as an event of OCSF's category Identity & Access Management.

    Access that begins or ends is User Access Management, a new password is Account Change, and all else is
    Entity Management. Everything that OCSF has no place for is under `unmapped`.
    """
    found = as_row(entry)
    kind = found["kind"] or "unreadable"
    said = _of_class(kind, found)
    at = found.get("at")
    event = {
        "category_uid": _IAM,
        "type_uid": said["class_uid"] * 100 + said["activity_id"],
        "time": int(datetime.fromisoformat(at).timestamp() * 1000) if at else 0,
        "severity_id": _MEDIUM if any(word in kind for word in _NOTEWORTHY) else _INFORMATIONAL,
        "status_id": 2 if kind.endswith("_failed") else 1,
        "message": kind,
        "actor": {"user": {"uid": found.get("actor") or "unknown"}},
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": "dbaccess", "vendor_name": "dbaccess"},
            "log_name": "ledger",
            "event_code": kind,
            "sequence": entry.seq,
            "uid": entry.hash.hex(),
        },
        "unmapped": {
            key: found.get(key) for key in ("request", "grant", "data", "unreadable") if found.get(key)
        },
    }
    if found.get("request"):
        event["metadata"]["correlation_uid"] = found["request"]
    return event | said


def _of_class(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    data, grant = found.get("data") or {}, found.get("grant")
    if kind in _ACCESS:
        user = {"uid": grant, "name": data["login"]} if data.get("login") else {"uid": grant}
        activity = _ACCESS[kind]
        return {
            "class_uid": _USER_ACCESS,
            "activity_id": activity,
            "user": user,
            "privileges": _privileges(data),
        }
    if kind == EventKind.CREDENTIALS_SET:
        return {"class_uid": _ACCOUNT_CHANGE, "activity_id": _PASSWORD_RESET, "user": {"uid": grant}}
    entity = {"type": kind.partition(".")[0], "uid": grant or found.get("request") or f"entry {found['seq']}"}
    activity = _OTHER if kind == "unreadable" else _CREATE if kind in _BEGINS else _UPDATE
    return {"class_uid": _ENTITY, "activity_id": activity, "entity": entity}


def _privileges(data: Mapping[str, Any]) -> list[str]:
    """Return the names of the roles, from the entry of a begin or from the receipt of an end."""
    receipt = data.get("receipt")
    named = data.get("roles") or (receipt.get("roles") if isinstance(receipt, dict) else None)
    roles = named if isinstance(named, list) else []
    return [str(role.get("name")) if isinstance(role, dict) else str(role) for role in roles]


FORMATS: Final[Mapping[str, Callable[[Entry], dict[str, Any]]]] = {"json": as_json, "ocsf": as_ocsf}
