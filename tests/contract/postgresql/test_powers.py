"""A role that gives more than data is never granted, on PostgreSQL 18 and 15."""

import secrets
from dataclasses import dataclass

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.postgresql.target import Target

POWERS = {
    "login": "alter role {power} login",
    "superuser": "alter role {power} superuser",
    "createrole": "alter role {power} createrole",
    "createdb": "alter role {power} createdb",
    "replication": "alter role {power} replication",
    "bypassrls": "alter role {power} bypassrls",
    "programs": "grant pg_execute_server_program to {power}",
    "files": "grant pg_read_server_files to {power}",
    "signals": "grant pg_signal_backend to {power}",
    "verifiers": "grant pg_read_all_data to {power}",
    "gives": "grant {other} to {power} with admin option",
    "settings": "grant alter system on parameter log_statement to {power}",
    "logging": "grant set on parameter log_statement to {power}",
    "messages": "grant set on parameter log_min_messages to {power}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The read role is a member of `middle`, and `middle` of `power`."""

    middle: str
    power: str
    other: str


@pytest.fixture
def chain(either_target: Target) -> Chain:
    names = [f"{word}_{secrets.token_hex(4)}" for word in ("middle", "power", "other")]
    made = Chain(middle=names[0], power=names[1], other=names[2])
    options = " with inherit false, set false" if either_target.database.version >= 16 else ""
    either_target.dba(
        "create role {middle}; create role {power}; create role {other};"
        f"grant {{middle}} to {{read}}{options}; grant {{power}} to {{middle}}{options}",
        read=either_target.database.read_role,
        middle=made.middle,
        power=made.power,
        other=made.other,
    )
    return made


def _refused(target: Target) -> TargetFailure:
    login, _ = target.person()
    recipe = target.personal(login) if target.database.version < 16 else target.ephemeral()
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert target.roles_of(recipe.login) == []
    return refused.value


def test_role_with_an_innocent_chain_is_granted(either_target: Target, chain: Chain) -> None:
    login, _ = either_target.person()
    either_target.dba("grant pg_monitor to {power}", power=chain.power)
    either_target.provision(either_target.personal(login))
    assert either_target.roles_of(login) == [either_target.database.read_role]


@pytest.mark.parametrize("power", POWERS)
def test_power_at_the_end_of_a_chain_is_found_whatever_its_options(
    either_target: Target, chain: Chain, power: str
) -> None:
    either_target.dba(POWERS[power], power=chain.power, other=chain.other)
    refused = _refused(either_target)
    assert (refused.code, refused.touched) == ("role_too_powerful", False)
    assert either_target.database.read_role in str(refused)


def test_role_that_can_log_in_itself_is_refused_as_act_as(target: Target) -> None:
    owner = target.database.owner_role
    target.dba("alter role {owner} login", owner=owner)
    with pytest.raises(TargetFailure, match=f"{owner} can log in"):
        target.provision(target.ephemeral(owner, act_as=owner))


def test_role_of_dbaccess_itself_is_refused(either_target: Target) -> None:
    admin, read = either_target.worker.admin, either_target.database.read_role
    # Nothing else gives it away before version 16: it cannot log in, and has no attribute.
    either_target.dba("revoke {read} from {admin}", read=read, admin=admin)
    excess = either_target.driver.excess([admin, read])
    assert admin in excess
    assert read not in excess


def test_owner_of_the_workers_private_database_is_refused(either_target: Target, chain: Chain) -> None:
    private = f"dbaccess_{either_target.worker.installation}"
    either_target.dba("alter database {private} owner to {power}", private=private, power=chain.power)
    refused = _refused(either_target)
    assert (refused.code, "owns a database" in str(refused)) == ("role_too_powerful", True)


def test_reader_of_all_data_would_read_everybodys_verifier(either_target: Target) -> None:
    """The reason why this role is refused, though it names data alone."""
    login, url = either_target.person()
    either_target.dba("grant pg_read_all_data to {login}", login=login)
    with psycopg.connect(url) as holder:
        assert holder.execute("select rolpassword from pg_authid where rolname = %s", [login]).fetchone()


def test_doctor_names_the_role_and_its_power(either_target: Target, chain: Chain) -> None:
    read = either_target.database.read_role
    before = either_target.driver.examine({}, roles=[read])
    assert any(finding.ok and "leads to more than data" in finding.what for finding in before)
    either_target.dba("alter role {power} superuser", power=chain.power)
    bad = [f.what for f in either_target.driver.examine({}, roles=[read]) if not f.ok]
    assert f"{read} is a member of {chain.power}, which is a superuser: nothing is granted with it" in bad
