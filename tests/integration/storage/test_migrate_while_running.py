"""A migration leaves bots and workers at work, and says which session keeps it waiting."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from dbaccess.storage.migrate import migrate
from dbaccess.storage.migrations import MigrationFailed
from tests.databases import ControlDatabase
from tests.integration.storage.facts import active, now, terms

A_MOMENT = timedelta(seconds=1)
PAUSE = 0.02
"""Seconds between two grants, many to one migration: without a pause the test takes both processors."""


@contextmanager
def at_work(bot: Engine, worker: Engine) -> Iterator[list[str]]:
    """Grants are requested, approved and activated all the time; what goes wrong is collected."""
    over, wrong = threading.Event(), list[str]()
    first = threading.Barrier(3)

    def work(person: str) -> None:
        number = 0
        while not over.wait(PAUSE):
            number += 1
            asked = terms(f"{person}{number}")
            try:
                active(bot, worker, expires_at=now() + timedelta(hours=1), asked=asked)
            except Exception as error:  # noqa: BLE001 the test looks at whatever it was
                wrong.append(repr(error))
            if number == 1:
                first.wait(60)

    threads = [threading.Thread(target=work, args=[name]) for name in ("ada", "bo")]
    for thread in threads:
        thread.start()
    first.wait(60)
    try:
        yield wrong
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_work_goes_on_while_the_database_is_migrated(
    control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    with at_work(bot, worker) as wrong:
        for _ in range(3):
            migrate(control_database.owner_url)
    assert wrong == []


def test_session_in_the_way_is_named_and_nothing_is_changed(
    control_database: ControlDatabase, bot: Engine, worker: Engine
) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("drop trigger guard on reviews")
    with psycopg.connect(control_database.bot_url, application_name="some bot") as held:
        held.execute("select from requests for share")
        with at_work(bot, worker) as wrong, pytest.raises(MigrationFailed) as failed:
            migrate(control_database.owner_url, patience=A_MOMENT)
        assert wrong == []
        named = rf"{held.info.backend_pid} of dbaccess_bot \(some bot, idle in transaction, for \d+ s\)"
        assert re.search(named, str(failed.value))
    assert not guards_reviews(control_database)
    migrate(control_database.owner_url)
    assert guards_reviews(control_database)


def guards_reviews(database: ControlDatabase) -> bool:
    with psycopg.connect(database.owner_url) as owner:
        found = owner.execute(
            "select from pg_trigger where tgname = 'guard' and tgrelid = 'reviews'::regclass"
        )
        return found.rowcount == 1


def test_migration_waits_for_a_session_that_ends(control_database: ControlDatabase) -> None:
    waits = """select from pg_stat_activity
                where application_name = 'dbaccess-migrate' and wait_event_type = 'Lock'"""
    with psycopg.connect(control_database.bot_url) as held:
        held.execute("select from requests for share")
        migrating = threading.Thread(target=migrate, args=[control_database.owner_url])
        migrating.start()
        with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
            while not admin.execute(waits).rowcount:
                assert migrating.is_alive()
        held.rollback()
        migrating.join(60)
        assert not migrating.is_alive()
