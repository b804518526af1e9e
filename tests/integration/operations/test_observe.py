"""A restored control database: the workers observe until an operator decides, and ends go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.grant import Grant
from dbaccess.operations.clusters.observe import (
    HeadKeeper,
    accept_control,
    check_observe_mode,
    compare_cluster,
    is_observing,
)
from dbaccess.operations.clusters.sweep import sweep
from dbaccess.operations.delivery.notices import post_notice
from dbaccess.operations.grants.provision import provision
from dbaccess.operations.grants.revoke import drain
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from sandbox.client import plain
from tests.contract.postgresql.target import Target
from tests.databases import ControlDatabase, PostgresServer, drop_database
from tests.integration.operations.house import House
from tests.operations.house import OPS, TOM
from workers.metrics import StateCollector


@pytest.fixture
def older(
    house: House, control_database: ControlDatabase, control_postgres: PostgresServer
) -> Iterator[House]:
    """The house as it was before Tom's grant; the cluster still has its login."""
    kept = house.active()
    HeadKeeper().keep(house.context, "main")
    with _copy_of(control_database, control_postgres) as copy:
        lost = house.active(TOM)
        worker = build_engine(copy.worker_url, pool_size=5, application_name="test-worker")
        bot = build_engine(copy.bot_url, pool_size=5, application_name="test-bot")
        context = replace(house.context, begin=lambda: SqlUnitOfWork(worker, None))
        restored = replace(house, context=context, worker=worker, bot=bot)
        with worker.begin() as connection:  # a backup is older than this one
            connection.exec_driver_sql("update observations set looked_at = now() - interval '1 hour'")
        assert restored.grant(kept.id) == kept
        assert lost.recipe is not None
        assert lost.recipe.login in restored.made_logins()
        try:
            yield restored
        finally:
            worker.dispose()
            bot.dispose()


@contextmanager
def _copy_of(database: ControlDatabase, server: PostgresServer) -> Iterator[ControlDatabase]:
    """The control database as a backup has it at this moment."""
    name = f"{database.name}_older"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [database.name]
        )
        admin.execute(
            sql.SQL("create database {} template {} owner dbaccess_owner").format(
                sql.Identifier(name), sql.Identifier(database.name)
            )
        )
    try:
        yield replace(
            database,
            name=name,
            worker_url=database.worker_url.replace(database.name, name),
            bot_url=database.bot_url.replace(database.name, name),
        )
    finally:
        drop_database(server, name)


def _asked(house: House) -> Grant:
    grant = house.approved(TOM, "write")
    provision(house.context, grant.id)
    return house.grant(grant.id)


def test_unknown_login_stops_grants_and_the_sweep_and_no_end(older: House) -> None:
    before = older.made_logins()
    assert sweep(older.context, "main") == []
    assert older.made_logins() == before
    waiting = _asked(older)
    assert (waiting.state, waiting.last_failure, waiting.attempts) == ("provisioning", "observe", 0)
    (known,) = [grant for grant in _open(older) if grant.state == "active"]
    older.surrender(known)
    drain(older.context, "main")
    assert older.grant(known.id).state == "ended"
    gauges = {metric.name: metric for metric in StateCollector(older.work).collect()}
    assert gauges["dbaccess_observe_mode"].samples[0].value == 1


def test_first_provision_after_a_restore_looks_by_itself(older: House) -> None:
    """No leader has looked yet, and what the backup says of its last look is old."""
    assert _asked(older).last_failure == "observe"


def test_operators_and_the_requester_are_told_once(older: House) -> None:
    waiting = _asked(older)
    for _ in range(3):
        sweep(older.context, "main")
    with older.work() as uow:
        (notice,) = uow.notices.due(uow.now, limit=10)
    post_notice(older.context, notice)
    (told,) = older.sandbox.person("U0OPS").messages(OPS)
    assert "Observe mode: the control database is older than main" in plain(told)
    assert "does not know the grants of jit_" in plain(told)
    older.notify(waiting.request_id)
    said = [plain(message) for message in older.sandbox.person(TOM).direct_messages()]
    assert any("the workers only observe" in text for text in said), said


def test_head_ahead_stops_grants_where_no_login_tells(
    house: House, control_database: ControlDatabase, control_postgres: PostgresServer
) -> None:
    """The grant that the restored ledger does not know has ended: nothing is left of it but the head."""
    house.approved()
    with _copy_of(control_database, control_postgres) as copy:
        lost = house.active(TOM)
        house.surrender(lost, TOM)
        drain(house.context, "main")
        HeadKeeper().keep(house.context, "main")
        worker = build_engine(copy.worker_url, pool_size=5, application_name="test-worker")
        context = replace(house.context, begin=lambda: SqlUnitOfWork(worker, None))
        try:
            assert house.made_logins() == []
            assert is_observing(context, "main")
            assert not is_observing(house.context, "main")
        finally:
            worker.dispose()


def test_login_that_a_known_grant_left_behind_is_no_reason_to_observe(house: House) -> None:
    grant = house.active()
    house.surrender(grant)
    drain(house.context, "main")
    assert grant.recipe is not None
    target = Target(worker=house.access, driver=house.context.targets.driver("main"))
    target.provision(replace(grant.recipe, login_identity=None))
    assert check_observe_mode(house.context, "main").why is None
    assert sweep(house.context, "main") == [grant.recipe.login]


def test_grant_whose_recipe_lost_its_login_is_known_all_the_same(
    house: House, control_database: ControlDatabase
) -> None:
    house.active()
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table grants disable trigger guard")
        admin.execute("update grants set recipe = recipe - 'login'")
        admin.execute("alter table grants enable always trigger guard")
    assert check_observe_mode(house.context, "main").why is None


def test_login_of_the_same_number_under_another_name_is_unknown(house: House) -> None:
    """A restored control database gives the numbers of lost grants to new ones."""
    grant = house.active()
    assert grant.recipe is not None
    target = Target(worker=house.access, driver=house.context.targets.driver("main"))
    stranger = target.provision(target.ephemeral(tag=grant.recipe.tag.replace(str(grant.id), "77777")))
    house.dba("comment on role {login} is '" + grant.recipe.tag + "'", login=stranger.login)
    assert check_observe_mode(house.context, "main").unknown == (stranger.login,)


def _open(house: House) -> list[Grant]:
    with house.work() as uow:
        return uow.grants.open()


def test_operator_accepts_the_older_database_and_the_sweep_removes_what_it_does_not_know(
    older: House,
) -> None:
    (known,) = _open(older)
    waiting, driver = _asked(older), older.context.targets.driver("main")
    seen = compare_cluster(older.work, driver, "main")
    accept_control(older.work, driver, seen, actor="cli:sam@db1")
    assert sweep(older.context, "main") == list(seen.unknown)
    assert known.recipe is not None
    assert older.made_logins() == [known.recipe.login]
    older.next_try_now(waiting.id)
    provision(older.context, waiting.id)
    assert older.grant(waiting.id).state == "active"
    (adopted,) = older.ledger("control.adopted")
    assert (adopted["actor"], adopted["data"]["logins"]) == ("cli:sam@db1", list(seen.unknown))
    head = driver.head()
    with older.work() as uow:
        assert head is not None
        assert uow.ledger.holds(head)


def test_acceptance_covers_no_login_that_appears_later(older: House) -> None:
    driver = older.context.targets.driver("main")
    accept_control(older.work, driver, compare_cluster(older.work, driver, "main"), actor="cli:sam@db1")
    target = Target(worker=older.access, driver=driver)
    another = target.provision(target.ephemeral())
    assert check_observe_mode(older.context, "main").unknown == (another.login,)


def test_newest_copy_of_the_control_database_ends_observe_mode_by_itself(house: House) -> None:
    grant = house.active()
    driver = house.context.targets.driver("main")
    HeadKeeper().keep(house.context, "main")
    head = driver.head()
    assert head is not None
    driver.put_head(replace(head, hash=bytes(32)), back=True)
    assert check_observe_mode(house.context, "main").why == "ledger_behind"
    driver.put_head(head, back=True)
    assert check_observe_mode(house.context, "main").why is None
    assert house.grant(grant.id).state == "active"
