"""Every host ends what is due, and raises the alarm where an end is late: neither waits for the leader."""

import threading
import time
from collections.abc import Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

import workers.ends
from dbaccess.operations.grants.claim import claim
from dbaccess.operations.grants.revoke import drain
from dbaccess.storage.end_blockers import name_other_blockers
from dbaccess.storage.leader import Leader
from dbaccess.storage.repositories.grant_claim import due_to_end
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.databases import ControlDatabase
from tests.integration.operations.house import House
from tests.integration.operations.sent_statements import counted
from tests.integration.operations.test_reconciler import wiring_of
from tests.operations.house import at_once
from tests.read_only import refuses_writes
from workers.ends import AHEAD, HEAD_START, Ends


@pytest.fixture
def ends(house: House, control_database: ControlDatabase) -> Iterator[Ends]:
    made = Ends(wiring_of(house), SecretStr(control_database.worker_url), timedelta(hours=1))
    yield made
    assert made.tasks.finish(60)
    made.close()


def test_a_host_that_does_not_lead_ends_on_time(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    grant = house.active()
    with Leader(control_database.worker_url):
        house.surrender(grant)
        ends.round()
        wait(lambda: house.grant(grant.id).state == "ended", 30)


def test_several_hosts_end_each_grant_once(house: House, ends: Ends) -> None:
    grants = [house.active(seconds=seconds, role=role) for seconds, role in ((3600, "read"), (3600, "write"))]
    for grant in grants:
        house.surrender(grant)
    others = [Ends(ends.wiring, ends.database_url, ends.directory_every) for _ in range(3)]
    at_once(*(host.round for host in (ends, *others)))
    wait(lambda: all(house.grant(grant.id).state == "ended" for grant in grants), 30)
    assert all(host.tasks.finish(60) for host in others)
    for host in others:
        host.close()
    assert house.kinds().count("grant.ended") == 2


def test_a_foreseen_end_begins_ahead_and_before_any_query_of_the_round(house: House, ends: Ends) -> None:
    house.surrender(house.active())
    ends._expected, ends._expected_at = ["main"], time.monotonic() + AHEAD / 2
    with counted(ends.own) as sent:
        assert AHEAD / 2 < ends.round() + AHEAD / 2 <= AHEAD + HEAD_START
        assert sent == []
    wait(lambda: "grant.ended" in house.kinds(), 30)
    assert house.kinds().count("grant.revoke_started") == 1


def test_a_foreseen_end_does_not_wait_for_the_finish_of_others(house: House, ends: Ends) -> None:
    finished = threading.Event()
    ends.tasks.start("end main", finished.wait)
    try:
        house.surrender(house.active())
        ends._expected, ends._expected_at = ["main"], time.monotonic()
        ends.round()
        wait(lambda: "grant.revoke_started" in house.kinds(), PATIENCE)
        assert ends.tasks.runs("end main")
    finally:
        finished.set()


def test_host_that_stops_while_it_waits_for_an_end_leaves_no_claim(house: House, ends: Ends) -> None:
    grant = house.active()
    house.surrender(grant)
    ends._expected, ends._expected_at = ["main"], time.monotonic() + AHEAD
    ends.round()
    assert ends.tasks.finish(PATIENCE)
    assert house.grant(grant.id).state == "ended"


def test_host_whose_clock_is_fast_ends_nothing_early_and_looks_again(house: House, ends: Ends) -> None:
    grant = house.active(seconds=3600)
    ends._expected, ends._expected_at = ["main"], time.monotonic()
    assert 0 < ends.round() <= HEAD_START
    wait(lambda: not ends.tasks.runs("end main"), PATIENCE)
    assert house.grant(grant.id) == grant
    assert 0 < ends.round() <= 1.0
    assert ends._expected == []


def test_round_before_a_near_end_leaves_time_to_begin_ahead(
    house: House, ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.ends, "IDLE", 7200.0)  # an end in an hour is near
    house.active(seconds=3600)
    with counted(ends.own) as sent:
        assert ends.round() <= 3600 - AHEAD
    assert ends._expected == ["main"]
    assert sent[-1] == "select clock_timestamp()", "an end is as late as the clock that it goes by is old"
    assert ends.round() <= 3600 - AHEAD
    assert not ends.tasks.runs("end main")


def test_claim_for_the_cut_off_wakes_no_process(house: House) -> None:
    house.surrender(house.active())
    with house.context.leases.hold() as lease, counted(house.worker) as sent:
        assert len(claim(house.context, "main", lease, begun=False, limit=9)) == 1
    assert not any("pg_notify" in statement for statement in sent)
    # Each is a round trip between the end and the first statement on the target.
    assert len(sent) <= 7


def test_claims_build_their_queries_once(house: House) -> None:
    """SQLAlchemy takes longer to build one than the server to answer it, and an end waits for both."""
    due_to_end.cache_clear()
    for _ in range(2):
        house.surrender(house.active())
        assert drain(house.context, "main") == 1
    assert due_to_end.cache_info().misses == len(("to cut off", "to finish"))


def test_the_next_look_is_at_the_next_end(house: House, ends: Ends) -> None:
    house.active(seconds=3600)
    assert ends.round() == 1.0


def test_end_comes_as_soon_as_a_read_only_control_database_takes_writes_again(
    house: House, ends: Ends
) -> None:
    grant = house.active()
    house.surrender(grant)
    with refuses_writes(house.control, "dbaccess_worker"), capture_logs() as said:
        house.worker.dispose()
        ends.own.dispose()
        ends.round()
        assert ends.tasks.finish(60)
    assert house.grant(grant.id).state == "revoking"
    assert {line["sqlstate"] for line in said if line["event"] == "work failed"} == {"25006"}
    house.worker.dispose()
    drain(house.context, "main")
    assert house.grant(grant.id).state == "ended"
    assert house.made_logins() == []


def test_lock_on_a_whole_table_is_named_and_stops_no_loop(
    house: House, ends: Ends, control_database: ControlDatabase
) -> None:
    """Only an administrator can take it, and only an administrator can end its session."""
    house.active()
    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(control_database.superuser_url, application_name="psql") as admin,
        capture_logs() as said,
    ):
        admin.execute("lock table grants in access exclusive mode")
        pool.submit(_count_grants, house)
        with pytest.raises(DBAPIError) as refused:
            ends.round()
        named = wait(lambda: _named(ends, said))
        session = {"pid": admin.info.backend_pid, "login": admin.info.user, "application": "psql"}
        admin.rollback()
    assert isinstance(refused.value.orig, psycopg.errors.LockNotAvailable)
    assert session.items() <= named.items()
    assert ends.round() == 1.0


def _count_grants(house: House) -> None:
    with house.worker.connect() as connection:
        connection.execute(text("select count(*) from grants"))


def _named(ends: Ends, said: Sequence[MutableMapping[str, Any]]) -> MutableMapping[str, Any] | None:
    name_other_blockers(ends.own)
    return next((line for line in said if line["event"] == "workers wait for another session"), None)
