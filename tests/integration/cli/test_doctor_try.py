"""`doctor --try` makes and ends a login on the real target, and leaves nothing when it is interrupted."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import ControlDatabase, TargetDatabase
from tests.forked import start_forked
from tests.integration.cli.conftest import Run
from tests.unit.policy_file.example import EXAMPLE

TRY = ("doctor", "--try", "orders-prod", "read")


@pytest.fixture
def access(target_database: TargetDatabase) -> WorkerAccess:
    return worker_access(target_database)


@pytest.fixture
def environment(tmp_path: Path, access: WorkerAccess, control_database: ControlDatabase) -> dict[str, str]:
    database, config = access.database, tmp_path / "dbaccess.toml"
    text = EXAMPLE.replace('"acme"', f'"{access.installation}"').replace("orders_read", database.read_role)
    text = text.replace("orders_owner", database.owner_role).replace('"orders"', f'"{database.name}"')
    config.write_text(text, encoding="utf-8")
    return {
        "DATABASE_URL": control_database.worker_url,
        "DBACCESS_CONFIG": str(config),
        "DBACCESS_CLUSTER_MAIN_URL": access.url.get_secret_value(),
    }


@pytest.fixture
def dba(access: WorkerAccess) -> Iterator[psycopg.Connection]:
    with psycopg.connect(access.database.superuser_url, autocommit=True) as connection:
        yield connection


def logins(dba: psycopg.Connection, access: WorkerAccess) -> list[tuple[str, datetime]]:
    query = "select rolname::text, rolvaliduntil from pg_roles where starts_with(rolname, %s)"
    return dba.execute(query, [f"jit_{access.installation}_"]).fetchall()


def events(run: Run, environment: dict[str, str]) -> list[tuple[str, str]]:
    rows = run("ledger", "tail", "--json", DATABASE_URL=environment["DATABASE_URL"]).json
    return [(row["kind"], row["actor"].partition(":")[0]) for row in rows]


def test_trial_on_a_real_target(
    run: Run, environment: dict[str, str], dba: psycopg.Connection, access: WorkerAccess
) -> None:
    done = run(*TRY, "--yes", **environment)
    assert (done.code, done.err, done.out.count("✓")) == (0, "", 3)
    assert access.database.read_role in done.out
    assert "Receipt: role removed, login removed" in done.out
    assert logins(dba, access) == []
    assert events(run, environment) == [("target.try_started", "cli"), ("target.try_ended", "cli")]
    found = run(*TRY, "--yes", "--json", **environment).json
    assert (found["passed"], found["receipt"]["login_removed"]) == (True, True)


def test_trial_is_refused_without_an_answer_or_with_another_login(
    run: Run, environment: dict[str, str], control_database: ControlDatabase
) -> None:
    assert run(*TRY, **environment).code == 1, "no answer was given"
    assert run(*TRY, "--json", **environment).code == 2
    for url in (control_database.bot_url, control_database.owner_url):
        done = run(*TRY, "--yes", **environment | {"DATABASE_URL": url})
        assert (done.code, "use dbaccess_worker here" in done.err) == (2, True)
    without = {name: value for name, value in environment.items() if "CLUSTER" not in name}
    done = run(*TRY, "--yes", **without)
    assert (done.code, "DBACCESS_CLUSTER_MAIN_URL is not set" in done.err) == (2, True)
    assert run("doctor", "--try", "orders-prod", "raed", "--yes", **environment).code == 2
    assert events(run, environment) == []


def test_role_that_no_grant_could_give_fails_with_its_reason(
    run: Run, environment: dict[str, str], dba: psycopg.Connection, access: WorkerAccess
) -> None:
    dba.execute(sql.SQL("alter role {} login").format(sql.Identifier(access.database.read_role)))
    done = run(*TRY, "--yes", **environment)
    assert (done.code, "can log in. Nothing is given." in done.out) == (1, True)
    assert logins(dba, access) == []
    assert events(run, environment)[-1] == ("target.try_failed", "cli")


_HELD = """
create function public.hold() returns event_trigger language plpgsql as $$
begin
    if session_user like 'jit\\_%' then perform pg_advisory_lock_shared(42); end if;
end $$;
create event trigger hold on login execute function public.hold();
alter event trigger hold enable always;
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_trial_leaves_nothing_that_can_be_used(
    run: Run,
    environment: dict[str, str],
    dba: psycopg.Connection,
    access: WorkerAccess,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    """The login of the trial waits at its login for the DBA, and the signal comes then."""
    dba.execute(_HELD.encode())
    dba.execute("select pg_advisory_lock(42)")
    given = {"PATH": os.defpath, "HOME": str(tmp_path), **environment}
    program = start_forked("dbaccess.cli", [*TRY, "--yes"], given, tmp_path, tmp_path / "try.log")
    waits = "select count(*) from pg_stat_activity where usename like 'jit\\_%' and wait_event = 'advisory'"
    wait(lambda: dba.execute(waits).fetchone() == (1,))

    program.send_signal(number)
    if number is not signal.SIGKILL:
        dba.execute("select pg_advisory_unlock(42)")
    program.wait(PATIENCE)

    if number is not signal.SIGKILL:
        assert logins(dba, access) == [], (tmp_path / "try.log").read_text()
        assert events(run, environment)[0] == ("target.try_started", "cli")
        assert events(run, environment)[-1][0] in {"target.try_ended", "target.try_failed"}
        return
    ((login, until),) = logins(dba, access)
    assert (until - datetime.now(UTC)).total_seconds() <= 60
    assert events(run, environment) == [("target.try_started", "cli")]
    tag = dba.execute("select shobj_description(oid, 'pg_authid') from pg_roles where rolname = %s", [login])
    assert ":try:" in str(tag.fetchone())
