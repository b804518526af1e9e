"""No password and no verifier anywhere but in the catalog."""

import traceback
from pathlib import Path

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.target import Target, nothing

_PASSWORD = "correct-horse-battery"


def _everything(error: BaseException) -> str:
    """The error as the most talkative handler would print it, causes and contexts included."""
    text = "".join(traceback.format_exception(error)) + repr(error)
    seen = error.__context__ or error.__cause__
    return text + (_everything(seen) if seen else "")


def test_verifier_is_stored_as_it_was_made_and_the_password_never_sent(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    verifier = target.driver.verifier(recipe, _PASSWORD)
    assert verifier.startswith("SCRAM-SHA-256$")
    target.driver.set_password(recipe, verifier, fence=nothing)
    assert target.look("select rolpassword from pg_authid where rolname = %s", recipe.login) == [(verifier,)]
    psycopg.connect(target.worker.login_url(recipe.login, _PASSWORD)).close()


@pytest.mark.parametrize("clear", [_PASSWORD, "", "md5a1b2c3", "SCRAM-SHA-256$x' superuser"])
def test_what_is_no_verifier_is_never_sent(target: Target, clear: str) -> None:
    recipe = target.provision(target.ephemeral())
    with pytest.raises(TargetFailure) as refused:
        target.driver.set_password(recipe, clear, fence=nothing)
    assert refused.value.code == "bad_verifier"
    assert not clear or clear not in _everything(refused.value)


def test_refusal_by_the_server_quotes_neither_statement_nor_verifier(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    verifier = target.driver.verifier(recipe, _PASSWORD)
    target.dba("alter role {admin} nocreaterole", admin=target.worker.admin)
    with pytest.raises(TargetFailure) as refused:
        target.driver.set_password(recipe, verifier, fence=nothing)
    said = _everything(refused.value)
    assert refused.value.code == "42501"
    assert verifier not in said
    assert verifier.rpartition(":")[2] not in said
    target.dba("alter role {admin} createrole", admin=target.worker.admin)


def test_servers_log_has_no_verifier_even_where_every_statement_is_logged(target: Target) -> None:
    target.dba("alter role {login} set log_statement = 'all'", login=target.worker.login)
    target.dba("alter role {login} set log_min_duration_statement = 0", login=target.worker.login)
    recipe = target.provision(target.ephemeral())
    verifier = target.driver.verifier(recipe, _PASSWORD)
    target.driver.set_password(recipe, verifier, fence=nothing)
    target.dba("alter role {admin} nocreaterole", admin=target.worker.admin)
    with pytest.raises(TargetFailure):
        target.driver.set_password(recipe, verifier, fence=nothing)
    log = _server_log(target)
    assert recipe.login in log  # it does log what the worker does
    assert "do $dbaccess$" in log
    assert verifier not in log
    assert _PASSWORD not in log
    target.dba("alter role {admin} createrole", admin=target.worker.admin)


def _server_log(target: Target) -> str:
    ((directory, collects),) = target.look(
        "select current_setting('data_directory'), current_setting('logging_collector')"
    )
    if collects == "on":
        pytest.skip("the server's log is not where our own server writes it")
    return (Path(directory).parent / "server.log").read_text(errors="replace")
