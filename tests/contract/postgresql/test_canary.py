"""A canary on a real server comes back through its log, and no other login's statement does."""

from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.activity.formats import FORMATS
from dbaccess.activity.reader import LogReader
from dbaccess.activity.statements import Sessions
from dbaccess.domain.capture import CaptureSource
from dbaccess.domain.coverage import Canary, CaptureLevel
from dbaccess.domain.grant import Recipe
from dbaccess.ports import UnitOfWorkFactory
from sandbox.waiting import wait_for
from tests.contract.postgresql.logging_server import LoggingServer
from tests.contract.storage.conftest import memory_store

MARKER = "dbaccess-canary-1f2e"


@pytest.fixture
def begin() -> UnitOfWorkFactory:
    return memory_store().worker


def sent(begin: UnitOfWorkFactory, recipe: Recipe) -> None:
    at = datetime.now(UTC)
    with begin() as uow:
        uow.canaries.put(
            Canary(target="orders-prod", cluster="main", login=recipe.login, marker=MARKER, sent_at=at)
        )
        uow.commit()


def found(begin: UnitOfWorkFactory) -> CaptureLevel | None:
    with begin() as uow:
        (canary,) = uow.canaries.all()
    return canary.found


@pytest.mark.parametrize("form", list(CaptureSource))
def test_canary_comes_back_through_the_servers_log(
    logging_18: LoggingServer, begin: UnitOfWorkFactory, form: CaptureSource
) -> None:
    target = logging_18.target
    recipe = target.provision(target.ephemeral())
    sent(begin, recipe)
    reader = LogReader(
        cluster="main",
        begin=begin,
        source=logging_18.sources[form],
        new_format=FORMATS[form],
        build=Sessions,
    )
    while reader.read():
        pass
    assert found(begin) is None
    target.driver.run_marked(recipe, target.credentials(recipe).password, MARKER)

    def look() -> bool:
        reader.read()
        return found(begin) is not None

    wait_for(look)
    assert found(begin) is CaptureLevel.STATEMENTS
    with begin() as uow:
        (position,) = uow.log_positions.all()
        assert uow.log_positions.open_gaps("main") == []
    assert position.read_until is not None
    assert datetime.now(UTC) - position.read_until < timedelta(hours=1)
    target.end(recipe)


def test_canary_of_the_workers_own_login_comes_back(logging: LoggingServer, begin: UnitOfWorkFactory) -> None:
    """Where people have logins of their own; on 15 there are no others."""
    driver, form = logging.target.driver, CaptureSource.JSONLOG
    login, at = driver.own_login(), datetime.now(UTC)
    with begin() as uow:
        for name, marker in (("orders-prod", MARKER), ("billing-prod", "another")):
            uow.canaries.put(Canary(target=name, cluster="main", login=login, marker=marker, sent_at=at))
        uow.commit()
    reader = LogReader(
        cluster="main",
        begin=begin,
        source=logging.sources[form],
        new_format=FORMATS[form],
        build=Sessions,
    )
    driver.mark_log(MARKER)

    def came_back() -> dict[str, CaptureLevel | None]:
        while reader.read():
            pass
        with begin() as uow:
            return {canary.target: canary.found for canary in uow.canaries.all()}

    wait_for(lambda: came_back()["orders-prod"] is not None)
    assert came_back() == {"orders-prod": CaptureLevel.STATEMENTS, "billing-prod": None}


def test_login_is_logged_as_its_most_particular_setting_says(logging: LoggingServer) -> None:
    target, (login, _) = logging.target, logging.target.person()
    database, driver = target.database_name, target.driver

    def why() -> str:
        return driver.login_logging([login], database)[login].unlogged.removeprefix(login)

    def dba(*statements: str) -> None:
        for one in statements:
            target.dba(one, login=login, database=database)

    assert why() == "'s login does not log statements"
    dba("alter database {database} set log_statement = 'all'")
    assert why() == ""
    dba("alter role {login} set log_statement = 'ddl'")
    assert why() == "'s login does not log statements"
    dba("alter role {login} in database {database} set log_statement = 'all'")
    assert why() == ""
    elsewhere = driver.login_logging([login], "postgres")[login]
    assert elsewhere.unlogged.endswith("does not log statements")
    dba("alter role {login} set log_min_messages = 'panic'")
    assert "log_min_messages" in why()
    dba("alter role {login} reset all", "grant set on parameter log_statement to {login}")
    assert why() == " may switch the logging of statements off"
    dba(
        "revoke set on parameter log_statement from {login}",
        "grant set on parameter log_min_messages to {login}",
    )
    assert why() == " may switch the logging of statements off"
    dba(
        "revoke set on parameter log_min_messages from {login}",
        "alter role {login} in database {database} reset all",
        "alter database {database} reset log_statement",
        "alter system set log_statement = 'all'",
    )
    try:
        target.look("select pg_reload_conf()")
        wait_for(lambda: why() == "")
    finally:
        dba("alter system reset log_statement")
        target.look("select pg_reload_conf()")
