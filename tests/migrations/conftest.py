"""Databases of released versions, made of the dumps that were taken at their release."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, drop_database
from tests.migrations.release import DUMPS

Restore = Callable[[str], AbstractContextManager[ControlDatabase]]


@pytest.fixture
def restore(control_postgres: PostgresServer, control_template: ControlTemplate) -> Restore:
    """Restores the database of a revision, before any migration."""

    @contextmanager
    def restored(revision: str) -> Iterator[ControlDatabase]:
        name = f"dbaccess_released_{secrets.token_hex(4)}"
        with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("create database {} owner dbaccess_owner").format(sql.Identifier(name)))
        try:
            superuser_url = control_postgres.url(database=name)
            with psycopg.connect(superuser_url, autocommit=True) as admin:
                admin.execute((DUMPS / f"{revision}.sql").read_bytes())
            urls = {
                role: control_postgres.url(role, password, name)
                for role, password in control_template.passwords.items()
            }
            yield ControlDatabase(
                owner_url=urls["dbaccess_owner"],
                bot_url=urls["dbaccess_bot"],
                worker_url=urls["dbaccess_worker"],
                auditor_url=urls["dbaccess_auditor"],
                superuser_url=superuser_url,
                name=name,
            )
        finally:
            drop_database(control_postgres, name)

    return restored
