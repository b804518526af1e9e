"""The holder hears once that the end is near, where that is news."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from dbaccess.domain.grant import Grant
from dbaccess.domain.message import Lane
from dbaccess.operations.delivery.messages import update_messages
from dbaccess.operations.grants.remind_holder import remind_holders
from sandbox.client import plain
from tests.databases import PostgresServer
from tests.integration.operations.conftest import BuildHouse
from tests.integration.operations.faults import eventful
from tests.integration.operations.house import House, down
from tests.operations.house import MAYA, later

WRITES, READS = "update shop.orders set id = id", "select count(*) from shop.orders"


OPEN = "A write transaction is open ("


@contextmanager
def in_transaction(house: House, login: str, statement: str) -> Iterator[None]:
    """A session with this login has an open transaction."""
    house.dba("alter role {login} password 'theirs'", login=login)
    with psycopg.connect(house.access.login_url(login, "theirs")) as connection:
        connection.execute(statement)
        yield


def near_its_end(house: House) -> Grant:
    """A grant to write whose reminder is planned and not posted."""
    grant = house.active(role="write", seconds=31 * 60)
    house.notify(grant.request_id)
    assert remind_holders(later(house, minutes=17)) == [grant.request_id]
    return grant


def login_of(grant: Grant) -> str:
    assert grant.recipe is not None
    return grant.recipe.login


def reminder(house: House) -> str:
    """As its holder reads it."""
    direct = map(plain, house.sandbox.person(MAYA).direct_messages())
    (said,) = [message for message in direct if " left: write on orders-prod" in message]
    return said


def updates(house: House) -> int:
    return sum(record.method == "chat.update" for record in house.sandbox.traffic(direction="from_app"))


def test_reminder_tells_of_a_write_that_the_end_would_roll_back(house: House) -> None:
    grant = near_its_end(house)
    before = updates(house)
    with in_transaction(house, login_of(grant), WRITES):
        house.notify(grant.request_id)
    assert OPEN in reminder(house)
    assert "or it is rolled back." in reminder(house)
    house.notify(grant.request_id)
    assert updates(house) == before, "what was posted stays as it is"
    assert OPEN in reminder(house)


def test_reminder_is_silent_on_who_only_reads(house: House) -> None:
    grant = near_its_end(house)
    with in_transaction(house, login_of(grant), READS):
        house.notify(grant.request_id)
    assert OPEN not in reminder(house)


def test_target_that_does_not_answer_keeps_no_reminder_back(
    house: House, target_postgres: PostgresServer
) -> None:
    grant = near_its_end(house)
    with down(target_postgres):
        house.notify(grant.request_id)
    assert OPEN not in reminder(house)


def test_query_of_the_target_blocks_no_other_session(house: House) -> None:
    grant = near_its_end(house)
    looks = []

    def lock_all_of_it() -> None:
        with house.worker.begin() as connection:
            connection.execute(text("select 1 from requests, grants, messages for update nowait"))
        looks.append(1)

    update_messages(eventful(house, before=lock_all_of_it), grant.request_id, Lane.DIRECT)
    assert reminder(house)
    assert looks == [1]


@pytest.mark.parametrize("stands", [True, False])
def test_write_that_outlives_the_grant_is_not_said_to_be_rolled_back(
    build_house: BuildHouse,
    stands: bool,  # noqa: FBT001 a parameter
) -> None:
    """A personal login keeps its sessions at the end if all its roles stood before."""
    with build_house(login="personal") as house:
        house.dba("create role maya login")
        if stands:
            house.dba(
                "grant {read}, {write} to maya", read=house.target.read_role, write=house.target.write_role
            )
        grant = near_its_end(house)
        with in_transaction(house, "maya", WRITES):
            house.notify(grant.request_id)
        assert (OPEN in reminder(house)) is not stands
