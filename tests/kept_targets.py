"""Targets that are set up once, and lent to one test after another.

Setting a target up takes the server about as long as a test does. A target is lent again where a test left it
as it was, and dropped otherwise.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from dbaccess.domain.privileges import ObjectPrivileges
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.least_privilege import WorkerAccess, worker_access
from tests.databases import (
    KEPT,
    PostgresServer,
    Standing,
    TargetDatabase,
    administrator,
    clone_database,
    drop_database,
    drop_roles_made_since,
    drop_target_database,
    make_target_database,
    rights_on,
    standing_on,
)
from tests.superuser import close_superusers_on

# Each test changes what all databases share, such as roles, so those rows are compared one by one.
_SHARED = """
select array(select r::text from pg_authid r order by 1),
       array(select m::text from pg_auth_members m order by 1),
       array(select s::text from pg_db_role_setting s order by 1),
       array(select c::text from pg_shdescription c order by 1),
       array(select p::text from pg_parameter_acl p order by 1),
       array(select (oid, datname, datdba, datistemplate, datallowconn, datconnlimit, datacl)::text
               from pg_database where datname <> %s order by 1),
       array(select gid from pg_prepared_xacts order by 1)
"""
# Within a database any write shows in the server's counters, also one that was taken back.
_WRITTEN = """
select d.oid, d.datacl::text, d.datallowconn, d.datconnlimit, d.datdba,
       s.tup_inserted, s.tup_updated, s.tup_deleted
  from pg_database d join pg_stat_database s on s.datid = d.oid where d.datname = %s
"""
# A session leaves its counts as it ends.
_END_SESSIONS = "select pg_terminate_backend(pid, %s) from pg_stat_activity where datname = any(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """`names`: its roles, its lock's database and its template; `rights`: see `rights_on`."""

    server: PostgresServer
    access: WorkerAccess
    names: frozenset[str]
    template: str
    rights: str

    @property
    def database(self) -> TargetDatabase:
        return self.access.database

    def shared(self) -> tuple[Any, ...]:
        """All but the content of its own database."""
        admin = administrator(self.server)
        rows = admin.execute(_SHARED, [self.database.name]).fetchone()
        return rows, admin.execute(_WRITTEN, [self.access.lock_database]).fetchone()

    def written(self) -> tuple[Any, ...] | None:
        admin = administrator(self.server)
        databases = [self.database.name, self.access.lock_database]
        for database in databases:
            close_superusers_on(database)
        admin.execute(_END_SESSIONS, [int(PATIENCE * 1000), databases])
        return admin.execute(_WRITTEN, [self.database.name]).fetchone()

    def make_anew(self) -> None:
        """Its database is as it was when it was set up."""
        drop_database(self.server, self.database.name)
        clone_database(
            administrator(self.server),
            self.database.name,
            template=self.template,
            owner=self.database.owner_role,
            rights=self.rights,
        )

    def drop(self, standing: Standing) -> None:
        """Drop it, with what is newer than `standing`."""
        KEPT.difference_update(self.names)
        drop_database(self.server, self.template)
        others = Standing(roles=standing.roles - self.names, databases=standing.databases - self.names)
        drop_target_database(self.server, self.database.name, others)


class KeptTargets:
    """Those of one run of pytest, on every server that it uses."""

    def __init__(self) -> None:
        self._free: dict[tuple[str, tuple[ObjectPrivileges, ...]], list[_Kept]] = {}

    @contextmanager
    def lend(
        self, server: PostgresServer, objects: Sequence[ObjectPrivileges] = ()
    ) -> Iterator[WorkerAccess]:
        """A target as it was set up for roles on these objects, and of this test alone meanwhile."""
        free = self._free.setdefault((server.url(), tuple(objects)), [])
        kept = free.pop() if free else _make(server, objects)
        written, shared, standing = kept.written(), kept.shared(), standing_on(server)
        try:
            yield kept.access
        finally:
            # A role that owns or may use something in a database is not dropped before that.
            if kept.written() != written:
                kept.make_anew()
            with suppress(psycopg.errors.DependentObjectsStillExist):
                drop_roles_made_since(administrator(server), standing)
            if kept.shared() == shared:
                free.append(kept)
            else:
                kept.drop(standing)

    def close(self) -> None:
        """Drop them."""
        for kept in itertools.chain.from_iterable(self._free.values()):
            kept.drop(standing_on(kept.server))
        self._free.clear()


def _make(server: PostgresServer, objects: Sequence[ObjectPrivileges]) -> _Kept:
    before = standing_on(server)
    access = worker_access(make_target_database(server), objects=objects)
    name, admin = access.database.name, administrator(server)
    template = f"{name}_template"
    close_superusers_on(name)  # a database with a session on it cannot be cloned
    made = sql.SQL("create database {} template {} allow_connections false strategy file_copy")
    admin.execute(made.format(sql.Identifier(template), sql.Identifier(name)))
    names = (standing_on(server).roles - before.roles) | {access.lock_database, template}
    KEPT.update(names)
    return _Kept(server=server, access=access, names=names, template=template, rights=rights_on(admin, name))
