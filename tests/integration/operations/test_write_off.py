"""Two operators give up a grant on a target that is gone; it never looks ended."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.grant import Grant
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.grants.end_early import revoke_by_operator
from dbaccess.operations.grants.revoke import drain
from dbaccess.operations.grants.write_off import confirm_write_off, propose_write_off
from sandbox.client import plain
from tests.databases import PostgresServer
from tests.integration.operations.house import House, down
from workers.metrics import StateCollector

SAM, PRIYA = "cli:sam@db1", "cli:priya@db1"


@pytest.fixture
def lost(house: House, target_postgres: PostgresServer) -> Grant:
    """A grant that should end, on a target that does not answer."""
    grant = house.active()
    revoke_by_operator(house.work, actor=SAM, grant_id=grant.id, reason="over")
    with down(target_postgres):
        drain(house.context, "main")
    return house.grant(grant.id)


def test_second_operator_writes_off_what_the_first_proposed(house: House, lost: Grant) -> None:
    propose_write_off(house.work, actor=SAM, grant_id=lost.id, reason="server scrapped")
    assert house.grant(lost.id).state == "revoking"
    confirm_write_off(house.work, actor=PRIYA, grant_id=lost.id)
    gone = house.grant(lost.id)
    assert (gone.state, gone.ended_at, gone.receipt) == ("written_off", None, None)
    proposed, confirmed = house.ledger("grant.write_off_proposed", "grant.written_off")
    assert (proposed["actor"], proposed["data"]["reason"]) == (SAM, "server scrapped")
    assert (confirmed["actor"], confirmed["data"]["proposed_by"]) == (PRIYA, SAM)
    assert confirmed["data"]["verified"] is False
    assert house.ledger("grant.ended") == []
    house.notify(lost.request_id)
    told = [plain(message) for message in house.sandbox.person("U0MAYA").direct_messages()]
    assert any("Written off, not verified" in text for text in told)
    gauges = {metric.name: metric for metric in StateCollector(house.work).collect()}
    assert gauges["dbaccess_grants_written_off"].samples[0].value == 1


def test_one_operator_alone_writes_nothing_off(house: House, lost: Grant) -> None:
    with pytest.raises(NotYours, match="Propose it"):
        confirm_write_off(house.work, actor=SAM, grant_id=lost.id)
    propose_write_off(house.work, actor=SAM, grant_id=lost.id, reason="server scrapped")
    for same in (SAM, "cli:sam@another-host"):
        with pytest.raises(NotYours, match="different operator"):
            confirm_write_off(house.work, actor=same, grant_id=lost.id)
    assert house.grant(lost.id).state == "revoking"


@pytest.mark.parametrize(
    "forged",
    [
        "update grants set state = 'written_off', written_off_by = 'cli:sam@b', written_off_at = now()",
        """update grants set state = 'written_off', written_off_by = 'x', written_off_at = now(),
                  write_off_by = 'y', write_off_reason = 'z'""",
        "update grants set state = 'written_off'",
    ],
)
def test_database_refuses_a_write_off_by_one(house: House, lost: Grant, forged: str) -> None:
    propose_write_off(house.work, actor=SAM, grant_id=lost.id, reason="server scrapped")
    with pytest.raises(DBAPIError), house.worker.begin() as connection:
        connection.exec_driver_sql(forged)
    assert house.grant(lost.id).state == "revoking"


def test_bot_can_neither_propose_nor_confirm(house: House, lost: Grant) -> None:
    for change in ("write_off_by = 'a', write_off_reason = 'b'", "written_off_at = now()"):
        with pytest.raises(DBAPIError), house.bot.begin() as connection:
            connection.exec_driver_sql(f"update grants set {change}")


def test_only_a_grant_on_its_way_out_is_written_off(house: House) -> None:
    grant = house.active()
    with pytest.raises(AlreadyDecided, match="only a revoking grant"):
        propose_write_off(house.work, actor=SAM, grant_id=grant.id, reason="server scrapped")


def test_workers_go_on_trying_until_it_is_confirmed(house: House, lost: Grant) -> None:
    propose_write_off(house.work, actor=SAM, grant_id=lost.id, reason="server scrapped")
    house.next_try_now(lost.id)
    drain(house.context, "main")
    assert house.grant(lost.id).state == "ended"
    with pytest.raises(AlreadyDecided):
        confirm_write_off(house.work, actor=PRIYA, grant_id=lost.id)


def test_login_of_a_target_that_comes_back_is_swept(house: House, lost: Grant) -> None:
    propose_write_off(house.work, actor=SAM, grant_id=lost.id, reason="server scrapped")
    confirm_write_off(house.work, actor=PRIYA, grant_id=lost.id)
    with house.work() as uow:
        assert uow.grants.clusters_due(uow.now + timedelta(days=1)) == []
    assert lost.recipe is not None
    assert sweep(house.context, "main") == [lost.recipe.login]
    assert house.made_logins() == []
