"""`doctor` sees where the control database does not hold what is promised."""

import re

import psycopg
import pytest

from dbaccess.storage.examine import examine
from dbaccess.storage.migrate import migrate
from tests.databases import ControlDatabase, PostgresServer
from tests.integration.storage.test_migrate import fresh_database


def wrong(url: str) -> list[str]:
    found = examine(url)
    assert all(finding.fix for finding in found if not finding.ok)
    return [finding.what for finding in found if not finding.ok]


def test_nothing_is_wrong_after_migrate(control_database: ControlDatabase) -> None:
    assert wrong(control_database.bot_url) == wrong(control_database.worker_url) == []


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("grant update on ledger to dbaccess_worker", "worker: UPDATE ledger"),
        ("grant update (body) on ledger to dbaccess_bot", "bot: UPDATE ledger"),
        ("grant truncate on reviews to dbaccess_bot", "bot: TRUNCATE reviews"),
        (
            "grant update (receipt) on grants to dbaccess_bot",
            "bot: UPDATE grants.receipt",
        ),
        (
            "grant create on schema public to dbaccess_bot",
            "bot: CREATE in schema public",
        ),
        ("alter table ledger disable trigger append_only", "Guard ledger.append_only is not always on"),
        ("alter table grants enable trigger guard", "Guard grants.guard is not always on"),
        ("drop trigger guard on reviews", "Guard reviews.guard is not there"),
        ("drop trigger recorded_change on grants", "Guard grants.recorded_change is not there"),
        ("alter table requests disable trigger recorded", "Guard requests.recorded is not always on"),
        ("grant update (posted_ts) on messages to dbaccess_bot", "bot: UPDATE messages.posted_ts"),
        ("grant insert on announcements to dbaccess_bot", "bot: INSERT announcements"),
        ("update alembic_version set version_num = '0000'", "Schema at revision 0000, needs 0001"),
    ],
)
def test_what_an_owner_undid_is_seen(control_database: ControlDatabase, statement: str, what: str) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute(statement.encode())
    assert wrong(control_database.worker_url) == [
        re.sub(r"^(bot|worker): ", r"dbaccess_\1 has the right ", what)
    ]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("revoke insert on reviews from dbaccess_bot", "dbaccess_bot lacks the right INSERT reviews"),
        (
            "revoke all on grants, ledger from dbaccess_bot",
            "dbaccess_bot lacks the right INSERT grants, INSERT ledger",
        ),
        (
            "revoke all on grants, ledger from dbaccess_worker",
            "dbaccess_worker lacks the right INSERT ledger, UPDATE grants",
        ),
    ],
)
def test_right_that_is_lacking_is_seen_and_given_by_migrate(
    control_database: ControlDatabase, statement: str, what: str
) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute(statement.encode())
    assert wrong(control_database.worker_url) == [what]
    migrate(control_database.owner_url)
    assert wrong(control_database.worker_url) == []


def test_role_that_is_gone_is_seen(
    control_postgres: PostgresServer, control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
        admin.execute("alter role dbaccess_bot rename to dbaccess_bot_elsewhere")
        try:
            assert wrong(control_database.worker_url) == ["There is no role dbaccess_bot"]
        finally:
            admin.execute("alter role dbaccess_bot_elsewhere rename to dbaccess_bot")


def test_owner_that_runs_is_seen(control_database: ControlDatabase) -> None:
    assert wrong(control_database.owner_url) == ["Connected as dbaccess_owner"]


def test_database_that_was_never_migrated_is_seen(
    control_postgres: PostgresServer, control_database: ControlDatabase
) -> None:
    with fresh_database(control_postgres) as owner_url:
        assert wrong(owner_url) == ["Connected as dbaccess_fresh", "Schema at revision none, needs 0001"]


def test_an_end_that_a_session_can_keep_waiting_is_seen(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("revoke execute on function end_blockers() from dbaccess_worker")
    assert wrong(control_database.worker_url) == ["A session of the bot can keep ends waiting for ever"]
    migrate(control_database.owner_url)
    assert wrong(control_database.worker_url) == []
