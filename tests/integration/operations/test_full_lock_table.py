"""A login in hostile hands takes every lock that the control database's server has room for."""

import itertools
from contextlib import suppress

import psycopg
import pytest
from psycopg import errors

from dbaccess.operations.grants.revoke import drain
from dbaccess.storage.end_blockers import clear_way
from dbaccess.storage.unit_of_work import build_engine
from tests.databases import ControlDatabase
from tests.integration.operations.house import House

AT_ONCE = 1000


def _fill(enemy: psycopg.Connection) -> None:
    """Take locks until the server has no room for another one."""
    with suppress(errors.OutOfMemory):
        for place in itertools.count():
            enemy.execute(
                "select count(pg_advisory_lock(%s + i)) from generate_series(1, %s) i",
                [place * AT_ONCE, AT_ONCE],
            )


@pytest.mark.parametrize("role", ["bot", "auditor"])
def test_login_that_fills_the_lock_table_keeps_no_end_waiting(
    house: House, control_database: ControlDatabase, role: str
) -> None:
    """No new connection is possible then: what clears the way keeps one of its own."""
    grant = house.active()
    house.surrender(grant)
    own = build_engine(control_database.worker_url, pool_size=1, application_name="dbaccess-worker")
    clear_way(own)
    url = {"bot": control_database.bot_url, "auditor": control_database.auditor_url}[role]
    with psycopg.connect(url, autocommit=True) as enemy:
        _fill(enemy)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(control_database.worker_url)
        clear_way(own)
        with pytest.raises(psycopg.OperationalError):
            enemy.execute("select")
    own.dispose()
    assert drain(house.context, "main") == 1
    assert house.grant(grant.id).state == "ended"


def test_bot_with_few_locks_is_left_alone(house: House, control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.bot_url, autocommit=True) as bot:
        bot.execute("select count(pg_advisory_lock(i)) from generate_series(1, 900) i")
        clear_way(house.worker)
        assert bot.execute("select true").fetchall() == [(True,)]
