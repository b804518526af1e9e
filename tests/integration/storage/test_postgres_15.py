"""The oldest server that we support keeps the same promises."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from dbaccess.storage.examine import examine
from dbaccess.storage.migrations import PACKAGED
from dbaccess.storage.sqlalchemy_engine import build_engine
from tests.databases import (
    ControlDatabase,
    PostgresServer,
    control_database_on,
    drop_database,
    make_control_template,
)
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.facts import approve, submitted
from tests.record_schema import schema_of


@pytest.fixture
def control_database_15(target_postgres_15: PostgresServer) -> Iterator[ControlDatabase]:
    template = make_control_template(target_postgres_15)
    try:
        with control_database_on(target_postgres_15, template) as database:
            yield database
    finally:
        drop_database(target_postgres_15, template.name)


def test_schema_is_the_recorded_one_on_15(control_database_15: ControlDatabase) -> None:
    assert schema_of(control_database_15) == PACKAGED.schema.read_text(encoding="utf-8")


def test_migrates_grants_and_refuses_on_15(control_database_15: ControlDatabase) -> None:
    # Of this server holders want prepared transactions.
    wrong = [finding.what for finding in examine(control_database_15.bot_url) if not finding.ok]
    assert wrong == ["A prepared transaction of the bot can keep ends waiting for ever"]
    bot = build_engine(control_database_15.bot_url, pool_size=2, application_name="test-bot")
    pending = submitted(bot)
    with EnteringUnitOfWork(bot, None) as uow:
        made = approve(uow, pending)
        uow.commit()
    bot.dispose()
    with psycopg.connect(control_database_15.bot_url, autocommit=True) as direct:
        for statement in (
            "update grants set state = 'active' where id = %s",
            "update grants set receipt = '{}' where id = %s",
            "delete from ledger where %s > 0",
        ):
            with pytest.raises((errors.CheckViolation, errors.InsufficientPrivilege)):
                direct.execute(statement.encode(), [made.id])
