"""An operator follows the life of a request and its grant in the log, and reads no reason there."""

from typing import Any

from structlog.testing import capture_logs

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.request import Verdict
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from tests.databases import PostgresServer
from tests.integration.operations.house import House, down
from tests.integration.operations.test_sweep import orphaned_login

LIFE = [
    "request submitted",
    "review approved",
    "request approved",
    "grant created",
    "grant activated",
    "grant surrendered",
    "grant revoke failed",
    "grant ended",
]


def _names(logged: list[Any]) -> list[str]:
    return [line["event"] for line in logged if line["event"] in LIFE]


def test_log_tells_the_life_of_a_grant_once_each_fact_is_committed(
    house: House, target_postgres: PostgresServer
) -> None:
    with capture_logs() as logged:
        grant = house.active()
        house.surrender(grant)
        with down(target_postgres):
            drain(house.context, "main")
        house.next_try_now(grant.id)
        drain(house.context, "main")
    assert _names(logged) == LIFE
    lines = {line["event"]: line for line in logged}
    assert lines["request submitted"]["target"] == "orders-prod"
    assert lines["grant activated"] == {
        "event": "grant activated",
        "log_level": "info",
        "actor": "worker",
        "request": f"R-{grant.request_id}",
        "grant": grant.label,
        "login": grant.recipe.login if grant.recipe else None,
        "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
    }
    assert lines["grant revoke failed"]["log_level"] == "warning"
    assert lines["grant revoke failed"]["code"]
    assert f":{target_postgres.port}" in lines["grant revoke failed"]["said"], "the cause is in the log"
    assert lines["grant ended"]["cause"] == "surrendered"


def test_log_has_the_cause_of_each_failed_provision(house: House, target_postgres: PostgresServer) -> None:
    grant = house.approved()
    with capture_logs() as logged, down(target_postgres):
        provision(house.context, grant.id)
    (line,) = [line for line in logged if line["event"] == "grant provision failed"]
    assert (line["log_level"], line["grant"]) == ("warning", grant.label)
    assert line["code"]
    assert f":{target_postgres.port}" in line["said"]


def test_log_has_the_cause_of_each_failed_revocation(house: House, target_postgres: PostgresServer) -> None:
    grant = house.active()
    house.surrender(grant)
    with capture_logs() as logged, down(target_postgres):
        for _ in range(2):
            house.next_try_now(grant.id)
            drain(house.context, "main")
    lines = [line for line in logged if line["event"] == "grant revoke failed"]
    assert [(line["log_level"], line["grant"]) for line in lines] == 2 * [("warning", grant.label)]
    for line in lines:
        assert line["code"]
        assert f":{target_postgres.port}" in line["said"]
    drain(house.context, "main")


def test_log_holds_no_reason_and_no_note(house: House) -> None:
    with capture_logs() as logged:
        request = house.submit(reason="looking into the secret merger")
        house.review(request, verdict=Verdict.DENIED, note="ask Olga about the merger")
    assert "request denied" in [line["event"] for line in logged]
    assert "merger" not in str(logged)


def test_rolled_back_fact_is_not_logged(house: House) -> None:
    with capture_logs() as logged:
        with house.work() as uow:
            uow.record(Event(kind=EventKind.GROUP_CHANGED, actor="worker"))
        assert logged == []
        with house.work() as uow:
            uow.record(Event(kind=EventKind.GROUP_CHANGED, actor="worker"))
            uow.commit()
    assert [line["event"] for line in logged] == ["group changed"]


def test_log_names_what_the_sweep_found(house: House) -> None:
    login = orphaned_login(house)
    with capture_logs() as logged:
        sweep(house.context, "main")
    (found,) = [line for line in logged if line["event"] == "target stray found"]
    assert (found["cluster"], found["login"], found["log_level"]) == ("main", login, "warning")
