"""Others use every connection of the target's server, and the end comes all the same."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbaccess.slack.views.surrender import SURRENDER
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import PostgresBinaries
from demo.servers.valkey import Valkey
from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.stack import Stack, running, wait
from tests.databases import ControlDatabase, TargetDatabase, every_connection_in_use, target_database_on


@pytest.fixture
def narrow(
    server_account_: Account, server_scratch: Path, binaries_15: PostgresBinaries
) -> Iterator[TargetDatabase]:
    """On PostgreSQL 15, which reserves connections for superusers alone."""
    settings = {"max_connections": "40", "superuser_reserved_connections": "3"}
    home = server_scratch / "narrow-acceptance"
    with (
        Postgres(binaries_15, home, account=server_account_, settings=settings) as server,
        target_database_on(server) as database,
    ):
        yield database


@pytest.fixture
def personal(
    tmp_path: Path, control_database: ControlDatabase, narrow: TargetDatabase, own_valkey: Valkey
) -> Iterator[Stack]:
    with running(Stack.of(narrow, control_database, own_valkey, home=tmp_path, login="personal")) as stack:
        yield stack


def test_grant_ends_by_the_connections_that_the_workers_kept(personal: Stack, narrow: TargetDatabase) -> None:
    with psycopg.connect(narrow.superuser_url, autocommit=True) as dba:
        dba.execute("create role maya login")
        dba.execute("create role crowd login password 'of-the-crowd'")
        request_id = talk.activate(personal)
        with every_connection_in_use(
            f"postgresql://crowd:of-the-crowd@{narrow.host}:{narrow.port}/{narrow.name}"
        ):
            talk.answer_to(personal, talk.holders_message(personal), SURRENDER)
            wait(lambda: records.grant_state(personal, request_id) == "ended")
        (left,) = (
            dba.execute("select count(*) from pg_auth_members where member = 'maya'::regrole").fetchone()
            or ()
        )
    assert left == 0
    assert "role removed" in plain(journey.ended(personal))
