"""The SQL for the DBA, as text; that it suffices is what every test of the driver shows."""

import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.setup_sql import setup_sql


def test_before_16_nothing_can_create_roles() -> None:
    printed = setup_sql(version=15, installation="acme", roles=["orders_read"])
    assert "nologin nocreaterole" in printed
    assert 'grant "orders_read" to "dbaccess_admin_acme" with admin option' in printed
    assert "inherit false" not in printed
    assert "set on parameter" not in printed


def test_since_16_the_workers_role_may_give_what_it_does_not_hold() -> None:
    printed = setup_sql(version=18, installation="acme", roles=["b", "a"], owners=["c"])
    assert (
        'grant "a", "b", "c" to "dbaccess_admin_acme" with admin true, inherit false, set false;' in printed
    )
    assert 'grant "dbaccess_admin_acme" to "dbaccess_worker_login_acme"' in printed


@pytest.mark.parametrize("version", [15, 16, 18])
def test_no_password_is_in_the_text(version: int) -> None:
    printed = setup_sql(version=version, installation="acme", roles=["orders_read"])
    assert "\\password dbaccess_worker_login_acme" in printed
    statements = [line for line in printed.splitlines() if not line.startswith("--")]
    assert not any("password" in line for line in statements)


@pytest.mark.parametrize("version", [15, 18])
def test_without_roles_it_still_runs(version: int) -> None:
    printed = setup_sql(version=version, installation="acme", roles=[])
    assert "grant  to" not in printed
    assert "pg_signal_backend" in printed


def test_names_cannot_leave_their_quotes_or_comments() -> None:
    printed = setup_sql(
        version=18, installation="acme", roles=['a"; drop table x; --'], owners=["c\ndrop table y;"]
    )
    assert '"a""; drop table x; --"' in printed
    assert "-- c?drop table y;" in printed


@pytest.mark.parametrize("name", ["public", "pg_read_all_data", "a\0b", "x" * 64, "", "Current_User"])
def test_names_that_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(TargetFailure):
        setup_sql(version=18, installation="acme", roles=[name])
