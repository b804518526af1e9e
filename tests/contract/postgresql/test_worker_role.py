"""The rights of the printed SQL are enough for the worker, and each missing one is noticed."""

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.ports import Finding
from dbaccess.targets.postgresql.setup_sql import setup_sql
from demo.psql import run_psql
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets


def _faults(target: Target, *objects: ObjectPrivileges) -> list[Finding]:
    asked = {target.database.name: objects} if objects else {}
    return [finding for finding in target.driver.examine(asked) if not finding.ok]


def test_role_as_printed_has_no_finding(either_target: Target) -> None:
    assert _faults(either_target) == []
    seen = " ".join(finding.what for finding in either_target.driver.examine({}))
    assert either_target.database.read_role in seen


def test_printed_sql_may_be_run_again(either_target: Target) -> None:
    database = either_target.database
    printed = setup_sql(
        version=database.version,
        installation=either_target.worker.installation,
        roles=[database.read_role, database.write_role],
        owners=[database.owner_role],
    )
    run_psql(database.superuser_url, printed)
    assert _faults(either_target) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("alter role {admin} superuser", "superuser"),
        ("alter role {admin} bypassrls", "bypassrls"),
        ("alter role {login} createdb", "createdb"),
        ("revoke pg_signal_backend from {admin}", "pg_signal_backend"),
        ("revoke pg_read_all_stats from {admin}", "pg_read_all_stats"),
        ("grant pg_read_all_data to {admin}", "all data"),
        ("revoke admin option for {read}, {write}, {owner} from {admin}", "ADMIN"),
    ],
)
def test_each_lack_and_each_excess_is_found_and_its_mend_given(
    either_target: Target, change: str, word: str
) -> None:
    database, worker = either_target.database, either_target.worker
    either_target.dba(
        change,
        admin=worker.admin,
        login=worker.login,
        read=database.read_role,
        write=database.write_role,
        owner=database.owner_role,
    )
    faults = _faults(either_target)
    assert any(word in fault.what for fault in faults)
    assert all(fault.fix for fault in faults)


def test_createrole_is_needed_since_16_and_too_much_before(target: Target, target_15: Target) -> None:
    target.dba("alter role {admin} nocreaterole", admin=target.worker.admin)
    target_15.dba("alter role {admin} createrole", admin=target_15.worker.admin)
    assert ["cannot make logins" in fault.what for fault in _faults(target)] == [True]
    assert ["createrole" in fault.what for fault in _faults(target_15)] == [True]
    for each in (target, target_15):
        (fault,) = _faults(each)
        each.dba(fault.fix)
        assert _faults(each) == []


def test_statistics_are_nothing_to_keep_out_of_where_the_library_is_not_loaded(target: Target) -> None:
    right = "set on parameter pg_stat_statements.track_utility"
    target.dba(f"revoke {right} from {{admin}}", admin=target.worker.admin)
    assert _faults(target) == []
    assert not any("pg_stat_statements" in finding.what for finding in target.driver.examine({}))


def test_roles_that_the_worker_holds_itself_are_found(target: Target) -> None:
    read, admin = target.database.read_role, target.worker.admin
    target.dba("grant {read} to {admin} with inherit true, set false", read=read, admin=admin)
    (fault,) = _faults(target)
    assert read in fault.what
    target.dba(fault.fix)
    assert _faults(target) == []


def test_worker_can_neither_read_the_targets_data_nor_become_more(target: Target) -> None:
    url = target.worker.url.get_secret_value()
    with psycopg.connect(url.replace("/postgres", f"/{target.database.name}"), autocommit=True) as worker:
        for attempt in (
            "select * from shop.orders",
            f"set role {target.database.read_role}",
            f"set role {target.database.owner_role}",
            "create role jit_super superuser",
            "grant pg_execute_server_program to current_user",
            "select * from pg_authid",
            "set log_statement = 'none'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(sql.SQL(attempt))


def test_wrong_password_of_the_worker_is_unreachable_and_shows_nothing(target: Target) -> None:
    target.dba("alter role {login} password 'another'", login=target.worker.login)
    with pytest.raises(TargetUnreachable) as failure:
        target.driver.examine({})
    assert not failure.value.touched
    assert target.worker.login not in str(failure.value)


_ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))
_ALL = ObjectPrivileges(schemas=("shop",), tables=(), privileges=("INSERT", "SELECT"))


def test_missing_and_excess_privileges_are_found_by_name(
    target_database: TargetDatabase,
) -> None:
    worker = worker_access(target_database, objects=[_ORDERS])
    target = Target(
        worker=worker, driver=postgres_targets({"main": worker.url}, worker.installation).driver("main")
    )
    assert _faults(target, _ORDERS) == []
    assert any(
        "may give on 1 table" in f.what for f in target.driver.examine({target.database.name: [_ORDERS]})
    )

    gone = ObjectPrivileges(schemas=(), tables=("shop.nowhere",), privileges=("SELECT",))
    missing = [fault.what for fault in _faults(target, _ORDERS, _ALL, gone)]
    assert f"{target.database.name} has not the table shop.nowhere" in missing
    assert f"{target.database.name}: may not give INSERT on table shop.orders" in missing
    assert f"{target.database.name}: may not give INSERT, SELECT on table shop.customers" in missing

    target.dba("grant update on shop.customers to {holder}", holder=f"dbaccess_objects_{worker.installation}")
    (excess,) = _faults(target, _ORDERS)
    assert "UPDATE on table shop.customers, which no role" in excess.what
    assert excess.fix


def test_database_that_the_worker_cannot_enter_is_a_finding(target: Target) -> None:
    found = target.driver.examine({"nowhere": [_ORDERS]})
    assert [finding.ok for finding in found][-1] is False
