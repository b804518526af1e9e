"""Maintenance that waits for a holder's open transaction keeps others out, and stops no end, on 18 and 15."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import psycopg
import pytest

from dbaccess.domain.grant import Recipe
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.hostile import until
from tests.contract.postgresql.target import Target

CATALOGS = ("pg_authid", "pg_auth_members", "pg_database", "pg_shdescription")
LOOK = """select count(*) from pg_roles r left join pg_shdescription d on d.objoid = r.oid
            left join pg_auth_members m on m.member = r.oid, pg_database"""
WAITS = "select from pg_lock_status() where pid = %s and not granted"


@contextmanager
def maintained(target: Target, catalog: str) -> Iterator[None]:
    """A DBA's VACUUM FULL waits for a transaction that read the catalog, and all others wait for it."""
    url = target.database.superuser_url
    with psycopg.connect(url, autocommit=True) as watcher, psycopg.connect(url, autocommit=True) as dba:
        watcher.execute(WAITS, [0])  # it no longer needs a catalog that all sessions share
        with ThreadPoolExecutor(1) as pool:
            vacuum = pool.submit(dba.execute, f"vacuum full {catalog}")
            try:
                until(lambda: watcher.execute(WAITS, [dba.info.backend_pid]).rowcount)
                yield
            finally:
                watcher.execute("select pg_cancel_backend(%s)", [dba.info.backend_pid])
                with suppress(psycopg.errors.QueryCanceled):
                    vacuum.result(PATIENCE)


def given(target: Target) -> Iterator[tuple[Recipe, str]]:
    """A grant of each kind that the version has, and the URL to connect with."""
    login, url = target.person()
    yield target.provision(target.personal(login)), url
    if target.makes_logins:
        recipe = target.provision(target.ephemeral())
        yield recipe, target.with_password(recipe)


@pytest.mark.parametrize("catalog", CATALOGS)
def test_maintenance_that_waits_for_a_holder_keeps_no_session(either_target: Target, catalog: str) -> None:
    target = either_target
    for recipe, url in given(target):
        with psycopg.connect(url) as holder:
            holder.execute(LOOK)
            target.driver.made_logins()  # a sweep has looked at the login since, as each minute
            target.driver.given_roles()
            with maintained(target, catalog):
                receipt = target.end(recipe)
            with pytest.raises(psycopg.OperationalError):
                holder.execute("select 1")
        assert receipt.sessions_closed == 1
