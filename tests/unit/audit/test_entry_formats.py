"""Every entry becomes an event that OCSF knows, whatever its body holds."""

from datetime import UTC, datetime
from typing import Any

from dbaccess.audit.entry_formats import as_json, as_ocsf
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import GENESIS, Entry, digest, link
from dbaccess.domain.request import RequestId

AT = datetime(2026, 3, 10, 3, 10, tzinfo=UTC)
_ROLE = {"identity": None, "name": "orders_read", "name_now": None, "state": "removed"}
DATA: dict[EventKind, dict[str, Any]] = {
    EventKind.GRANT_ACTIVATED: {"login": "jit_acme_maya_7f3a", "roles": ["orders_read"]},
    EventKind.GRANT_ENDED: {"receipt": {"roles": [_ROLE]}},
}
REQUIRED = {
    3001: {"user"},
    3004: {"entity"},
    3005: {"user", "privileges"},
}
"""By class, beside those of every class (OCSF 1.3.0)."""
EVERY = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}


def entry(kind: EventKind, data: dict[str, Any]) -> Entry:
    event = Event(kind=kind, actor="worker", request_id=RequestId(1042), grant_id=GrantId(7), data=data)
    return link(event, seq=4711, prev_hash=GENESIS, at=AT)


def test_each_kind_of_event_has_what_its_class_requires() -> None:
    for kind in EventKind:
        found = as_ocsf(entry(kind, DATA.get(kind, {})))
        assert EVERY | REQUIRED[found["class_uid"]] <= found.keys(), kind
        assert found["type_uid"] == found["class_uid"] * 100 + found["activity_id"]
        assert found["time"] == AT.timestamp() * 1000
        assert found["metadata"]["sequence"] == 4711
        assert (found["metadata"]["event_code"], found["metadata"]["correlation_uid"]) == (kind, "R-1042")


def test_access_that_begins_and_ends_names_person_and_roles() -> None:
    begin = as_ocsf(entry(EventKind.GRANT_ACTIVATED, DATA[EventKind.GRANT_ACTIVATED]))
    assert (begin["type_uid"], begin["user"]) == (300501, {"uid": "G-7", "name": "jit_acme_maya_7f3a"})
    end = as_ocsf(entry(EventKind.GRANT_ENDED, DATA[EventKind.GRANT_ENDED]))
    assert (end["type_uid"], end["user"]) == (300502, {"uid": "G-7"})
    assert begin["privileges"] == end["privileges"] == ["orders_read"]
    assert as_ocsf(entry(EventKind.CREDENTIALS_SET, {}))["type_uid"] == 300104


def test_odd_data_and_unreadable_bodies_stop_no_stream() -> None:
    for data in ({"receipt": 7}, {"roles": "orders_read"}, {"receipt": {"roles": [7, {}]}}, {"login": [1]}):
        for kind in (EventKind.GRANT_ENDED, EventKind.GRANT_ACTIVATED):
            assert as_ocsf(entry(kind, data))["class_uid"] == 3005
    body = b"\xff not json"
    broken = Entry(seq=5, prev_hash=GENESIS, body=body, hash=digest(GENESIS, body))
    assert as_ocsf(broken)["metadata"]["event_code"] == "unreadable"
    assert as_json(broken)["body_base64"] == "/yBub3QganNvbg=="
