"""Refusals of the database about lockdowns, whatever program writes."""

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.conftest import Connection
from tests.integration.storage.facts import approve, break_glass, submitted

REFUSED = (errors.CheckViolation, errors.InsufficientPrivilege)
DECLARE = """insert into lockdowns (target, reason, declared_by, declared_slack_id)
             values (%s, 'Leaked laptop.', 'olga', 'UOLGA') returning id"""
LIFT = "update lockdowns set lifted_by = %s, lifted_slack_id = %s, lift_reason = %s where id = %s"


def declare(connection: Connection, target: str | None = "orders-prod") -> int:
    found = connection.execute(DECLARE, [target]).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize(
    ("who", "account", "reason"),
    [
        ("olga", "UOLGA2", "found"),
        ("olga@ops-2", "UOLGA2", "found"),
        ("sam", "UOLGA", "found"),
        ("sam", "USAM", " "),
        ("sam", "USAM", None),
    ],
)
def test_it_is_lifted_by_another_name_and_account_that_says_why(
    direct: Connection, who: str, account: str, reason: str | None
) -> None:
    lockdown = declare(direct)
    with pytest.raises(REFUSED):
        direct.execute(LIFT, [who, account, reason, lockdown])
    assert direct.execute(LIFT, ["sam", "USAM", "found", lockdown]).rowcount == 1


def test_the_database_dates_the_lift_and_a_lift_is_final(direct: Connection) -> None:
    lockdown = declare(direct)
    direct.execute(LIFT, ["sam", None, "found", lockdown])
    (dated,) = direct.execute("select lifted_at between declared_at and now() from lockdowns").fetchall()
    assert dated == (True,)
    for values in (["tom", None, "found", lockdown], [None, None, None, lockdown]):
        with pytest.raises(REFUSED):
            direct.execute(LIFT, values)


@pytest.mark.parametrize(
    "change",
    [
        "target = 'billing-prod'",
        "target = null",
        "reason = 'none'",
        "declared_by = 'sam'",
        "declared_at = now() + '1 h'",
        "lifted_at = now()",
        "id = default",
    ],
)
def test_a_declaration_never_changes(direct: Connection, change: str) -> None:
    declare(direct)
    with pytest.raises((*REFUSED, errors.GeneratedAlways)):
        direct.execute(f"update lockdowns set {change}".encode())


@pytest.mark.parametrize("statement", ["delete from lockdowns", "truncate lockdowns"])
def test_none_is_deleted(direct: Connection, control_database: ControlDatabase, statement: str) -> None:
    declare(direct)
    with pytest.raises(errors.InsufficientPrivilege):
        direct.execute(statement.encode())
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        with pytest.raises(errors.InsufficientPrivilege):
            admin.execute(statement.encode())


def test_only_the_worker_says_that_it_was_enforced(as_bot: Connection, as_worker: Connection) -> None:
    declare(as_bot)
    with pytest.raises(errors.InsufficientPrivilege):
        as_bot.execute("update lockdowns set enforced_at = now()")
    assert as_worker.execute("update lockdowns set enforced_at = now()").rowcount == 1


@pytest.mark.parametrize("target", ["orders-prod", None])
def test_one_is_open_for_a_target_and_one_for_all(direct: Connection, target: str | None) -> None:
    lockdown = declare(direct, target)
    with pytest.raises(errors.UniqueViolation):
        declare(direct, target)
    direct.execute(LIFT, ["sam", None, "found", lockdown])
    declare(direct, target)


@pytest.mark.parametrize("target", ["orders-prod", None])
def test_no_grant_begins_in_a_lockdown_but_of_a_break_glass(
    bot: Engine, as_bot: Connection, target: str | None
) -> None:
    pending = submitted(bot)
    lockdown = declare(as_bot, target)
    with SqlUnitOfWork(bot, None) as uow, pytest.raises(IntegrityError, match="orders-prod is in lockdown"):
        approve(uow, pending)
    break_glass(bot, "sam", "USAM")
    as_bot.execute(LIFT, ["sam", None, "found", lockdown])
    with EnteringUnitOfWork(bot, None) as uow:
        approve(uow, pending)
        uow.commit()


def test_the_bot_ends_no_grant_in_the_name_of_a_lockdown(bot: Engine, as_bot: Connection) -> None:
    with EnteringUnitOfWork(bot, None) as uow:
        approve(uow, uow.requests.lock(submitted(bot).id))
        uow.commit()
    declare(as_bot)
    with pytest.raises(REFUSED):
        as_bot.execute(
            "update grants set state = 'revoking', end_cause = 'locked_down', revoking_at = now(), "
            "next_attempt_at = now()"
        )
