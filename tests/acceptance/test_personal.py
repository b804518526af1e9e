"""The whole story where the role goes to the person's own login."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from dbaccess.slack.views.extend_form import EXTEND
from dbaccess.slack.views.surrender import SURRENDER
from demo.servers.account import Account
from demo.servers.valkey import Valkey, embedded_valkey
from sandbox.client import plain
from tests.acceptance import journey, records, talk
from tests.acceptance.emptied import as_first, role_names
from tests.acceptance.stack import Stack, running, wait
from tests.databases import (
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    control_database_on,
    target_database_on,
)

STORY = [
    "request.submitted",
    "review.approved",
    "request.approved",
    "grant.created",
    "grant.provision_started",
    "grant.activated",
    "grant.expired",
    "grant.revoke_started",
    "grant.ended",
]


@pytest.fixture(scope="module", params=["target_postgres", "target_postgres_15"], ids=["18", "15"])
def target(request: pytest.FixtureRequest) -> Iterator[TargetDatabase]:
    """A target on each of the two versions."""
    with target_database_on(request.getfixturevalue(request.param)) as database:
        yield database


@pytest.fixture(scope="module")
def everything_up(
    tmp_path_factory: pytest.TempPathFactory,
    control_postgres: PostgresServer,
    control_template: ControlTemplate,
    target: TargetDatabase,
    server_account_: Account,
    server_scratch: Path,
) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("personal")
    program = embedded_valkey(server_account_, server_scratch)
    with (
        control_database_on(control_postgres, control_template) as control,
        Valkey(program, server_scratch / f"valkey-{home.name}", account=server_account_) as valkey,
        running(Stack.of(target, control, valkey, home=home, login="personal")) as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def roles(everything_up: Stack, target: TargetDatabase) -> set[str]:
    """The roles that the target has while no grant is open."""
    assert everything_up.processes
    return role_names(target)


@pytest.fixture
def personal(everything_up: Stack, target: TargetDatabase, roles: set[str]) -> Stack:
    """Ready for people who have logins of their own."""
    as_first(everything_up, target, roles)
    return everything_up


def test_own_login_is_given_the_role_and_loses_it_and_keeps_what_it_had(
    personal: Stack, target: TargetDatabase
) -> None:
    login = _maya(target)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), _connect(personal, login, target) as before:
        before.execute("select count(*) from shop.orders")
    request_id = talk.ask(personal, f"orders-prod read 10m {talk.REASON}")
    waiting = talk.waiting(personal, request_id)
    assert "Own login maya, its sessions are closed when the role is removed" in plain(waiting)
    journey.approve(personal)

    message = talk.holders_message(personal)
    assert [button.action_id for button in message.buttons()] == [EXTEND, SURRENDER]
    assert "user=maya" in plain(message)
    session = _connect(personal, login, target)
    assert session.execute("select count(*) from shop.orders").fetchone() == (3,)
    records.time_is_over(personal, request_id)
    ended = plain(journey.ended(personal))

    assert "Receipt: role removed, 1 session closed, none left" in ended
    with pytest.raises(psycopg.OperationalError):
        session.execute("select 1")
    with _connect(personal, login, target) as after:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            after.execute("select count(*) from shop.orders")
        assert after.execute("select pg_has_role('standing_readers', 'member')").fetchone() == (True,)
    assert records.kinds(personal, request_id) == STORY
    assert _memberships(target) == ["standing_readers"]


def test_own_login_that_is_not_there_is_given_nothing(personal: Stack, target: TargetDatabase) -> None:
    request_id = talk.ask(personal, f"orders-prod read 10m {talk.REASON}")
    journey.approve(personal)

    wait(lambda: "grant.provision_failed" in records.kinds(personal, request_id))

    assert "grant.provision_started" not in records.kinds(personal, request_id)
    failed = records.entries(personal, request_id, "grant.provision_failed")[0]
    assert failed["data"]["code"] == "bad_login"
    assert failed["data"]["touched"] is False
    assert _memberships(target) == []


def _maya(target: TargetDatabase) -> journey.Login:
    """Maya's own login, as a DBA made it long ago, with a role of another kind."""
    password = secrets.token_urlsafe(18)
    with psycopg.connect(target.superuser_url, autocommit=True) as dba:
        dba.execute(sql.SQL("create role maya login password {}").format(sql.Literal(password)))
        dba.execute("create role standing_readers nologin")
        dba.execute("grant standing_readers to maya")
    return journey.Login(user="maya", password=password)


def _connect(
    stack: Stack, login: journey.Login, target: TargetDatabase
) -> "psycopg.Connection[tuple[object, ...]]":
    return journey.connect(stack, login, target.name)


def _memberships(target: TargetDatabase) -> list[str]:
    query = """select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid
               join pg_roles u on u.oid = m.member where u.rolname = 'maya' order by 1"""
    with psycopg.connect(target.superuser_url) as dba:
        return [str(name) for (name,) in dba.execute(query).fetchall()]
